import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rulesByIndex } from './cases.mjs';

const at = (...path) => fileURLToPath(new URL(join('peers', ...path), import.meta.url));

/** What most peers support. */
const PLAIN = ['quotes', 'utf8', 'crlf'];

/**
 * The programs to compare. `prepare(folder)` returns what `command` needs, or a string that says why the peer is
 * missing. `command(benchCase, prepared, folder)` returns the words of a command that reads stdin and writes stdout,
 * `env` its environment. `cases` and `dialect` are what the peer supports, by default everything.
 */
export const PEERS = [
  {
    name: 'mapper',
    about: 'hadoop-elt',
    command: ({ name }, _, folder) => [process.execPath, join(folder, `${name}.mjs`)],
  },
  {
    name: 'reference',
    about: "hadoop-elt's reference path: csv-parse, decimal.js, csv-stringify",
    env: { HADOOP_ELT_MAPPER_PATH: 'reference' },
    command: ({ name }, _, folder) => [process.execPath, join(folder, `${name}.mjs`)],
  },
  {
    name: 'c',
    about: 'C by hand for this one job, -O3',
    cases: ['sales'],
    prepare: (folder) => compileC(folder),
    command: (_case, program) => [program],
  },
  ...[1, 2].map((threads) => ({
    name: `duckdb-${threads}`,
    about: `DuckDB, threads: ${threads}`,
    prepare: (folder) => pythonWith('duckdb', folder),
    command: (benchCase, python) => [
      ...[python, at('duckdb_job.py'), JSON.stringify(rulesByIndex(benchCase))],
      ...[JSON.stringify(benchCase.columns), String(threads)],
      JSON.stringify(benchCase.sql ?? {}),
      JSON.stringify({ ...benchCase.form, select: benchCase.select ?? null }),
    ],
  })),
  ...[1, 2].map((threads) => ({
    name: `polars-${threads}`,
    about: `Polars, threads: ${threads}`,
    dialect: PLAIN,
    env: { POLARS_MAX_THREADS: String(threads) },
    prepare: (folder) => pythonWith('polars', folder),
    command: (benchCase, python) => [
      ...[python, at('polars_job.py'), JSON.stringify(rulesByIndex(benchCase))],
      JSON.stringify(benchCase.columns),
    ],
  })),
  {
    name: 'xan',
    about: 'xan (Rust)',
    dialect: PLAIN,
    prepare: () => find('xan', ['--version']),
    command: (benchCase, xan) => [xan, 'map', '-O', xanExpression(benchCase)],
  },
  {
    name: 'miller',
    about: 'Miller (Go), several threads',
    dialect: PLAIN,
    prepare: () => find('mlr', ['--version']),
    command: (benchCase, mlr) => [
      mlr,
      '--csv',
      'put',
      '-f',
      at('rules.mlr'),
      '-e',
      millerExpression(benchCase),
    ],
  },
  {
    name: 'mawk',
    about: 'mawk; knows no quotes',
    dialect: ['crlf'],
    prepare: () => find('mawk', ['-W', 'version']),
    command: (benchCase, mawk) => [mawk, ...awkVariables(benchCase), '-f', at('rules.awk')],
  },
  {
    name: 'python',
    about: 'plain Python: csv, datetime, decimal',
    dialect: PLAIN,
    prepare: () => find('python3', ['--version']),
    command: (benchCase, python) => [python, at('rules.py'), JSON.stringify(rulesByIndex(benchCase))],
  },
  { name: 'cat', about: 'copies, changes nothing', changesNothing: true, command: () => ['cat'] },
];

/** Whether the peer supports the case. The first round checks that its bytes agree. */
export function canDo({ cases, dialect }, benchCase) {
  if (cases !== undefined && !cases.includes(benchCase.name)) return false;
  return dialect === undefined || (benchCase.dialect ?? []).every((need) => dialect.includes(need));
}

/** Installs packages into a virtual environment in the folder. */
export function installPythonPeers(folder, packages = ['duckdb', 'polars']) {
  const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' });
  run('python3', '-m', 'venv', join(folder, 'venv'));
  run(join(folder, 'venv/bin/python'), '-m', 'pip', 'install', '--quiet', ...packages);
}

function find(program, versionArguments) {
  try {
    execFileSync(program, versionArguments, { stdio: 'ignore' });
    return { path: program };
  } catch {
    return { missing: `${program} is not on the PATH` };
  }
}

export function pythonWith(module, folder) {
  for (const python of [join(folder, 'venv/bin/python'), 'python3']) {
    if (python !== 'python3' && !existsSync(python)) continue;
    try {
      execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
      return { path: python };
    } catch {
      // Try the next one.
    }
  }
  return { missing: `Python has no module ${module}; --install puts it into .bench/venv` };
}

function compileC(folder) {
  const path = join(folder, 'sales');
  try {
    execFileSync('cc', ['-O3', '-o', path, at('sales.c')], { stdio: 'ignore' });
    return { path };
  } catch {
    return { missing: 'cc is not on the PATH' };
  }
}

function xanExpression({ rules }) {
  const column = (name) => `col("${name}")`;
  return [
    ...rules.upper.map((name) => `upper(${column(name)}) as "${name}"`),
    ...rules.date.map((name) => `try(date(${column(name)}, "%m/%d/%Y")) || "Invalid-Date" as "${name}"`),
    ...rules.round.map((name) => `try(to_fixed(${column(name)}, 0)) || "Invalid-Number" as "${name}"`),
  ].join(', ');
}

function millerExpression({ rules }) {
  return [
    ...rules.upper.map((name) => `\${${name}} = toupper(\${${name}})`),
    ...rules.date.map((name) => `\${${name}} = iso(\${${name}})`),
    ...rules.round.map((name) => `\${${name}} = whole(\${${name}})`),
  ].join('; ');
}

function awkVariables(benchCase) {
  return Object.entries(rulesByIndex(benchCase)).flatMap(([rule, indexes]) => [
    '-v',
    `${rule}=${indexes.map((index) => index + 1).join(',')}`,
  ]);
}
