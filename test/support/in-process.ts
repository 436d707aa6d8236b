import { join } from 'node:path';
import { build } from 'esbuild';
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
import { PROJECT } from './work-folder.js';

export type { Ended, InProcessOptions } from './program-context.js';

/** Runs the program in this process, on a machine whose operations a test may watch and fail. */
export async function runInProcess(args: readonly string[], options: InProcessOptions): Promise<Ended> {
  return runMain(args, options, await builtSources());
}

/**
 * Runs the program in this process as a user would run it: with the environment and the processes of this machine, and
 * with its own mapper in this process too. For all that does not depend on a process, such as what is published.
 */
export async function runHere(
  args: readonly string[],
  { cwd, env = {} }: Pick<InProcessOptions, 'cwd' | 'env'>,
): Promise<Ended> {
  const sources = await builtSources();
  return runMain(
    args,
    {
      cwd,
      env: { ...process.env, HADOOP_USER_NAME: undefined, ...env },
      processes: seenFromHere(),
      machine: { ...realMachine, programs: mapperInProcess(realMachine.programs, sources.bundleSource) },
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

async function buildSources(): Promise<BuiltSources> {
  const [mapper, inspectThreadSource, apiSource, keyProgram] = await Promise.all([
    bundled('bin/mapper.ts', 'cjs'),
    bundled('bin/inspect-thread.ts', 'cjs'),
    bundled('mapper/index.ts', 'esm', ''),
    bundled('bin/key-program.ts', 'cjs'),
  ]);
  return {
    bundleSource: wrapBundle(mapper),
    inspectThreadSource,
    apiSource,
    keyProgramSource: wrapBundle(keyProgram),
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
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(PROJECT, entry)],
    absWorkingDir: PROJECT,
    bundle: true,
    write: false,
    platform: 'node',
    format,
    target: 'node20',
    logLevel: 'silent',
    // These packages are imported at run time, by the commands that need them.
    external: ['esbuild', 'webhdfs'],
    banner: { js: head },
  });
  return outputFiles[0]?.text ?? '';
}
