import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinedParts } from '../support/submissions.js';
import { isThorough } from '../support/thoroughness.js';
import { PROJECT, WorkFolder } from '../support/work-folder.js';
import type { SubmissionCluster } from './submissions.js';

/** Folders of cases, each with a job file and its data, that are mapped with success. */
const CASES = ['csv-cases', 'money-and-dates'].flatMap((group) => {
  const folder = `${PROJECT}/test/program/${group}`;
  return readdirSync(folder)
    .map((name) => ({ name, path: `${folder}/${name}` }))
    .filter(({ path }) => !existsSync(`${path}/command`) && isMapped(path));
});
/** What Hadoop could treat in another way: encodings, lines that are no records, and bytes that it gives a meaning. */
const SOME = ['cp1252', 'preamble-lines', 'backslash-escape', 'null-marker-text', '22-currency-parentheses'];

const COUNTRIES = 'name,code\nÖsterreich,AT\nFrankreich,FR\nItalien,IT\n';
/** All of a dialect, of columns and of drift in one job. */
const wholeJob = (base: string) => `name: whole
input: { files: [in/*.csv], upload: ${base}/raw }
csv:
  delimiter: ";"
  encoding: windows-1252
  skipLines: 2
  comment: "#"
  nulls: ['\\N', n/a]
  headerMatch: loose
  columnOrder: byName
locale: de
where: { Status: { not: { oneOf: [test] } } }
columns:
  Land: { lookup: { file: countries.csv, key: name, value: code, onInvalid: reject } }
  Betrag: { round: { places: 2, currency: true } }
  Datum: { date: { from: [d. MMM yyyy, dd.MM.yyyy, epoch], to: yyyy-MM-dd, onInvalid: blank } }
  Status: [trim, { replace: { "/^ok.*/i": OK } }, { default: unknown }]
records: { onDrift: fill, wrongFieldCount: reject, malformed: reject }
output:
  path: out
  columns: [Status, { Country: Land }, { Total: { compute: "Betrag * 2" } }, { Year: { from: Datum, date: { from: yyyy-MM-dd, to: yyyy } } }, Kunde]
  csv: { delimiter: "|", quote: all, null: '\\N' }
`;
const STATES = ['ok', ' OK so far ', '\\N', 'test', 'n/a', 'open'];
const LANDS = ['Österreich', 'Frankreich', 'Italien', 'Atlantis'];
const DATES = ['3. März 2021', '31.12.2020', '86400', 'gestern'];
/** Field by column of the nth record. */
const fieldsOf = (nth: number): Record<string, string> => ({
  Kunde: nth % 50 === 0 ? `"Müller; Söhne\n${nth}"` : `Käufer ${nth}`,
  Land: LANDS[nth % 41 === 0 ? 3 : nth % 3] as string,
  Betrag: nth % 7 === 0 ? `(1.234,5${nth % 10} €)` : `${nth % 1000},${nth % 100}-`,
  Datum: DATES[nth % 4] as string,
  Status: STATES[nth % 6] as string,
  Extra: 'x'.repeat(nth % 60),
});
/** A file with a preamble and comments, in Windows-1252. */
function fileOf(columns: readonly string[], records: number): Buffer {
  const lines = Array.from({ length: records }, (_, nth) => {
    const fields = fieldsOf(nth);
    const record = columns.map((column) => fields[column.trim()] ?? fields[titled(column)] ?? '').join(';');
    return nth % 97 === 0 ? `# page ${nth}\n${record}` : record;
  });
  const text = `Report\nof today\n${columns.join(';')}\n${lines.join('\n')}\n`;
  return Buffer.from(text.replaceAll('€', '\u0080'), 'latin1');
}
const titled = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();

/** CSV as people have it gives the same records on a cluster, a real one or the fakes, as on the local engine. */
export function describeCsvJobs(
  connect: () => Promise<SubmissionCluster>,
  { root }: { readonly root: string },
): void {
  describe('CSV as people have it, on Hadoop', () => {
    const folders: WorkFolder[] = [];
    let cluster: SubmissionCluster;
    beforeAll(async () => {
      cluster = await connect();
    });
    afterAll(async () => {
      await cluster.hdfs.remove(root);
      await cluster.close();
      await Promise.all(folders.map(({ path }) => rm(path, { recursive: true })));
    });

    /** Runs the job here and on the cluster; returns what both publish. */
    const publish = async (folder: WorkFolder, base: string, ...args: string[]) => {
      const local = await folder.runHere(['run', 'job.elt.yaml', '--output', 'here']);
      expect(local.exitCode, local.stderr).toBe(0);
      const submitted = await folder.runHere([
        ...['submit', 'job.elt.yaml', '--cluster', cluster.clusterFile, '--output', `${base}/out`],
        ...args,
      ]);
      expect(submitted.exitCode, submitted.stderr).toBe(0);
      const here = await folder.joinedParts('here');
      return { here, there: await joinedParts(cluster.hdfs, `${base}/out`) };
    };
    const newFolder = () => {
      const folder = new WorkFolder();
      folders.push(folder);
      return { folder, base: `${root}/${folders.length}` };
    };

    it.each(isThorough ? CASES : CASES.filter(({ name }) => SOME.includes(name)))(
      '$name gives the same bytes as the local engine',
      async ({ path }) => {
        const { folder, base } = newFolder();
        for (const name of readdirSync(path)) await folder.write(name, readFileSync(`${path}/${name}`));
        const { here, there } = await publish(folder, base);
        expect(there.toString('latin1')).toBe(here.toString('latin1'));
      },
      360_000,
    );

    it('a dialect, drift, rules and output columns at once, in files of several blocks', async () => {
      const { folder, base } = newFolder();
      await folder.write('job.elt.yaml', wholeJob(base));
      await folder.write('countries.csv', COUNTRIES);
      const columns = ['Kunde', 'Land', 'Betrag', 'Datum', 'Status'];
      await folder.write('in/a.csv', fileOf(columns, 20_000));
      await folder.write('in/b.csv', fileOf([' STATUS', 'Extra', 'DATUM', 'betrag', 'Land'], 30_000));
      const { here, there } = await publish(folder, base, '--block-size', '1MiB');
      expect(recordsIn(there)).toEqual(recordsIn(here));
      expect(recordsIn(here).length).toBeGreaterThan(30_000);
    }, 600_000);
  });
}

/** All lines, sorted: Hadoop orders its tasks by size. */
const recordsIn = (bytes: Buffer) => bytes.toString().split('\n').sort();

function isMapped(path: string): boolean {
  const code = `${path}/exit-code`;
  return !existsSync(code) || readFileSync(code, 'utf8') === '0\n';
}
