import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIXTURES = fileURLToPath(new URL('../../hdfs-fixtures/raw/sales/', import.meta.url));
/** Records of a file of one region and night. */
const RECORDS = 800;
/** How often the second night's largest file repeats all fixtures: it takes long enough to upload. */
const REPEATS = 40;

/** The job of the demo, with comments for its reader. */
export const JOB = `name: sales
input:
  files: [americas/*.csv, asia/*.csv, europe/*.csv]   # each region sends a file a night
  onMissing: continue                                 # load the others when one is late
columns:
  Region: upper
  Order Date: { date: { from: M/d/yyyy, to: yyyy-MM-dd } }
  Total Profit: { round: { places: 2, onInvalid: fail } }
output: { path: warehouse/sales, mode: append }       # a batch a night, no file twice
run: { retries: { times: 1, delay: 2s } }             # the demo shall not wait for long
`;

/** Files of a region, written in the folder of the job. */
export class Nights {
  #folder;
  #header;
  #records;
  #used = 0;

  constructor(folder) {
    this.#folder = folder;
    const files = [1, 2, 3, 4, 5].map((number) =>
      readFileSync(join(FIXTURES, `sales-${number}.csv`), 'utf8')
        .trimEnd()
        .split('\n'),
    );
    this.#header = files[0][0];
    this.#records = files.flatMap((lines) => lines.slice(1));
  }

  /** The file of a region and night, with records that no other file has. */
  arrive(region, night) {
    const records = this.#records.slice(this.#used, this.#used + RECORDS);
    if (records.length < RECORDS) throw new Error('The fixtures have too few records for so many files');
    this.#used += RECORDS;
    this.#write(region, night, records);
  }

  /** A file of many megabytes. */
  arriveLarge(region, night) {
    this.#write(region, night, Array.from({ length: REPEATS }, () => this.#records).flat());
  }

  /** Writes "n/a" in place of the last number of a record; returns what mends the file. */
  damage(region, night) {
    const path = this.#path(region, night);
    const content = readFileSync(path, 'utf8');
    const lines = content.split('\n');
    lines[RECORDS / 2] = lines[RECORDS / 2].replace(/[^,]*$/, 'n/a');
    writeFileSync(path, lines.join('\n'));
    return () => writeFileSync(path, content);
  }

  #path(region, night) {
    return join(this.#folder, region, `night-${night}.csv`);
  }

  #write(region, night, records) {
    const path = this.#path(region, night);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${[this.#header, ...records].join('\n')}\n`);
  }
}
