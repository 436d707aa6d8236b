import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openHadoop } from '../drills/hadoop.mjs';
import { PROGRAM, start } from '../drills/submission.mjs';
import { JOB, Nights } from './nights.mjs';
import { openProgramText } from './program-text.mjs';
import { Terminal } from './terminal.mjs';

const fromRoot = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const CLUSTER_SCRIPT = fromRoot('docker/cluster.sh');
const CLUSTER_FILE = fromRoot('docker/cluster.yaml');
/** The user of the demo in HDFS and YARN. Its home folder there is the demo's own. */
const USER = 'restart-demo';
/** That home, and what Hadoop keeps of the user's jobs. */
const FOLDERS = [`/user/${USER}`, `/tmp/hadoop-yarn/staging/${USER}`, `/tmp/logs/${USER}`];
const NAMENODE = 'hadoop-elt-namenode';
const CLIENT = 'hadoop-elt-client';

/** Something was not as the demo says. */
export class NotAsSaid extends Error {}

/** Why the Docker cluster cannot be used, as its script says; null if it is ready. */
export function clusterProblem() {
  const { status, stdout, stderr } = spawnSync(CLUSTER_SCRIPT, ['status'], { encoding: 'utf8' });
  return status === 0 ? null : `${stdout}${stderr}`.trim();
}

/** Where the demo plays: a folder on this machine with a job, a home in HDFS, and a terminal. */
export class Stage {
  terminal = new Terminal((text) => process.stdout.write(text));
  /** Exit code after a signal; null until one comes. */
  endedBy = null;
  #folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-demo-'));
  #hadoop = openHadoop(CLUSTER_FILE);
  #submission = null;
  #tellEvent = () => undefined;
  nights = new Nights(this.#folder);

  constructor() {
    for (const [signal, number] of [
      ['SIGINT', 2],
      ['SIGTERM', 15],
    ]) {
      process.on(signal, () => {
        this.endedBy = 128 + number;
        this.#submission?.kill('SIGCONT');
        this.#submission?.kill(signal);
      });
    }
  }

  /** Makes the job, the commands on the PATH, and the home folder in HDFS. */
  async open() {
    this.#tellEvent = await openProgramText((text) => this.terminal.say(text));
    const write = (path, text) => writeFileSync(join(this.#folder, path), text);
    write('cluster.yaml', readFileSync(CLUSTER_FILE, 'utf8').replace(/^user: .*$/m, `user: ${USER}`));
    write('sales.elt.yaml', JOB);
    mkdirSync(join(this.#folder, 'bin'));
    symlinkSync(PROGRAM, join(this.#folder, 'bin/hadoop-elt'));
    write('bin/hadoop', `#!/bin/sh\nexec docker exec -e HADOOP_USER_NAME=${USER} ${CLIENT} hadoop "$@"\n`);
    chmodSync(join(this.#folder, 'bin/hadoop'), 0o755);
    // A demo that was killed may have left it.
    await this.#removeFolders();
    await this.#hadoop.makeHome(FOLDERS[0], USER);
  }

  /** Leaves the cluster as it was found. */
  async close() {
    this.#submission?.kill('SIGKILL', { group: true });
    // Changes nothing if it runs. It does not if the demo ended before it was started again.
    execFileSync('docker', ['start', NAMENODE], { stdio: 'ignore' });
    waitUntilReady();
    await this.#hadoop.endApplicationsOf(USER);
    await this.#removeFolders();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #removeFolders() {
    for (const path of FOLDERS) await this.#hadoop.remove(path);
  }

  /** A line about what happens. */
  tell(text) {
    this.terminal.say(`# ${text}`);
  }

  /** Runs a command of the shell in the folder of the job, and shows it with what it prints. Returns that. */
  shell(command) {
    this.#throwIfEnded();
    this.terminal.say(`$ ${command}`);
    const path = [join(this.#folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
    const output = execFileSync('bash', ['-c', `set -o pipefail; ${command}`], {
      cwd: this.#folder,
      env: { ...process.env, PATH: path },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.terminal.say(output);
    return output;
  }

  /**
   * Submits the job, and shows what the program says. `harm` is done at the first event of which `when` is true. Returns
   * all events.
   */
  async submit({ exitCode, when, harm }) {
    this.#throwIfEnded();
    this.terminal.say('$ hadoop-elt submit sales.elt.yaml --cluster cluster.yaml > summary.txt');
    const submission = start(['submit', 'sales.elt.yaml', '--cluster', 'cluster.yaml'], {
      cwd: this.#folder,
      onEvent: this.#tellEvent,
    });
    this.#submission = submission;
    if (when !== undefined && (await submission.event(when)) !== null) await harm(submission);
    const end = await submission.ended;
    this.#submission = null;
    if (end.stderr !== '') this.terminal.say(end.stderr);
    this.#throwIfEnded();
    const code = end.signal === 'SIGKILL' ? 128 + 9 : end.exitCode;
    this.terminal.say(`exit code ${code}\n\n`);
    expect(code === exitCode, `the exit code is ${exitCode}`);
    return end.events;
  }

  /**
   * Stops a submission (SIGSTOP) once uploads are in HDFS. Until then it goes on for a moment at a time: small files are
   * there then, and a large one is not, however fast the machine is.
   */
  async stopOnceThere(submission, paths) {
    let hasEnded = false;
    submission.ended.then(() => {
      hasEnded = true;
    });
    submission.kill('SIGSTOP');
    while (!(await this.#areThere(paths))) {
      this.#throwIfEnded();
      expect(!hasEnded, `${paths.join(' and ')} are sent`);
      submission.kill('SIGCONT');
      await sleep(20);
      submission.kill('SIGSTOP');
      // The datanode goes on meanwhile.
      await sleep(200);
    }
  }

  async #areThere(paths) {
    const found = await this.#hadoop.filesBelow(`${FOLDERS[0]}/sales`);
    return paths.every((path) => found.some(({ name }) => name === path));
  }

  killNamenode() {
    this.shell(`docker kill ${NAMENODE}`);
  }

  /** Starts the namenode, and waits until all of the cluster is ready. */
  startNamenode() {
    this.shell(`docker start ${NAMENODE}`);
    waitUntilReady();
  }

  #throwIfEnded() {
    if (this.endedBy !== null) throw new NotAsSaid('a signal came');
  }
}

function waitUntilReady() {
  execFileSync(CLUSTER_SCRIPT, ['wait'], { stdio: 'ignore' });
}

/** Throws unless `holds`. */
export function expect(holds, what) {
  if (!holds) throw new NotAsSaid(what);
}
