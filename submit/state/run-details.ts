import type { MapperCounts } from '../../mapper/contract.js';
import type { CheckFinding } from '../check-finding.js';
import type { FailureFacts, LeftInput } from '../errors.js';
import type { ManifestDigests, ManifestInput } from '../run/manifest.js';
import type { JournalEntry } from '../run/ports.js';
import { countsOf, outputOf } from './run-facts.js';

/** What a journal tells of a run besides its facts. JSON. */
export interface RunDetails {
  /** In the order in which they ended. */
  readonly steps: readonly EndedStep[];
  readonly counts: MapperCounts | null;
  readonly inputs: readonly InputOfRun[];
  /** Inputs that were left out: paths or patterns, and failure codes. */
  readonly left: readonly { readonly path: string; readonly why: string }[];
  readonly digests: ManifestDigests | null;
  /** SHA-256 of the mapper; null before it was published. */
  readonly mapperSha256: string | null;
  readonly checks: readonly CheckFinding[];
  /** Where it published; null if it did not. */
  readonly published: { readonly folder: string; readonly rejects: string | null } | null;
  /** What a load of the output into a table did not take: so many records, and the folder in which they are. Null if it took all. */
  readonly refused: { readonly count: number; readonly folder: string } | null;
  readonly parts: { readonly count: number; readonly bytes: number } | null;
  /** The parts, in order. */
  readonly partFiles: readonly PartOfRun[];
  /** A few invalid values of each column, where the engine had them. */
  readonly examples: readonly ExampleOfRun[];
  /** The tasks whose times are known. */
  readonly tasks: readonly TaskOfRun[];
  /** YARN's applications, in the order in which they were started. */
  readonly applications: readonly string[];
}

/** A part file that was written. */
export interface PartOfRun {
  readonly name: string;
  readonly sizeBytes: number;
  readonly lines: number;
  readonly sha256: string;
}

/** An invalid value; `line` counts from the start of the split, `file:start+length`. */
export interface ExampleOfRun {
  readonly column: string;
  readonly value: string;
  readonly reason: string;
  readonly line: number;
  readonly split: string;
}

/** A task. Times in milliseconds since 1970. */
export interface TaskOfRun {
  readonly part: string;
  readonly split: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** A step that ended. Times in milliseconds since 1970. */
export interface EndedStep {
  readonly step: string;
  readonly startedMs: number;
  readonly endedMs: number;
  /** From 1: the process that worked at it. */
  readonly attempt: number;
  /** How often it was tried again. */
  readonly retries: number;
}

/** An input, as far as the run came with it. */
export interface InputOfRun {
  readonly path: string;
  readonly sizeBytes: number;
  /** Null where it was not scanned. */
  readonly lines: number | null;
  readonly records: number | null;
  /**
   * `published` in the output, `uploaded` or in its place, `scanned`. Of a run that brings inputs into a table: `completed` if
   * its records are in the table, `failed`, or `pending`.
   */
  readonly state: 'published' | 'uploaded' | 'scanned' | 'completed' | 'failed' | 'pending';
  /** Why the run went on without it; null if it did not. */
  readonly failure: FailureFacts | null;
  /** Digest of its lines; null where it was not scanned. */
  readonly linesDigest: string | null;
  /** SHA-256, or the store's own checksum; null before it was published. */
  readonly sha256: string | null;
}

/** The entries of a journal → what they tell. Journals of earlier versions tell less. */
export function detailsOfRun(entries: readonly JournalEntry[]): RunDetails {
  const published = outputOf(entries, 'publish') as PublishOutput | undefined;
  const manifest = published?.manifest;
  const scanned = outputOf(entries, 'scan') as ScanOutput | undefined;
  return {
    steps: stepsOf(entries),
    counts: countsOf(entries),
    inputs: inputsOf(entries, manifest?.inputs, scanned?.items ?? []),
    left: manifest?.left ?? (scanned?.left ?? []).map(({ path, why }) => ({ path, why: why.code })),
    digests: manifest?.digests ?? null,
    mapperSha256: manifest?.mapperSha256 ?? null,
    checks: manifest?.checks ?? [],
    published:
      published === undefined
        ? null
        : { folder: placeOf(entries, published), rejects: published.rejects ?? null },
    refused: refusedOf(outputOf(entries, 'load') as LoadOutput | undefined),
    parts: manifest === undefined ? null : { count: manifest.parts, bytes: manifest.bytes },
    partFiles: outputsOf(entries, 'verify')
      .flatMap((output) => (output as VerifyOutput | undefined)?.parts ?? [])
      .map(({ name, sizeBytes, lines, sha256 }) => ({ name, sizeBytes, lines, sha256 })),
    tasks: outputsOf(entries, 'run').flatMap((output) => tasksOf(output as RunOutput | undefined)),
    examples: outputsOf(entries, 'run').flatMap(
      (output) => (output as RunOutput | undefined)?.records?.job?.examples ?? [],
    ),
    applications: [
      ...new Set(entries.flatMap((entry) => (entry.entry === 'job' ? (entry.applicationId ?? []) : []))),
    ],
  };
}

function refusedOf(load: LoadOutput | undefined): RunDetails['refused'] {
  return typeof load?.rejects === 'string' ? { count: load.rejected, folder: load.rejects } : null;
}

/** A table has no folder of its own. */
function placeOf(entries: readonly JournalEntry[], { folder, load }: PublishOutput): string {
  const head = entries.find((entry) => entry.entry === 'run');
  return load !== undefined && head?.entry === 'run' ? head.output : folder;
}

/** What a step returned last; all that it returned where it was performed for one input after the other. */
function outputsOf(entries: readonly JournalEntry[], step: string): readonly unknown[] {
  const isEach = entries.some((entry) => entry.entry === 'inputs' && entry.commitsEach === true);
  if (!isEach) return [outputOf(entries, step)];
  return entries.flatMap((entry) => (entry.entry === 'step' && entry.step === step ? [entry.output] : []));
}

type ScannedInput = NonNullable<ScanOutput['items']>[number];

/** The inputs of a run; where they are brought into a table, those that it took up. */
function inputsOf(
  entries: readonly JournalEntry[],
  published: readonly ManifestInput[] | undefined,
  scanned: readonly ScannedInput[],
): InputOfRun[] {
  const intoTable = entries.findLast((entry) => entry.entry === 'inputs');
  if (intoTable?.entry !== 'inputs') {
    const isUploaded = outputOf(entries, 'upload') !== undefined;
    const state = published !== undefined ? 'published' : isUploaded ? 'uploaded' : 'scanned';
    return (published ?? scanned).map((input) => inputOf(input, state));
  }
  const known = new Map<string, ScannedInput>(
    [...scanned, ...(published ?? [])].map((input) => [input.path, input]),
  );
  const committed = new Set(published?.map(({ path }) => path));
  return intoTable.paths.flatMap((path) => {
    const input = known.get(path);
    if (input === undefined) return [];
    const note = entries.findLast((entry) => entry.entry === 'input' && entry.path === path);
    if (note?.entry === 'input' && note.state === 'failed') return [inputOf(input, 'failed', note.failure)];
    const isDone = committed.has(path) || (note?.entry === 'input' && note.state === 'completed');
    return [inputOf(input, isDone ? 'completed' : 'pending')];
  });
}

function inputOf(
  { path, sizeBytes, lines, records, linesDigest, sha256 }: ScannedInput,
  state: InputOfRun['state'],
  failure: FailureFacts | null = null,
): InputOfRun {
  return {
    ...{ path, sizeBytes, lines, records, state, failure },
    linesDigest: linesDigest ?? null,
    sha256: sha256 ?? null,
  };
}

function stepsOf(entries: readonly JournalEntry[]): EndedStep[] {
  const steps: EndedStep[] = [];
  const retries = new Map<string, number>();
  let attempt = 1;
  for (const entry of entries) {
    if (entry.entry === 'attempt') attempt = entry.attempt;
    if (entry.entry === 'retry') retries.set(entry.step, (retries.get(entry.step) ?? 0) + 1);
    if (entry.entry !== 'step') continue;
    const { step, startedMs, endedMs } = entry;
    steps.push({ step, startedMs, endedMs, attempt, retries: retries.get(step) ?? 0 });
    retries.delete(step);
  }
  return steps;
}

function tasksOf(output: RunOutput | undefined): TaskOfRun[] {
  return (output?.records?.job?.tasks ?? []).flatMap(({ part, split, times }) =>
    times === undefined ? [] : [{ part, split, ...times }],
  );
}

interface RunOutput {
  readonly records?: {
    readonly job?: {
      readonly examples?: readonly ExampleOfRun[];
      readonly tasks?: readonly {
        readonly part: string;
        readonly split: string;
        readonly times?: { readonly startedMs: number; readonly endedMs: number };
      }[];
    };
  };
}

interface LoadOutput {
  readonly rejected: number;
  readonly rejects: string | null;
}

interface VerifyOutput {
  readonly parts?: readonly PartOfRun[];
}

interface PublishOutput {
  readonly folder: string;
  /** What it did to a table. */
  readonly load?: unknown;
  readonly rejects?: string | null;
  readonly manifest?: {
    readonly inputs: readonly ManifestInput[];
    readonly left?: RunDetails['left'];
    readonly checks?: readonly CheckFinding[];
    readonly digests?: ManifestDigests;
    readonly mapperSha256: string;
    readonly parts: number;
    readonly bytes: number;
  };
}

interface ScanOutput {
  readonly items?: readonly (Omit<ManifestInput, 'sha256'> & { readonly sha256?: string })[];
  readonly left?: readonly LeftInput[];
}
