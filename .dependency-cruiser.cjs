/** Who may import whom; `npm run check:imports` checks it. */
const oneImporter = (name, paths) => ({
  name: `one-importer-of-${name}`,
  comment: `Only one place knows ${name}, so that it can be replaced there`,
  severity: 'error',
  from: { path: '^(mapper|submit|bin)/', pathNot: paths },
  to: { path: `node_modules/${name}/` },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'mapper-knows-no-submitter',
      comment: 'The mapper is shipped alone to cluster nodes',
      severity: 'error',
      from: { path: '^mapper/' },
      to: { path: '^(submit|bin|test)/' },
    },
    {
      name: 'contract-imports-nothing',
      severity: 'error',
      from: { path: '^mapper/contract\\.ts$' },
      to: {},
    },
    {
      name: 'mapper-words-for-its-process-alone',
      comment: 'The parts of the mapper give failures and counts; only its process makes text of them',
      severity: 'error',
      from: { path: '^(mapper|submit|bin)/', pathNot: '^mapper/(process|report)/' },
      to: { path: '^mapper/report/' },
    },
    {
      name: 'submit-takes-little-from-mapper',
      comment:
        'The contract; the way records are told apart, so that the scan counts what the mapper counts; digests, for the same reason; the catalogue of rules, of which the job file is made; and source maps of bundles, written here and read there',
      severity: 'error',
      from: { path: '^submit/' },
      to: {
        path: '^mapper/',
        pathNot: '^mapper/(contract\\.ts|stack-trace\\.ts|digest/|records/|rules/catalogue\\.ts)',
      },
    },
    {
      name: 'plan-is-pure',
      comment: 'From text and facts to a plan: no files, no processes, no clock',
      severity: 'error',
      from: { path: '^submit/job/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(path|crypto|buffer|util)' },
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      from: { path: '^(mapper|submit|bin)/' },
      to: { path: '^test/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^built:' },
    },
    {
      name: 'run-knows-ports-only',
      comment: 'A new store, source, engine or sink must not touch the run',
      severity: 'error',
      from: { path: '^submit/run/' },
      to: {
        path: '^submit/(stores|sources|engines|sinks|hadoop|state|report|cli|doctor)/',
        pathNot: '^submit/(stores/store|sources/source|engines/engine|sinks/sink)\\.ts$',
      },
    },
    {
      name: 'rooms-apart',
      comment:
        'Rooms know stores and hadoop, and of the run what it says at its ports; nothing else of each other',
      severity: 'error',
      from: { path: '^submit/(stores|sources|engines|sinks|hadoop|state)/' },
      to: {
        path: '^submit/(sources|engines|sinks|state|run|job|report|cli|doctor)/',
        pathNot: ['^submit/$1/', '^submit/run/(ports|manifest|run-id)\\.ts$', '^submit/doctor/check\\.ts$'],
      },
    },
    {
      name: 'words-for-cli-alone',
      comment: 'What happens is told as events and failures; only listeners make text of them',
      severity: 'error',
      from: { path: '^submit/', pathNot: '^submit/(cli|report)/' },
      to: { path: '^submit/report/' },
    },
    {
      name: 'machine-behind-ports',
      comment:
        'Files, programs and timers in rooms and mains alone: what goes by the ports can be failed on purpose',
      severity: 'error',
      from: {
        path: '^submit/(run|job|config|report|cli|doctor|[^/]+\\.ts$)',
        pathNot: '^submit/process\\.ts$',
      },
      to: { path: '^(node:)?(fs|child_process|net|timers|worker_threads)(/|$)', dependencyTypes: ['core'] },
    },
    {
      name: 'one-http-stack',
      comment: 'Limits, connections and failures of HTTP are decided in one place, which a test can replace',
      severity: 'error',
      from: { path: '^(mapper|submit|bin)/', pathNot: '^submit/hadoop/http\\.ts$' },
      to: { path: '^(node:)?https?2?$', dependencyTypes: ['core'] },
    },
    oneImporter('csv-parse', '^mapper/records/quoted-csv\\.ts$'),
    oneImporter('csv-stringify', '^mapper/records/quoted-csv\\.ts$'),
    oneImporter('decimal\\.js', '^mapper/rules/exact-rounding\\.ts$'),
    oneImporter('yaml', '^submit/config/'),
    oneImporter('zod', '^submit/(config|job|hadoop/cluster)/'),
    oneImporter('fast-xml-parser', '^submit/hadoop/cluster/'),
    oneImporter('yargs', '^submit/cli/'),
    oneImporter('cliui', '^submit/cli/'),
    oneImporter('execa', '^submit/engines/node-programs\\.ts$'),
    oneImporter('webhdfs', '^submit/stores/'),
    oneImporter('fastest-levenshtein', '^(submit/config/nearest|mapper/nearest-text)\\.ts$'),
    oneImporter('@noble/hashes', '^mapper/rules/sha256\\.ts$'),
    oneImporter('@jridgewell/sourcemap-codec', '^submit/job/source-map\\.ts$'),
    oneImporter('unbzip2-stream', '^submit/stores/bunzip2\\.ts$'),
    oneImporter('tar-stream', '^submit/engines/streaming/node-archive\\.ts$'),
    oneImporter('chart\\.js', '^bin/report-charts\\.mjs$'),
    oneImporter('cron-parser', '^submit/schedule/cron\\.ts$'),
    oneImporter('pg', '^submit/sinks/postgres/'),
    oneImporter('pg-(copy-streams|connection-string)', '^submit/sinks/postgres/'),
    oneImporter('p-retry', '^submit/hadoop/retry\\.ts$'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
