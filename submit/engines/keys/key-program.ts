import { dirname } from 'node:path/posix';
import type { Readable, Writable } from 'node:stream';
import type { KeyedFolder, KeyLayout } from '../engine.js';
import { KeyTallier, type KeyTally, TAB } from './key-form.js';
import { KeyReader } from './key-reader.js';

/** Name of the constant at the start of the program's file that holds its plan. */
export const KEY_PLAN_CONSTANT = 'HADOOP_ELT_KEYS';

/** The layouts of all parts, and the folders that have each. JSON. */
export type KeyPlan = readonly (KeyLayout & { readonly folders: readonly string[] })[];

/** Folders → the plan of the program that reads their parts. Folders of the same layout share it. */
export function keyPlanOf(folders: readonly Omit<KeyedFolder, 'parts'>[]): KeyPlan {
  const plan = new Map<string, KeyLayout & { readonly folders: string[] }>();
  for (const { folder, delimiter, names, key, form } of folders) {
    const layout = { delimiter, names, key, ...(form === undefined ? {} : { form }) };
    const text = JSON.stringify(layout);
    const same = plan.get(text) ?? { ...layout, folders: [] };
    same.folders.push(folder);
    plan.set(text, same);
  }
  return [...plan.values()];
}

/** What the program takes from its process. */
export interface KeyProgramHost {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
}

/**
 * The mapper and the reducer of the job that counts duplicate keys. `map` writes the form of each record's key, one a
 * line. `reduce` gets them sorted, and writes one line: its `KeyTally` as JSON.
 */
export async function runKeyProgram(plan: KeyPlan, host: KeyProgramHost): Promise<void> {
  const [mode] = host.argv;
  if (mode === 'map') await mapKeys(layoutOf(plan, host.env.mapreduce_map_input_file ?? ''), host);
  else if (mode === 'reduce') await reduceKeys(host);
  else throw new Error('Usage: node FILE map|reduce');
}

/** Throws if the file lies in none of the folders: it is better to fail than to guess which columns are the key. */
function layoutOf(plan: KeyPlan, inputFile: string): KeyLayout {
  const folder = dirname(inputFile.replace(/^[a-z][a-z0-9+.-]*:(\/\/[^/]*)?/i, ''));
  const layout = plan.find(({ folders }) => folders.includes(folder));
  if (layout === undefined) throw new Error(`The plan does not know the folder of ${inputFile}`);
  return layout;
}

const BUFFER_BYTES = 64 * 1024;
const LF = 0x0a;

async function mapKeys(layout: KeyLayout, { stdin, stdout }: KeyProgramHost): Promise<void> {
  let buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let length = 0;
  const full: Buffer[] = [];
  const onKey = (form: Buffer) => {
    if (length + form.length + 1 > buffer.length) {
      full.push(buffer.subarray(0, length));
      buffer = Buffer.allocUnsafe(Math.max(BUFFER_BYTES, form.length + 1));
      length = 0;
    }
    form.copy(buffer, length);
    length += form.length;
    buffer[length++] = LF;
  };
  const reader = new KeyReader(layout, onKey);
  for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
    reader.push(chunk);
    await writeAll(stdout, full);
  }
  reader.end();
  full.push(buffer.subarray(0, length));
  await writeAll(stdout, full);
}

/** Hadoop Streaming gives each key and its value, which is empty, with a tab between them (PipeReducer, 3.3). */
async function reduceKeys({ stdin, stdout }: KeyProgramHost): Promise<void> {
  const tallier = new KeyTallier();
  const current = { key: Buffer.alloc(0), count: 0 };
  const endKey = () => {
    const { key, count } = current;
    if (count > 0) tallier.add(count, () => key.toString('latin1'));
  };
  await readLines(stdin, (line) => {
    const tab = line.lastIndexOf(TAB);
    const key = tab < 0 ? line : line.subarray(0, tab);
    if (current.count > 0 && current.key.equals(key)) {
      current.count += 1;
      return;
    }
    endKey();
    Object.assign(current, { key, count: 1 });
  });
  endKey();
  await writeAll(stdout, [Buffer.from(`${asciiJson(tallier.tally())}\n`)]);
}

/** Calls `onLine` with each line, without its LF. */
async function readLines(stdin: Readable, onLine: (line: Buffer) => void): Promise<void> {
  let rest: Buffer[] = [];
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    let from = 0;
    for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
      const end = chunk.subarray(from, to);
      onLine(rest.length === 0 ? end : Buffer.concat([...rest, end]));
      rest = [];
      from = to + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) onLine(Buffer.concat(rest));
}

function asciiJson(tally: KeyTally): string {
  return JSON.stringify(tally).replaceAll(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Writes and empties the list; waits until all of it is written. */
async function writeAll(stdout: Writable, buffers: Buffer[]): Promise<void> {
  for (let next = buffers.shift(); next !== undefined; next = buffers.shift()) {
    const bytes = next;
    await new Promise<void>((resolve, reject) => {
      stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}
