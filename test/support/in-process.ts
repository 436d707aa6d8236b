import { join } from 'node:path';
import { build } from 'esbuild';
import { wrapBundle } from '../../submit/job/bundle.js';
import { type BuiltSources, type Ended, type InProcessOptions, runMain } from './program-context.js';
import { PROJECT } from './work-folder.js';

export type { Ended, InProcessOptions } from './program-context.js';

/** Runs the program in this process, on a machine whose operations a test may watch and fail. */
export async function runInProcess(args: readonly string[], options: InProcessOptions): Promise<Ended> {
  return runMain(args, options, await builtSources());
}

/** Built once for a test file. */
export function builtSources(): Promise<BuiltSources> {
  built ??= buildSources();
  return built;
}

let built: Promise<BuiltSources> | undefined;

async function buildSources(): Promise<BuiltSources> {
  const [mapper, inspectThreadSource] = await Promise.all([
    bundled('bin/mapper.ts', 'cjs'),
    bundled('bin/inspect-thread.ts', 'cjs'),
  ]);
  return { bundleSource: wrapBundle(mapper), inspectThreadSource };
}

/** Bundles one file of the project with its imports; returns the code. */
export async function bundled(entry: string, format: 'cjs' | 'esm'): Promise<string> {
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
    // CommonJS packages load Node's modules with `require`.
    banner:
      format === 'cjs'
        ? {}
        : {
            js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
          },
  });
  return outputFiles[0]?.text ?? '';
}
