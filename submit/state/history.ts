import { join } from 'node:path';
import { mapBounded } from '../map-bounded.js';
import { isRunId } from '../run/run-id.js';
import type { FileSystem } from '../stores/file-system.js';
import { entryAt, factsAt, readText, replaceFile } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import { entriesOf, JOURNAL_NAME } from './journal.js';
import type { Processes } from './processes.js';
import { factsOfRun, LINES_OF_FACTS, type RunFacts } from './run-facts.js';

/** Which runs of a state folder are wanted. */
export interface HistoryRequest {
  /** Runs that started earlier are left out; milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly limit?: number;
  wanted?(run: RunFacts): boolean;
}

/** Runs, latest first. `hasMore`: the limit left some out. */
export interface History {
  readonly runs: readonly RunFacts[];
  readonly hasMore: boolean;
}

/** The files and processes that a history is read from. */
export interface HistoryView {
  readonly files: FileSystem;
  readonly processes: Pick<Processes, 'stateOf'>;
}

/** How many journals are read at once. */
const CONCURRENCY = 64;

/**
 * The runs of a state folder, from their journals. What a journal says is kept in an index beside the runs, so that ten
 * thousand of them are read as one file. Nothing depends on the index: it is made again when it is missing or damaged, and
 * nothing is written where that is not allowed.
 */
export async function readHistory(
  view: HistoryView,
  stateDir: string,
  { sinceMs = 0, limit = Number.POSITIVE_INFINITY, wanted = () => true }: HistoryRequest = {},
): Promise<History> {
  const { files } = view;
  const folder = join(stateDir, 'runs');
  if ((await factsAt(files, folder)) === undefined) return { runs: [], hasMore: false };
  const all = (await attempt('list', folder, () => files.readdir(folder))).filter(isRunId).sort().reverse();
  const index = await readIndex(files, stateDir);
  const learned: IndexedRun[] = [];
  const runs: RunFacts[] = [];
  const ids = all.filter((runId) => startOf(runId) >= sinceMs);
  for (let at = 0; at < ids.length && runs.length <= limit; at += CONCURRENCY) {
    const chunk = ids.slice(at, at + CONCURRENCY);
    const read = await mapBounded(chunk, (runId) => factsFrom(view, stateDir, runId, index, learned), {
      concurrency: CONCURRENCY,
    });
    for (const run of read) if (run !== null && run.startedMs >= sinceMs && wanted(run)) runs.push(run);
  }
  await writeIndex(files, stateDir, index, learned, new Set(all)).catch(() => undefined);
  return { runs: runs.slice(0, limit), hasMore: runs.length > limit };
}

/** When a run was given its id; milliseconds since 1970. A run's own start is the same moment. */
function startOf(runId: string): number {
  const [, year, month, day, hour, minute, second, ms] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(runId) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
}

/** A run that has ended, and the size of its journal then. */
interface IndexedRun {
  readonly run: RunFacts;
  readonly journalBytes: number;
}

async function factsFrom(
  { files, processes }: HistoryView,
  stateDir: string,
  runId: string,
  index: Index,
  learned: IndexedRun[],
): Promise<RunFacts | null> {
  const path = join(stateDir, 'runs', runId, JOURNAL_NAME);
  const line = index.lineOf.get(runId);
  const known = line === undefined ? null : indexedRunOf(line);
  if (known !== null && (isFinal(known.run) || (await sizeOf(files, path)) === known.journalBytes)) {
    return known.run;
  }
  const text = await attempt('read the journal', path, () => readText(files, path));
  const run = factsOfRun(entriesOf(text ?? '', LINES_OF_FACTS), processes);
  if (run === null || text === undefined) return null;
  if (run.endedMs !== null || run.failure !== null) {
    learned.push({ run, journalBytes: Buffer.byteLength(text) });
  }
  return run;
}

/** A run that failed or was killed may be continued, or turn out to have published. */
function isFinal({ state, endedMs }: RunFacts): boolean {
  return (state === 'published' || state === 'nothing-to-do') && endedMs !== null;
}

async function sizeOf(files: FileSystem, path: string): Promise<number | undefined> {
  return (await entryAt(files, path))?.sizeBytes;
}

interface Index {
  /** The last line of each run: only what is asked for is parsed. */
  readonly lineOf: ReadonlyMap<string, string>;
  /** Lines in the file, those of runs that are gone or were indexed again among them. */
  readonly lines: number;
}

const INDEX_NAME = 'history.jsonl';
/** It tells outputs and failures. */
const INDEX_MODE = 0o600;
/** First line of an index; another version makes its own. */
const FORMAT = '{"history":4}';
/** Lines that may be of no use before the file is written anew. */
const MAX_USELESS = 1000;

async function readIndex(files: FileSystem, stateDir: string): Promise<Index> {
  const path = join(stateDir, INDEX_NAME);
  const text = await readText(files, path).catch(() => undefined);
  const [format, ...lines] = (text ?? '').slice(0, (text ?? '').lastIndexOf('\n') + 1).split('\n');
  const lineOf = new Map<string, string>();
  if (format !== FORMAT) return { lineOf, lines: 0 };
  for (const line of lines) {
    const runId = RUN_OF_LINE.exec(line)?.[1];
    if (runId !== undefined) lineOf.set(runId, line);
  }
  return { lineOf, lines: lines.filter((line) => line !== '').length };
}

const RUN_OF_LINE = /^\{"run":\{"runId":"([^"]{26})"/;

function indexedRunOf(line: string): IndexedRun | null {
  try {
    const indexed = JSON.parse(line) as Partial<IndexedRun> | null;
    const { run, journalBytes } = indexed ?? {};
    return isRunId(run?.runId) && typeof journalBytes === 'number' ? { run, journalBytes } : null;
  } catch {
    return null;
  }
}

async function writeIndex(
  files: FileSystem,
  stateDir: string,
  { lineOf, lines }: Index,
  learned: readonly IndexedRun[],
  present: ReadonlySet<string>,
): Promise<void> {
  if (learned.length === 0) return;
  const path = join(stateDir, INDEX_NAME);
  const added = learned.map((one) => [one.run.runId, JSON.stringify(one)] as const);
  if (lines === 0 || lines - present.size > MAX_USELESS) {
    const kept = [...new Map([...lineOf, ...added])].filter(([runId]) => present.has(runId));
    const text = [FORMAT, ...kept.map(([, line]) => line), ''].join('\n');
    await replaceFile(files, path, Buffer.from(text), INDEX_MODE);
    return;
  }
  const file = await files.append(path, INDEX_MODE);
  try {
    // A line that a kill has cut off is ended first.
    await file.write(Buffer.from(['', ...added.map(([, line]) => line), ''].join('\n')));
  } finally {
    await file.close();
  }
}
