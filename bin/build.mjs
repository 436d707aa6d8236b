/**
 * Builds dist/: first the mapper's source, which the program embeds as text; then the program, the module
 * hadoop-elt/mapper with its types, the JSON Schemas, the sales job's mapper, and the licences of bundled packages.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { asAscii } from './as-ascii.mjs';
import { bakedDataOf, fromBakedData, laterData, textsOfData } from './baked-data.mjs';
import { bodiesOfLater, constantsOfLater, laterModules } from './later-modules.mjs';
import { cacheOf, codeWriterOf, programOf } from './start.mjs';
import { bundledPackages, formatLicences } from './third-party-licenses.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...path) => join(root, ...path);
const { version, engines } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

/** esbuild's metafiles of the shipped bundles. */
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

/** Bundles an entry that is shipped in dist/. The mapper must run on Node 18, because cluster nodes are old. */
async function shippedBundle(entry, options) {
  const { text, metafile } = await bundle(entry, options);
  metafiles.push(metafile);
  return asAscii(text);
}

/**
 * Resolves modules named `built:…` to functions that return texts of earlier bundles: a text that nobody asks for is not read
 * into memory.
 */
const builtTexts = {
  name: 'built',
  setup(setup) {
    setup.onResolve({ filter: /^built:/ }, ({ path }) => ({ path, namespace: 'built' }));
    setup.onLoad({ filter: /.*/, namespace: 'built' }, ({ path }) => ({
      contents: `export default () => $text(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/** Stands for packages behind webhdfs of which nothing is used, and that would be an eighth of the program. */
const STAND_INS = {
  // Not valid in an ES module (`delete` of a variable). Only a method that is never called uses it.
  'buffer-stream-reader': "module.exports = (data) => require('node:stream').Readable.from([data]);",
  // Requests have cookies only if they are given a jar. One is made for all of these, and never asked.
  'tough-cookie': 'exports.CookieJar = class {};',
  // For the authentication of requests by signatures.
  'http-signature': '',
};

const standIns = {
  name: 'stand-ins',
  setup(setup) {
    const namespace = 'stand-ins';
    const filter = new RegExp(`^(?:${Object.keys(STAND_INS).join('|')})$`);
    setup.onResolve({ filter }, ({ path }) => ({ path, namespace }));
    setup.onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: STAND_INS[path] }));
  },
};

/** Packages that few starts need: large, or with much to do when they are loaded. All that is used of them are functions. */
const LATER_PACKAGES = { 'string-width': ['default'], execa: ['execa'], 'log-update': ['createLogUpdate'] };

/** Loads a package when one of its functions is first called. */
const laterPackages = {
  name: 'later-packages',
  setup(setup) {
    const namespace = 'later-packages';
    const filter = new RegExp(`^(?:${Object.keys(LATER_PACKAGES).join('|')})$`);
    setup.onResolve({ filter }, async ({ path, pluginData, ...from }) => {
      if (pluginData === namespace) return null;
      const real = await setup.resolve(path, { ...from, pluginData: namespace });
      // Not its path: the licences of packages are found by those.
      const key = createHash('sha256').update(real.path).digest('hex');
      return { path: key, namespace, pluginData: { real: real.path, functions: LATER_PACKAGES[path] } };
    });
    setup.onLoad({ filter: /.*/, namespace }, ({ pluginData: { real, functions } }) => ({
      contents: `let loaded;
const load = () => (loaded ??= require(${JSON.stringify(real)}));
${functions.map((name) => `const $${name} = (...given) => load().${name}(...given);`).join('\n')}
export { ${functions.map((name) => `$${name} as ${name}`).join(', ')} };`,
      resolveDir: dirname(real),
    }));
  },
};

/** Loads a module of Node when something of it is first used: `http`, `zlib` and others take a part of each start. */
const laterNodeModules = {
  name: 'later-node-modules',
  setup(setup) {
    const namespace = 'later-node-modules';
    setup.onResolve({ filter: /^(?:node:)?[a-z_/]+$/ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path) ? { path, namespace } : null,
    );
    // Packages call the module itself, and yargs makes some assertions at each start. It is needed when one fails.
    setup.onLoad({ filter: /^assert$/, namespace }, () => ({
      contents: `export default (holds, ...given) => holds || require('assert')(holds, ...given);
export const strictEqual = (a, b, ...given) => Object.is(a, b) || require('assert').strictEqual(a, b, ...given);
export const notStrictEqual = (a, b, ...given) => Object.is(a, b) && require('assert').notStrictEqual(a, b, ...given);`,
    }));
    setup.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `let loaded;
const load = () => (loaded ??= require(${JSON.stringify(path)}));
for (const name of ${JSON.stringify(Object.keys(createRequire(import.meta.url)(path)))}) {
  Object.defineProperty(exports, name, { get: () => load()[name] });
}
// esbuild copies all properties for each module that imports this; what is inherited it leaves where it is.
module.exports = Object.create(exports);`,
    }));
  },
};

const laterBodies = await bodiesOfLater(shippedBundle);

/** Bundles a TypeScript module and imports it. */
async function importSource(entry) {
  const { text } = await bundle(entry, { format: 'esm' });
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}

// Builds in a temporary folder, which replaces dist/ at the end.
const making = `.dist-${process.pid}`;
mkdirSync(at(making));

const { wrapBundle } = await importSource('submit/job/bundle.ts');
const mapperBundle = `${constantsOfLater(laterBodies)}${bakedDataOf(at('/'))}${wrapBundle(
  await shippedBundle('bin/mapper.ts', {
    format: 'cjs',
    // Node parses the whole file at each start of a task. Names are kept for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    target: 'node18',
    plugins: [laterModules(), fromBakedData],
  }),
)}`;
const mapperApi = await shippedBundle('mapper/index.ts', {
  format: 'esm',
  target: 'node18',
  plugins: [laterModules((path) => JSON.stringify(laterBodies[path]))],
});
const keyProgram = wrapBundle(await shippedBundle('bin/key-program.ts', { format: 'cjs', target: 'node18' }));
const reportCharts = await shippedBundle('bin/report-charts.mjs', {
  format: 'iife',
  platform: 'browser',
  target: 'es2020',
  minify: true,
});
const inspectThread = await shippedBundle('bin/inspect-thread.ts', { format: 'cjs', target: 'node20' });
/** Texts that the program carries, by the names of the modules that give them. */
const texts = {
  ...Object.fromEntries(Object.entries(laterBodies).map(([path, body]) => [`built:${path}`, body])),
  ...textsOfData(at('/')),
  'built:mapper-bundle': mapperBundle,
  'built:mapper-api': mapperApi,
  'built:inspect-thread': inspectThread,
  'built:key-program': keyProgram,
  'built:report-charts': reportCharts,
  'built:version': version,
};
// The program is one file. An old Node rejects an ES module for an unknown import before any of its code runs. So the
// program checks the version first, and loads Node's modules with `require`. Its start uses only syntax of Node 14; an old
// Node never comes to this source.
const source = await shippedBundle('bin/hadoop-elt.ts', {
  format: 'cjs',
  // Names are kept for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  target: 'node20.19',
  external: ['esbuild'],
  define: { 'import.meta.url': '$moduleUrl' },
  plugins: [
    standIns,
    laterPackages,
    laterNodeModules,
    laterModules((path) => `require('built:${path}').default()`),
    laterData,
    builtTexts,
  ],
});
const { jobFileJsonSchema } = await importSource('submit/job/schema.ts');
const { clusterFileJsonSchema } = await importSource('submit/hadoop/cluster/cluster-schema.ts');

const programFile = at(making, 'hadoop-elt.mjs');
const writeProgram = (help) => {
  writeFileSync(programFile, programOf({ source, texts, required: engines.node, help }));
  chmodSync(programFile, 0o755);
};
const node = (...args) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
writeProgram({});
const help = { '--help': node(programFile, '--help'), '--version': node(programFile, '--version') };
for (const [, command] of help['--help'].matchAll(/^ {2}(\w+) [<[]/gm)) {
  help[`${command} --help`] = node(programFile, command, '--help');
}
writeProgram(help);
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
// The cache is of this Node, and newer than the program.
const trial = at(making, 'trial');
mkdirSync(trial);
writeFileSync(join(trial, 'write-code.mjs'), codeWriterOf(source, texts));
const output = ['--output', join(trial, 'out'), '--state-dir', join(trial, 'state')];
const codes = {};
// With options: yargs is loaded for them.
for (const [command, ...options] of [
  ['plan', '--parallel', '2'],
  ['run', '--json', ...output],
]) {
  const codeFile = join(trial, command);
  run('ignore', join(trial, 'write-code.mjs'), programFile, codeFile, command, salesJob, ...options);
  codes[command] = readFileSync(codeFile);
}
rmSync(trial, { recursive: true });
const cache = cacheOf(source, texts, codes);
writeFileSync(at(making, cache.name), cache.bytes);
// tsc writes its errors to stdout.
const stderr = 2;
run(stderr, 'node_modules/typescript/bin/tsc', '-p', 'mapper/tsconfig.json', '--outDir', `${making}/types`);

rmSync(at('dist'), { recursive: true, force: true });
renameSync(at(making), at('dist'));
