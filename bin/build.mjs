/**
 * Builds dist/: the mapper's source as text first, for the program carries it in itself; then the program, the
 * module hadoop-elt/mapper with its types, the job file's JSON Schema, the mapper of the sales job, and the licences of
 * what is bundled.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledPackages, formatLicences } from './third-party-licenses.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...path) => join(root, ...path);
const { version, engines } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

/** What esbuild says of each bundle that is shipped. */
const metafiles = [];

/** Bundles one entry and returns its text. */
async function bundle(entry, options) {
  const result = await build({
    entryPoints: [at(entry)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    legalComments: 'inline',
    logLevel: 'warning',
    ...options,
  });
  return { text: result.outputFiles[0].text, metafile: result.metafile };
}

/** A bundle that goes into dist/. The mapper runs on Node 18, for cluster nodes are old. */
async function shippedBundle(entry, options) {
  const { text, metafile } = await bundle(entry, options);
  metafiles.push(metafile);
  return text;
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

/**
 * What the package webhdfs pulls in cannot stand in an ES module (`delete` of a variable), and only a method that is
 * never called needs it.
 */
const withoutBufferStreamReader = {
  name: 'without-buffer-stream-reader',
  setup(setup) {
    const namespace = 'without-buffer-stream-reader';
    setup.onResolve({ filter: /^buffer-stream-reader$/ }, ({ path }) => ({ path, namespace }));
    setup.onLoad({ filter: /.*/, namespace }, () => ({
      contents: "module.exports = (data) => require('node:stream').Readable.from([data]);",
    }));
  },
};

/** What the program's file begins with: `>=20.19.0` → a look at the Node that runs it, and what a CommonJS bundle needs. */
function programHead(required) {
  const [, major, minor] = /^>=(\d+)\.(\d+)\.0$/.exec(required);
  return `#!/usr/bin/env node
import { createRequire as $createRequire } from "module";
const $moduleUrl = import.meta.url;
const require = $createRequire($moduleUrl);
const [$major, $minor] = process.versions.node.split(".").map(Number);
if ($major < ${major} || ($major === ${major} && $minor < ${minor})) {
  process.stderr.write(\`hadoop-elt needs Node ${major}.${minor} or newer; this is \${process.version}: \${process.execPath}\\n\`);
  process.exit(2);
}`;
}

/** Takes what a module of ours exports. */
async function importSource(entry) {
  const { text } = await bundle(entry, { format: 'esm' });
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}

// Everything is made in a folder aside and then takes the place of dist/ at once.
const making = `.dist-${process.pid}`;
mkdirSync(at(making));

const { wrapBundle } = await importSource('submit/job/bundle.ts');
const mapperBundle = wrapBundle(await shippedBundle('bin/mapper.ts', { format: 'cjs', target: 'node18' }));
const mapperApi = await shippedBundle('mapper/index.ts', { format: 'esm', target: 'node18' });
const inspectThread = await shippedBundle('bin/inspect-thread.ts', { format: 'cjs', target: 'node20' });
// The program is one file. An old Node would refuse an ES module for what it imports before any of it has run, so it
// takes Node's modules by `require`, in syntax that Node 14 knows, after it has looked at the version.
const program = await shippedBundle('bin/hadoop-elt.ts', {
  format: 'cjs',
  // Node reads all of it at each start. Names stay, for stack traces.
  minifyWhitespace: true,
  target: 'node14.21',
  external: ['esbuild'],
  define: { 'import.meta.url': '$moduleUrl' },
  banner: { js: programHead(engines.node) },
  // Its main file is one that cannot be shaken down to what is used.
  alias: { 'hash-wasm': 'hash-wasm/dist/index.esm.js' },
  plugins: [
    withoutBufferStreamReader,
    builtTexts({
      'built:mapper-bundle': mapperBundle,
      'built:mapper-api': mapperApi,
      'built:inspect-thread': inspectThread,
      'built:version': version,
    }),
  ],
});
const { jobFileJsonSchema } = await importSource('submit/job/schema.ts');
const { clusterFileJsonSchema } = await importSource('submit/hadoop/cluster/cluster-schema.ts');

writeFileSync(at(making, 'hadoop-elt.mjs'), program);
chmodSync(at(making, 'hadoop-elt.mjs'), 0o755);
writeFileSync(at(making, 'mapper-api.mjs'), mapperApi);
writeFileSync(at(making, 'job-file.schema.json'), `${JSON.stringify(jobFileJsonSchema(), null, 2)}\n`);
writeFileSync(
  at(making, 'cluster-file.schema.json'),
  `${JSON.stringify(clusterFileJsonSchema(), null, 2)}\n`,
);

writeFileSync(at(making, 'THIRD-PARTY-LICENSES.txt'), formatLicences(bundledPackages(metafiles, root)));

const run = (stdout, ...args) =>
  execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'] });
const salesJob = 'hdfs-fixtures/jobs/sales.elt.yaml';
run('ignore', `${making}/hadoop-elt.mjs`, 'build', salesJob, '-o', `${making}/mapper.mjs`);
// What the compiler finds wrong, it tells on stdout.
const stderr = 2;
run(stderr, 'node_modules/typescript/bin/tsc', '-p', 'mapper/tsconfig.json', '--outDir', `${making}/types`);

rmSync(at('dist'), { recursive: true, force: true });
renameSync(at(making), at('dist'));
