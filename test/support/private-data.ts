import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { WorkFolder } from './work-folder.js';

/** In each value that nobody may see. No other file on a cluster has it. */
const RAW = 'raw-4711-';
/** The secret of the hashes. */
export const SECRET = 'salt-of-4711';
const HEADER = 'Id,Name,Email,Card,When,Status';
const record = (id: number, parts: { when?: string; status?: string } = {}) =>
  `${id},${RAW}name-${id},${RAW}${id}@example.com,${RAW}card-${1000 + id},${parts.when ?? '1/31/2024'},${parts.status ?? 'open'}`;

/** Records with values to hide, some of them rejected, each for another reason. Without a line end at its end. */
export const PRIVATE_INPUT = [
  HEADER,
  record(1),
  record(2, { when: `${RAW}when-2` }),
  record(3, { status: 'lost' }),
  `4,${RAW}name-4,${RAW}4@example.com`,
  `5,"${RAW}name-5"x,${RAW}5@example.com,${RAW}card-1005,1/31/2024,open`,
  record(6),
].join('\n');
/** The job file that hides them; paths are below `base`. */
export const privateJob = (base: string, more = '') => `name: private
input: { files: in.csv, upload: ${base}/raw }
columns:
  Email: { hash: { secret: env:EMAIL_SALT } }
  Card: [trim, { mask: { keepLast: 4 } }]
  When: { date: { from: M/d/yyyy, to: yyyy-MM-dd } }
  Status: { oneOf: [open, done], onInvalid: reject }
records: { malformed: reject }
output:
  path: ${base}/out
  columns: [Id, Email, { Last Digits: Card }, Status, { Year: { from: When, date: { from: yyyy-MM-dd, to: yy } } }]
${more}`;
const hashOf = (id: number) => createHmac('sha256', SECRET).update(`${RAW}${id}@example.com`).digest('hex');
/** What the job publishes. */
export const PRIVATE_OUTPUT = [
  'Id,Email,Last Digits,Status,Year',
  `1,${hashOf(1)},**************1001,open,24`,
  `6,${hashOf(6)},**************1006,open,24`,
  '',
].join('\n');
/** Its rejects, with the name of the file alone. */
export const PRIVATE_REJECTS = [
  'file,line,column,rule,value,reason,record',
  'in.csv,3,Year,date,***,not a date,"2,***,***,***,***,open"',
  'in.csv,4,Status,oneOf,lost,"not one of open, done","3,***,***,***,***,lost"',
  'in.csv,5,,records.wrongFieldCount,,wrong field count: 3 instead of 6,"***"',
  'in.csv,6,,records.malformed,,malformed: text after a closing quote,"***"',
  '',
].join('\n');
/** The environment with the secret. */
export const WITH_SECRET = { EMAIL_SALT: SECRET };

/** The content of every file below a folder, with its path, and its mode. */
export function filesBelow(folder: string) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return { path, text: readFileSync(path, 'utf8'), mode: statSync(path).mode & 0o777 };
    });
}

/** Fails if a text has a value that nobody may see. */
export function expectHidden(texts: readonly string[]): void {
  for (const text of texts) {
    expect(text).not.toContain(RAW);
    expect(text).not.toContain(SECRET);
  }
}

/** Writes the job and its input. */
export async function writePrivateJob(work: WorkFolder, job: string): Promise<void> {
  await work.write('job.yaml', job);
  await work.write('in.csv', `${PRIVATE_INPUT}\n`);
}
