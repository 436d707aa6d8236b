import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { isAnyFailure } from '../errors.js';
import type { RejectSample, RejectSamples } from '../report/html/run-page.js';
import { DATABASE_RULE, NotRejects, readRejects } from '../run/rejects.js';
import { readFile } from '../stores/file-reading.js';
import type { FileSystem } from '../stores/file-system.js';
import { attempt } from '../stores/system-failure.js';
import { systemFailureOf } from './system-failure.js';

const MAX_SAMPLES = 20;
const MAX_CHARS = 200;

/** How many rejects are read, where one kind hides the other. */
const MAX_READ = 10_000;

/**
 * The first rejects in a folder of this machine, those of the mapper and those of a database apart; null if they are elsewhere,
 * or can't be read.
 */
export async function rejectSamples(files: FileSystem, folder: string): Promise<RejectSamples | null> {
  try {
    const paths = await partsIn(files, folder);
    const [first] = paths;
    if (first === undefined) return { byMapper: [], byDatabase: [] };
    const open = (path: string): AsyncIterable<Uint8Array> =>
      path.endsWith('.gz') ? unpacked(readFile(files, path)) : readFile(files, path);
    const byMapper: RejectSample[] = [];
    const byDatabase: RejectSample[] = [];
    let read = 0;
    for await (const rejects of readRejects({ open }, paths, await delimiterOf(open(first)))) {
      for (const { file, line, column, rule, value = '', reason, record } of rejects) {
        const samples = rule === DATABASE_RULE ? byDatabase : byMapper;
        read += 1;
        if (samples.length === MAX_SAMPLES) continue;
        samples.push({
          place: line === null ? file : `${file}:${line}`,
          column,
          rule,
          value: shortened(value),
          reason,
          record: shortened(record.toString().trimEnd()),
        });
      }
      if (read >= MAX_READ || Math.min(byMapper.length, byDatabase.length) === MAX_SAMPLES) break;
    }
    return { byMapper, byDatabase };
  } catch (error) {
    if (error instanceof NotRejects || isAnyFailure(error) || systemFailureOf(error) !== null) return null;
    throw error;
  }
}

/** The part files of a folder. Where each input has a folder of its own, those of all of them. */
async function partsIn(files: FileSystem, folder: string): Promise<string[]> {
  const entries = await attempt('list', folder, () => files.readdir(folder));
  const names = entries.toSorted();
  const parts = names.filter((name) => name.startsWith('part-')).map((name) => join(folder, name));
  if (parts.length > 0) return parts;
  const ofInputs: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const inner = await attempt('list', path, () => files.readdir(path));
    ofInputs.push(
      ...inner
        .filter((one) => one.startsWith('part-'))
        .toSorted()
        .map((one) => join(path, one)),
    );
  }
  return ofInputs;
}

async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const feed = async () => {
    for await (const chunk of chunks)
      if (!gunzip.write(chunk)) await new Promise((done) => gunzip.once('drain', done));
    gunzip.end();
  };
  feed().catch((error: unknown) => gunzip.destroy(error instanceof Error ? error : new Error(String(error))));
  for await (const chunk of gunzip) yield chunk as Uint8Array;
}

/** The header of rejects starts with the names `file` and `line`. */
async function delimiterOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  for await (const chunk of chunks)
    return /^"?file"?(.+?)"?line"?/.exec(Buffer.from(chunk).toString('latin1'))?.[1] ?? ',';
  return ',';
}

function shortened(text: string): string {
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS - 1)}…` : text;
}
