import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What is in a folder: path and content of each file, the path alone of each empty folder; sorted. */
export type Content = readonly string[];

/** Run ids, times and what the store says of a part: they differ between runs that are equal otherwise. */
const RUN_ID = /\d{8}[Tt]\d{9}[Zz]-[0-9a-f]{6}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const STAMP = /"stamp": \{\s*"modifiedMs": [\d.]+,\s*"identity": "[^"]+"\s*\}/g;

/** Copies of fetched files have folders of such names. */
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** One line of a content, without what differs from run to run. */
export function contentLine(path: string, content: string): string {
  return `${path}: ${content}`
    .replaceAll(RUN_ID, 'RUN')
    .replaceAll(TIME, 'TIME')
    .replaceAll(UUID, 'UUID')
    .replaceAll(STAMP, '"stamp": STAMP');
}

/** The content of a folder of this machine; `skip` leaves out paths by their beginning. */
export function contentOf(folder: string, skip: readonly string[] = []): Content {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !skip.some((start) => path === start || path.startsWith(`${start}/`)))
    .flatMap((path) => {
      const whole = join(folder, path);
      if (!statSync(whole).isDirectory()) return [contentLine(path, readFileSync(whole, 'utf8'))];
      return readdirSync(whole).length === 0 ? [contentLine(`${path}/`, '')] : [];
    })
    .sort();
}

/** The names in a folder, for a reader that looks often. */
export function namesOf(folder: string): string {
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll(RUN_ID, 'RUN'))
    .sort()
    .join('\n');
}

/** Which points to try: all of them, or a sample that differs from day to day. */
export function pointsOf(count: number, sample: number): readonly number[] {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  const size = POINTS === undefined ? sample : Number(POINTS);
  if (POINTS === 'all' || count <= size) return all.filter((at) => at % SHARDS === SHARD % SHARDS);
  const step = count / size;
  const offset = (seed() % 1000) / 1000;
  return Array.from({ length: size }, (_, index) => Math.floor((index + offset) * step) + 1);
}

/** `all`, or how many points of each mode and fault; by default a small sample. */
const POINTS = process.env.CRASH_POINTS;

/** `CRASH_SHARD`: `2/8` for the second eighth of all points, so that several processes try them at once. */
const [SHARD = 1, SHARDS = 1] = (process.env.CRASH_SHARD ?? '1/1').split('/').map(Number);

/** Whether more is tried than the sample of `npm test`. */
export function isThorough(): boolean {
  return POINTS !== undefined;
}

/** `CRASH_SEED`, by default the number of the day. Printed with the points, so that a failure can be repeated. */
export function seed(): number {
  return Number(process.env.CRASH_SEED ?? Math.floor(Date.now() / 86_400_000));
}
