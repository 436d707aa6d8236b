import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import { PROJECT, type WorkFolder } from './work-folder.js';

export const README = join(PROJECT, 'README.md');
/** Where the README says that the clone is. */
const CLONE = '/srv/hadoop-elt';

/** A fenced block of commands, and what the README says that they print. */
export interface Transcript {
  readonly commands: string;
  /** Empty where no output is shown: then they print nothing. */
  readonly output: string;
  readonly showsOutput: boolean;
  /** 1-based line of the first command. */
  readonly lineNumber: number;
}

/**
 * Commands of npm that no test runs. In a test they do nothing and print nothing; all others are run as they stand.
 */
export const NOT_RUN: Readonly<Record<string, string>> = {
  ci: 'downloads packages',
  test: 'runs the test that asks',
  'run test:cluster': 'runs the test that asks',

  'run cluster:up': 'the cluster of the test runs already',
  'run cluster:down': 'would end the cluster of the tests',
};

/** The README's ```sh blocks in order, each with the ```text block that is the next block behind it. */
export function readTranscripts(markdown: string = readFileSync(README, 'utf8')): Transcript[] {
  const blocks = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1],
    text: match[2] ?? '',
    lineNumber: markdown.slice(0, match.index).split('\n').length + 1,
  }));
  return blocks.flatMap(({ language, text, lineNumber }, at) => {
    if (language !== 'sh') return [];
    const next = blocks[at + 1];
    const showsOutput = next?.language === 'text';
    return [{ commands: text, output: showsOutput ? next.text : '', showsOutput, lineNumber }];
  });
}

/** The lines of the README's ```crontab block. */
function readCrontab(): string {
  const crontab = /^```crontab\n([\s\S]*?)^```$/m.exec(readFileSync(README, 'utf8'))?.[1];
  if (crontab === undefined) throw new Error('The README has no ```crontab block');
  return crontab;
}

/** True for commands that talk to a cluster. */
export function needsCluster({ commands }: Pick<Transcript, 'commands'>): boolean {
  return /--cluster|cluster:up/.test(commands);
}

/** True for commands that are run in the client container. */
export function needsClient({ commands }: Pick<Transcript, 'commands'>): boolean {
  return commands.includes('docker exec');
}

/** A clone as far as the README's commands need one, whose program is the built one. */
export class Clone {
  readonly #folder: WorkFolder;
  readonly #replaced: readonly (readonly [text: string, by: string])[];

  /** `replaced`: texts of this machine or cluster, and what the README has in their place. */
  constructor(folder: WorkFolder, replaced: readonly (readonly [string, string])[] = []) {
    this.#folder = folder;
    this.#replaced = [[folder.path, CLONE], ...replaced];
    for (const path of ['hdfs-fixtures', 'docker/cluster.yaml', 'bin/scheduled-run.sh']) {
      const isOurs = (source: string) =>
        !/\/(warehouse|\.hadoop-elt)(\/|$)/.test(source.slice(PROJECT.length));
      cpSync(join(PROJECT, path), folder.at(path), { recursive: true, filter: isOurs });
    }
    symlinkSync(join(PROJECT, 'dist'), folder.at('dist'));
    // It is built already, and building takes seconds.
    const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    manifest.scripts.build = 'true';
    writeFileSync(folder.at('package.json'), JSON.stringify(manifest));
    mkdirSync(folder.at('.test-bin'));
    const notRun = Object.keys(NOT_RUN).map((words) => `  '${words}') exit 0 ;;\n`);
    // Without npm's own words about a script.
    this.standIn('npm', (npm) => `case "$*" in\n${notRun.join('')}esac\nexec '${npm}' --silent "$@"`);
  }

  /** Puts a script of sh in the place of a command; it gets the path of the command. */
  standIn(command: string, script: (path: string) => string): void {
    const path = execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim();
    const place = this.#folder.at('.test-bin', command);
    writeFileSync(place, `#!/bin/sh\n${script(path)}\n`);
    chmodSync(place, 0o755);
  }

  /** Runs lines of shell, as at a prompt in the clone. */
  run(commands: string): Promise<Printed> {
    return this.#shell('bash', commands, {
      cwd: this.#folder.path,
      env: {
        PATH: this.#path(this.#folder.at('.npm-global', 'bin'), process.env.PATH ?? ''),
        npm_config_prefix: this.#folder.at('.npm-global'),
        npm_config_offline: 'true',
        npm_config_audit: 'false',
        npm_config_update_notifier: 'false',
      },
    });
  }

  /** Does what cron does with the README's crontab: a short environment, sh, and another folder. */
  runCrontab(): Promise<Printed> {
    const [, path = ''] = /^PATH=(.*)$/m.exec(readCrontab()) ?? [];
    const [, command = ''] = /^\d+ \d+ \* \* \* +(.*)$/m.exec(readCrontab()) ?? [];
    const env = { PATH: this.#path(path), HOME: process.env.HOME ?? '/', SHELL: '/bin/sh' };
    return this.#shell('sh', command, { cwd: '/', env, extendEnv: false });
  }

  #path(...folders: readonly string[]): string {
    return [this.#folder.at('.test-bin'), dirname(process.execPath), ...folders].join(delimiter);
  }

  async #shell(
    shell: string,
    commands: string,
    options: { cwd: string; env: Record<string, string>; extendEnv?: boolean },
  ): Promise<Printed> {
    const here = commands.replaceAll(CLONE, this.#folder.path);
    // Both streams are one, as at a terminal.
    const { stdout, exitCode } = await execa(shell, ['-c', `exec 2>&1\n${here}`], {
      ...options,
      stdin: 'ignore',
      reject: false,
      stripFinalNewline: false,
    });
    const output = this.#replaced.reduce((text, [from, to]) => text.replaceAll(from, to), stdout);
    return { output, exitCode };
  }
}

interface Printed {
  readonly output: string;
  readonly exitCode: number | undefined;
}

/** Output without what differs between two runs of the same commands, such as which of upload and job is told first. */
export function withoutVolatile(output: string): string {
  return output
    .replaceAll(/^ {2}run +\d+%\n/gm, '')
    .replaceAll(/^( {2}run +follow .*\n)( {2}upload .*\n)/gm, '$2$1')
    .replaceAll(/\d{8}T\d{9}Z-[0-9a-f]{6}/g, '<run id>')
    .replaceAll(/\d{8}T\d{6}Z-\d+\.log/g, '<time>.log')
    .replaceAll(/\b[0-9a-f]{16}\.mjs/g, '<digest>.mjs')
    .replaceAll(/application_\d+_\d+/g, '<application>')
    .replaceAll(/\b\d+ KiB\b/g, '<size>')
    .replaceAll(/\b\d+\.\d s\b/g, '<seconds>');
}

/** `npm run test:update` puts what was printed into the README, where it says something else; the diff is the review. */
function updateTranscript({ commands }: Transcript, printed: string): void {
  const old = readFileSync(README, 'utf8');
  const block = old.indexOf(`\`\`\`sh\n${commands}`);
  const start = old.indexOf(FENCE, block) + FENCE.length;
  writeFileSync(README, old.slice(0, start) + printed + old.slice(old.indexOf('```', start)));
}

const FENCE = '```text\n';

/** Runs the commands in a clone, and holds what they print against what the README shows. */
export async function expectAsShown(clone: Clone, transcript: Transcript, mayUpdate: boolean): Promise<void> {
  const { output } = await clone.run(transcript.commands);
  const [printed, shown] = [withoutVolatile(output), withoutVolatile(transcript.output)];
  if (printed !== shown && mayUpdate && transcript.showsOutput && process.env.UPDATE_GOLDEN !== undefined) {
    updateTranscript(transcript, output);
    return;
  }
  expect(printed).toBe(shown);
}
