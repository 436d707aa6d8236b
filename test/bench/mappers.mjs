import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const PROGRAM = fileURLToPath(new URL('../../dist/hadoop-elt.mjs', import.meta.url));

/** Writes the job file of a case and builds its mapper, as `<case>.mjs` in the folder. */
export function buildMapper(benchCase, dataPath, folder) {
  const { name, columns, rules, options = {}, form = {}, select } = benchCase;
  const date = { date: options.date ?? { from: 'M/d/yyyy', to: 'yyyy-MM-dd', invalid: 'Invalid-Date' } };
  const round = { round: options.round ?? { places: 0, invalid: 'Invalid-Number' } };
  const ruled = new Map([
    ...rules.upper.map((column) => [column, 'upper']),
    ...rules.date.map((column) => [column, date]),
    ...rules.round.map((column) => [column, round]),
  ]);
  const job = {
    name,
    input: { files: ['unused.csv'] },
    csv: {
      header: true,
      ...(form.delimiter === undefined ? {} : { delimiter: form.delimiter }),
      ...(form.null === undefined ? {} : { nulls: [form.null] }),
    },
    columns: Object.fromEntries(
      columns.filter((column) => ruled.has(column)).map((column) => [column, ruled.get(column)]),
    ),
    output: {
      path: 'unused',
      ...(form.null === undefined ? {} : { csv: { null: form.null } }),
      ...(select === undefined
        ? {}
        : { columns: select.map(([from, to]) => (from === to ? from : { [to]: from })) }),
    },
  };
  const jobPath = join(folder, `${name}.elt.yaml`);
  writeFileSync(jobPath, stringify(job));
  execFileSync(
    process.execPath,
    [PROGRAM, 'build', jobPath, '--header-from', dataPath, '-o', join(folder, `${name}.mjs`)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
}
