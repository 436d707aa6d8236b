/**
 * Builds dist/: the mapper's source as text first, for the program carries it in itself; then the program, the
 * module hadoop-elt/mapper with its types, the job file's JSON Schema, and the mapper of the sales job.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...path) => join(root, ...path);
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

/** Bundles one entry and returns its text. The mapper runs on Node 18, for cluster nodes are old. */
async function bundle(entry, options) {
  const result = await build({
    entryPoints: [at(entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: 'node',
    legalComments: 'inline',
    logLevel: 'warning',
    ...options,
  });
  return result.outputFiles[0].text;
}

/** Modules named `built:…` are texts from an earlier bundling. */
const builtTexts = (texts) => ({
  name: 'built',
  setup(setup) {
    setup.onResolve({ filter: /^built:/ }, ({ path }) => ({ path, namespace: 'built' }));
    setup.onLoad({ filter: /.*/, namespace: 'built' }, ({ path }) => ({
      contents: texts[path],
      loader: 'text',
    }));
  },
});

const importText = async (text) =>
  import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);

rmSync(at('dist'), { recursive: true, force: true });
mkdirSync(at('dist'));

const { wrapBundle } = await importText(await bundle('submit/job/bundle.ts', { format: 'esm' }));
const mapperBundle = wrapBundle(await bundle('bin/mapper.ts', { format: 'cjs', target: 'node18' }));
const mapperApi = await bundle('mapper/index.ts', { format: 'esm', target: 'node18' });
const program = await bundle('bin/hadoop-elt.ts', {
  format: 'esm',
  target: 'node20',
  external: ['esbuild'],
  banner: {
    js: '#!/usr/bin/env node\nimport { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
  },
  plugins: [
    builtTexts({
      'built:mapper-bundle': mapperBundle,
      'built:mapper-api': mapperApi,
      'built:version': version,
    }),
  ],
});
const { jobFileJsonSchema } = await importText(await bundle('submit/job/schema.ts', { format: 'esm' }));

writeFileSync(at('dist/hadoop-elt.mjs'), program);
chmodSync(at('dist/hadoop-elt.mjs'), 0o755);
writeFileSync(at('dist/mapper-api.mjs'), mapperApi);
writeFileSync(at('dist/job-file.schema.json'), `${JSON.stringify(jobFileJsonSchema(), null, 2)}\n`);

const run = (...args) =>
  execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
run('dist/hadoop-elt.mjs', 'build', 'hdfs-fixtures/jobs/sales.elt.yaml', '-o', 'dist/mapper.mjs');
run('node_modules/typescript/bin/tsc', '--project', 'mapper/tsconfig.json');
