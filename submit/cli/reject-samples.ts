import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { isAnyFailure } from '../errors.js';
import type { RejectSample } from '../report/html/run-page.js';
import { NotRejects, readRejects } from '../run/rejects.js';
import { readFile } from '../stores/file-reading.js';
import type { FileSystem } from '../stores/file-system.js';
import { attempt } from '../stores/system-failure.js';
import { systemFailureOf } from './system-failure.js';

const MAX_SAMPLES = 20;
const MAX_CHARS = 200;

/** The first rejects in a folder of this machine; null if they are elsewhere, or can't be read. */
export async function rejectSamples(
  files: FileSystem,
  folder: string,
): Promise<readonly RejectSample[] | null> {
  try {
    const names = await attempt('list', folder, () => files.readdir(folder));
    const paths = names
      .filter((name) => name.startsWith('part-'))
      .sort()
      .map((name) => join(folder, name));
    const [first] = paths;
    if (first === undefined) return [];
    const open = (path: string): AsyncIterable<Uint8Array> =>
      path.endsWith('.gz') ? unpacked(readFile(files, path)) : readFile(files, path);
    const samples: RejectSample[] = [];
    for await (const rejects of readRejects({ open }, paths, await delimiterOf(open(first)))) {
      for (const { file, line, column, rule, value = '', reason, record } of rejects) {
        samples.push({
          place: line === null ? file : `${file}:${line}`,
          column,
          rule,
          value: shortened(value),
          reason,
          record: shortened(record.toString().trimEnd()),
        });
        if (samples.length === MAX_SAMPLES) return samples;
      }
    }
    return samples;
  } catch (error) {
    if (error instanceof NotRejects || isAnyFailure(error) || systemFailureOf(error) !== null) return null;
    throw error;
  }
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
