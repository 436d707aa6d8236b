import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Esbuild from 'esbuild';
import { PLAN_CONSTANT } from '../../mapper/contract.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { wrapBundle } from '../job/bundle.js';
import { factsAt } from '../stores/file-tree.js';

const API_MODULE = 'hadoop-elt/mapper';

/**
 * A user's module whose default export is a mapper → the source of a bundle. Imports of `hadoop-elt/mapper` resolve to
 * this program's version, whatever is installed. Throws `esbuild-missing` and `module-invalid`.
 */
export async function bundleModule(context: Context, path: string): Promise<string> {
  if ((await factsAt(context.machine.files, path)) === undefined) {
    throw new Failure('module-invalid', { path, problem: 'the file does not exist' });
  }
  const esbuild = await loadEsbuild(path);
  try {
    const { outputFiles } = await esbuild.build({
      stdin: {
        contents: `import definition from ${JSON.stringify(`./${basename(path)}`)};
import { runMapper } from '${API_MODULE}';
runMapper(definition, ${PLAN_CONSTANT});`,
        resolveDir: dirname(path),
        sourcefile: 'entry.ts',
        loader: 'ts',
      },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
      target: 'node18',
      logLevel: 'silent',
      plugins: [apiPlugin(context.mapper.apiSource)],
    });
    return wrapBundle(outputFiles[0]?.text ?? '');
  } catch (error) {
    const { errors } = error as Partial<Esbuild.BuildFailure>;
    if (errors === undefined) throw error;
    const problem = errors
      .map(({ text, location }) =>
        location === null ? text : `${location.file}:${location.line}:${location.column + 1} ${text}`,
      )
      .join('\n');
    throw new Failure('module-invalid', { path, problem });
  }
}

function apiPlugin(apiSource: string): Esbuild.Plugin {
  return {
    name: API_MODULE,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${API_MODULE}$`) }, () => ({
        path: API_MODULE,
        namespace: API_MODULE,
      }));
      build.onLoad({ filter: /.*/, namespace: API_MODULE }, () => ({ contents: apiSource, loader: 'js' }));
    },
  };
}

/** esbuild as installed for this program, or else for the module. */
async function loadEsbuild(modulePath: string): Promise<typeof Esbuild> {
  try {
    return await import('esbuild');
  } catch {
    try {
      const found = createRequire(modulePath).resolve('esbuild');
      const module = (await import(pathToFileURL(found).href)) as {
        default?: typeof Esbuild;
      } & typeof Esbuild;
      return module.default ?? module;
    } catch {
      throw new Failure('esbuild-missing', { path: modulePath });
    }
  }
}
