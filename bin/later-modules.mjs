/**
 * Modules of the mapper that few runs need, some of them packages: a mapper carries each as a string, which is compiled
 * when one of its functions is first called. Node parses a whole file at each start of a task, except what stands in
 * strings. `bundleMapper` leaves out what a plan does not need.
 */

/** The modules, from the project's folder: the constant with their text, and their functions. */
const LATER_MODULES = {
  'mapper/rules/pattern-engine.ts': { constant: 'HADOOP_ELT_LATER_PATTERNS', functions: ['patternEngine'] },
  'mapper/rules/sha256.ts': { constant: 'HADOOP_ELT_LATER_HASHES', functions: ['sha256', 'keyedSha256'] },
  'mapper/rules/exact-rounding.ts': { constant: 'HADOOP_ELT_LATER_ROUNDING', functions: ['roundExactly'] },
  'mapper/records/quoted-csv.ts': {
    constant: 'HADOOP_ELT_LATER_CSV',
    functions: ['readQuotedRecords', 'writeQuotedRecords'],
  },
  'mapper/report/failure-text.ts': {
    constant: 'HADOOP_ELT_LATER_FAILURES',
    functions: ['explainFailure', 'formatFailure'],
  },
  'mapper/report/problems.ts': { constant: 'HADOOP_ELT_LATER_PROBLEMS', functions: ['formatProblems'] },
  'mapper/report/summary.ts': { constant: 'HADOOP_ELT_LATER_SUMMARY', functions: ['formatSummary'] },
  'mapper/nearest-text.ts': { constant: 'HADOOP_ELT_LATER_NEAREST', functions: ['nearestText'] },
  'mapper/records/dialect-scan.ts': { constant: 'HADOOP_ELT_LATER_DIALECTS', functions: ['dialectScan'] },
  'mapper/rules/compute.ts': { constant: 'HADOOP_ELT_LATER_COMPUTING', functions: ['compute'] },
  'mapper/rules/compute-expression.ts': {
    constant: 'HADOOP_ELT_LATER_EXPRESSIONS',
    functions: ['parseExpression', 'columnsIn'],
  },
  'mapper/zones/posix-rule.ts': {
    constant: 'HADOOP_ELT_LATER_ZONE_RULES',
    functions: ['parsePosixRule', 'timeKindAt', 'changesIn'],
  },
  'mapper/digest/plain-digest.ts': {
    constant: 'HADOOP_ELT_LATER_DIGESTS',
    functions: ['plainLineDigest', 'plainByteDigest'],
  },
};

/** How esbuild bundles each of them. */
const LATER_OPTIONS = { format: 'cjs', target: 'node18', minify: true, legalComments: 'none' };

/** The body of each module, by its path: of a function that takes `require` and returns the exports. `bundle`: path and options → code. */
export async function bodiesOfLater(bundle) {
  const bodies = {};
  for (const path of Object.keys(LATER_MODULES)) {
    bodies[path] =
      `const module = { exports: {} };\n${await bundle(path, LATER_OPTIONS)}return module.exports;`;
  }
  return bodies;
}

/** The bodies by path → constants with a line each, which stand before a mapper's code. */
export const constantsOfLater = (bodies) =>
  Object.entries(LATER_MODULES)
    .map(([path, { constant }]) => `const ${constant} = ${JSON.stringify(bodies[path])};\n`)
    .join('');

/** Replaces the modules by functions that compile them when called. `textOf` gives the expression of a module's body. */
export const laterModules = (textOf = (_path, { constant }) => constant) => ({
  name: 'later-modules',
  setup(setup) {
    for (const [path, module] of Object.entries(LATER_MODULES)) {
      const filter = new RegExp(`[\\\\/]${path.replace('.', '\\.').replaceAll('/', '[\\\\/]')}$`);
      setup.onLoad({ filter }, () => ({
        contents: `let loaded;
const load = () => (loaded ??= new Function('require', ${textOf(path, module)})(require));
${module.functions.map((name) => `export const ${name} = (...given) => load().${name}(...given);`).join('\n')}
`,
        loader: 'js',
      }));
    }
  },
});
