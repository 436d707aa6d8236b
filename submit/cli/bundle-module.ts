import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Esbuild from 'esbuild';
import { PLAN_CONSTANT } from '../../mapper/contract.js';
import type { SourceMapPayload } from '../../mapper/stack-trace.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { type MapperSource, wrapMappedBundle } from '../job/bundle.js';
import { keepSources } from '../job/source-map.js';

const API_MODULE = 'hadoop-elt/mapper';
const ENTRY = 'hadoop-elt-entry.ts';

/**
 * A user's module whose default export is a mapper → the source of a bundle, with a source map of the user's files.
 * Imports of `hadoop-elt/mapper` resolve to this program's version, whatever is installed. The same modules give the
 * same bytes in any folder. Throws `esbuild-missing` and `module-invalid`.
 */
export async function bundleModule(context: Context, path: string): Promise<MapperSource> {
  const esbuild = await loadEsbuild(path);
  const folder = dirname(path);
  try {
    const { outputFiles } = await esbuild.build({
      stdin: {
        contents: `import definition from ${JSON.stringify(`./${basename(path)}`)};
import { runMapper } from '${API_MODULE}';
runMapper(definition, ${PLAN_CONSTANT});`,
        resolveDir: folder,
        sourcefile: ENTRY,
        loader: 'ts',
      },
      absWorkingDir: folder,
      outdir: folder,
      bundle: true,
      write: false,
      platform: 'node',
      format: 'cjs',
      target: 'node18',
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
      plugins: [apiPlugin(context.mapper.apiSource)],
    });
    const textOf = (isMap: boolean) =>
      outputFiles.find(({ path: output }) => output.endsWith('.map') === isMap)?.text ?? '';
    const sourceMap = JSON.parse(textOf(true)) as SourceMapPayload;
    const isUsers = (source: string) => source !== ENTRY && !source.startsWith(`${API_MODULE}:`);
    return wrapMappedBundle(textOf(false), keepSources(sourceMap, isUsers));
  } catch (error) {
    const { errors } = error as Partial<Esbuild.BuildFailure>;
    if (errors === undefined) throw error;
    const lacksDefault = errors.some(({ text }) =>
      /No matching export in .* for import "default"/.test(text),
    );
    const problem = lacksDefault
      ? NO_MAPPER
      : errors
          .map(({ text, location }) =>
            location === null
              ? text
              : `${join(folder, location.file)}:${location.line}:${location.column + 1} ${text}`,
          )
          .join('\n');
    throw new Failure('module-invalid', { path, problem });
  }
}

const NO_MAPPER = `it has no default export, and it was not made by hadoop-elt build
Write: export default defineMapper({ columns: { … } })`;

function apiPlugin(apiSource: string): Esbuild.Plugin {
  return {
    name: API_MODULE,
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${API_MODULE}$`) }, () => ({
        path: API_MODULE,
        namespace: API_MODULE,
      }));
      build.onLoad({ filter: /.*/, namespace: API_MODULE }, () => ({
        contents: apiSource,
        loader: 'js',
      }));
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
