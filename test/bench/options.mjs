import { parseArgs } from 'node:util';
import { CASES } from './cases.mjs';
import { PEERS } from './peers.mjs';

export const HELP = `npm run bench -- [options]

Compares the mapper with other tools on data made of the sales records in hdfs-fixtures. Every round runs each
of them once, as a process of its own that reads a file on stdin and writes a file; what is told are medians.

  --records N     records of the sales case (1000001); the other cases are sized by it
  --rounds N      measured rounds (5), after one that compares the bytes
  --only A,B      cases: ${CASES.map(({ name }) => name).join(', ')}
  --peers A,B     peers: ${PEERS.map(({ name }) => name).join(', ')}
  --no-start      leave out the start-up times
  --no-runs       leave out whole runs on the local engine; so do --only and --peers
  --no-uploads    leave out uploads to the cluster of docker/; so do --only and --peers
  --source DIR    folder of the CSV files that the records are taken from (hdfs-fixtures/raw/sales)
  --install       first put DuckDB and Polars from PyPI into .bench/venv
  --help          this text
`;

/** The options, or null for `--help`. Throws an Error if they are invalid. */
export function parseOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      records: { type: 'string', default: '1000001' },
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      peers: { type: 'string' },
      'no-start': { type: 'boolean', default: false },
      'no-runs': { type: 'boolean', default: false },
      'no-uploads': { type: 'boolean', default: false },
      source: { type: 'string', default: 'hdfs-fixtures/raw/sales' },
      install: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const isWhole = values.only === undefined && values.peers === undefined;
  return {
    records: wholeNumber('--records', values.records),
    rounds: wholeNumber('--rounds', values.rounds),
    cases: select('--only', values.only, CASES),
    // The others are compared with the mapper.
    peers: select('--peers', values.peers && `mapper,${values.peers}`, PEERS),
    startUp: !values['no-start'],
    runs: !values['no-runs'] && isWhole,
    uploads: !values['no-uploads'] && isWhole,
    source: values.source,
    install: values.install,
  };
}

function wholeNumber(option, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} "${text}" is not a whole number from 1 on`);
  return Number(text);
}

function select(option, text, all) {
  if (text === undefined) return all;
  const wanted = text.split(',').filter((name) => name !== '');
  const known = all.map(({ name }) => name);
  for (const name of wanted) {
    if (!known.includes(name))
      throw new Error(`${option} "${name}" is not known; there are ${known.join(', ')}`);
  }
  return all.filter(({ name }) => wanted.includes(name));
}
