import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { asAscii } from '../../bin/as-ascii.mjs';
import { bakedDataOf, fromBakedData } from '../../bin/baked-data.mjs';
import { bodiesOfLater, constantsOfLater, laterModules } from '../../bin/later-modules.mjs';
import { realMachine } from '../../submit/cli/connections.js';
import { wrapBundle } from '../../submit/job/bundle.js';
import { mapperInProcess } from './mapper-in-process.js';
import {
  type BuiltSources,
  type Ended,
  type InProcessOptions,
  runMain,
  seenFromHere,
} from './program-context.js';
import { withoutWaiting } from './quick-machine.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export type { Ended, InProcessOptions } from './program-context.js';

/** Runs the program in this process, on a machine whose operations a test may watch and fail. */
export async function runInProcess(args: readonly string[], options: InProcessOptions): Promise<Ended> {
  return runMain(args, options, await builtSources());
}

/**
 * Runs the program in this process with the environment of this machine and a view of its processes. Its own mapper runs
 * in this process too, and nothing waits for the disk. For all that does not depend on a process, such as what is
 * published.
 */
export async function runHere(
  args: readonly string[],
  { cwd, env = {}, nodePath = process.execPath }: Pick<InProcessOptions, 'cwd' | 'env' | 'nodePath'>,
): Promise<Ended> {
  const sources = await builtSources();
  return runMain(
    args,
    {
      cwd,
      nodePath,
      env: { ...process.env, HADOOP_USER_NAME: undefined, ...env },
      processes: seenFromHere(),
      machine: {
        ...realMachine,
        files: withoutWaiting(realMachine.files),
        programs: mapperInProcess(realMachine.programs, sources.bundleSource),
      },
    },
    sources,
  );
}

/** Built once for a test file. */
export function builtSources(): Promise<BuiltSources> {
  built ??= buildSources();
  return built;
}

let built: Promise<BuiltSources> | undefined;

/** The same bytes as in the built program, so that one continues what the other has begun. */
async function buildSources(): Promise<BuiltSources> {
  const laterBodies = await bodiesOfLater((path, options) => bundled(path, 'cjs', '', options));
  const inside = laterModules((path) => JSON.stringify(laterBodies[path]));
  const [mapper, inspectThreadSource, apiSource, keyProgram, reportChartsSource] = await Promise.all([
    bundled('bin/mapper.ts', 'cjs', '', {
      minifyWhitespace: true,
      minifySyntax: true,
      plugins: [laterModules(), fromBakedData],
    }),
    bundled('bin/inspect-thread.ts', 'cjs'),
    bundled('mapper/index.ts', 'esm', '', { plugins: [inside] }),
    bundled('bin/key-program.ts', 'cjs'),
    bundled('bin/report-charts.mjs', 'cjs', '', { format: 'iife', platform: 'browser', minify: true }),
  ]);
  const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as {
    version: string;
  };
  return {
    bundleSource: `${constantsOfLater(laterBodies)}${bakedDataOf(`${PROJECT}/`)}${wrapBundle(mapper)}`,
    inspectThreadSource,
    apiSource,
    keyProgramSource: wrapBundle(keyProgram),
    reportChartsSource,
    version,
  };
}

/** CommonJS packages load Node's modules with `require`, which an ES module lacks. */
const REQUIRE =
  "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);";

/** Bundles one file of the project with its imports; returns the code. `head` is put before it. */
export async function bundled(
  entry: string,
  format: 'cjs' | 'esm',
  head = format === 'esm' ? REQUIRE : '',
  more: BuildOptions = {},
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(PROJECT, entry)],
    absWorkingDir: PROJECT,
    bundle: true,
    platform: 'node',
    format,
    // As in `bin/build.mjs`.
    target: 'node18',
    legalComments: 'inline',
    logLevel: 'silent',
    // These packages are imported at run time, by the commands that need them.
    external: ['esbuild', 'webhdfs'],
    banner: { js: head },
    ...more,
    write: false,
  });
  return asAscii(outputFiles[0]?.text ?? '');
}
