import {
  type ColumnPlan,
  type InputPlaces,
  type MapperCounts,
  type MapperDigests,
  type MapperPlan,
  REJECT_COLUMNS,
  type RulePlan,
} from '../../mapper/contract.js';
import { definitionOfPlan, type MapperDefinition } from '../../mapper/definition.js';
import { type AnyMapperFailure, isMapperFailure } from '../../mapper/failure.js';
import type { Example } from '../../mapper/findings.js';
import type { RecordSource } from '../../mapper/hadoop/input-places.js';
import type { TaskContext } from '../../mapper/hadoop/task-environment.js';
import { createPipeline, type Pipeline, type RejectsReport } from '../../mapper/pipeline.js';
import { explainFailure } from '../../mapper/report/failure-text.js';

/** A plan for tests, with defaults for everything that is not given. */
export function mapperPlan(
  parts: {
    csv?: Partial<MapperPlan['csv']>;
    columns?: readonly ColumnPlan[];
    records?: Partial<MapperPlan['records']>;
    output?: MapperPlan['output'];
  } = {},
): MapperPlan {
  return {
    job: 'test',
    csv: {
      delimiter: ',',
      header: true,
      names: null,
      quotedLineBreaks: 'auto',
      maxRecordBytes: 64 * 1024 * 1024,
      ...parts.csv,
    },
    columns: parts.columns ?? [],
    records: { wrongFieldCount: 'pass', malformed: 'fail', ...parts.records },
    output: parts.output ?? { header: 'keep' },
  };
}

/** A column with one rule that keeps invalid values, unless `onInvalid` says otherwise. */
export function ruledColumn(
  column: string | number,
  rule: 'upper' | 'lower' | 'trim',
  onInvalid?: RulePlan['onInvalid'],
): ColumnPlan;
export function ruledColumn(
  column: string | number,
  rule: { date: { from: readonly string[]; to: string } } | { places: number },
  onInvalid?: RulePlan['onInvalid'],
): ColumnPlan;
export function ruledColumn(
  column: string | number,
  rule: 'upper' | 'lower' | 'trim' | { date: { from: readonly string[]; to: string } } | { places: number },
  onInvalid: RulePlan['onInvalid'] = { action: 'keep' },
): ColumnPlan {
  if (typeof rule === 'string') return { column, rules: [{ rule, onInvalid }] };
  if ('date' in rule) return { column, rules: [{ rule: 'date', ...rule.date, onInvalid }] };
  return { column, rules: [{ rule: 'round', places: rule.places, mode: 'half-even', onInvalid }] };
}

/** A task on a split that, by default, does not start its file. */
export function taskAt(inputStart: number | null = 4096, writesFirstPart = false): TaskContext {
  return {
    attemptId: 'attempt_1_0001_m_000000_0',
    inputFile: 'hdfs://nn/raw/a.csv',
    inputStart,
    stdinRange: null,
    writesFirstPart,
  };
}

/** The first line of rejects. */
export const REJECTS_HEADER = `${REJECT_COLUMNS.join(',')}\n`;

export interface MapperOutcome {
  /** The output, one char per byte. */
  readonly output: string;
  readonly counts: MapperCounts;
  /** Null outside a task, and after a failure. */
  readonly digests: MapperDigests | null;
  readonly failure: AnyMapperFailure | null;
  /** The first example of each problem, by column and of whole records; none in a task. */
  readonly examples: Readonly<Record<string, Example | null>>;
  /** Present if rejects were written beside the records. */
  readonly rejects?: RejectsReport & { readonly output: string };
}

/** What is told of a failure, line by line, the hint last; nothing where there is none. */
export function linesTold(failure: AnyMapperFailure | null): readonly string[] {
  if (failure === null) return [];
  const { lines, hint } = explainFailure(failure);
  return hint === undefined ? lines : [...lines, hint];
}

/** Runs bytes, or a string of one char per byte, through a pipeline in chunks. */
export function runMapperOn(
  mapper: MapperPlan | MapperDefinition,
  input: string | Uint8Array,
  options: {
    task?: TaskContext | null;
    emit?: 'records' | 'rejects';
    places?: InputPlaces | null;
    path?: 'kernel' | 'reference';
    chunkBytes?: number;
    /** Writes rejects beside the records, which come from there. */
    rejectsOf?: RecordSource;
  } = {},
): MapperOutcome {
  const bytes = typeof input === 'string' ? Buffer.from(input, 'latin1') : input;
  const { task = null, emit = 'records', places = null, path = 'kernel', chunkBytes = 64 * 1024 } = options;
  const written: Buffer[] = [];
  const definition = 'job' in mapper ? definitionOfPlan(mapper) : mapper;
  const { rejectsOf } = options;
  const rejected: Buffer[] = [];
  const rejects =
    rejectsOf === undefined
      ? null
      : { source: () => rejectsOf, sink: (piece: Buffer) => rejected.push(Buffer.from(piece)) };
  const context = { task, emit, places, path, rejects };
  const pipeline = createPipeline(definition, context, (piece) => written.push(Buffer.from(piece)));
  let failure: AnyMapperFailure | null = null;
  let digests: MapperDigests | null = null;
  try {
    // What is left of a chunk is kept for the room, and the next one may stand there or not.
    let turn = 0;
    for (const chunk of chunksOf(bytes, chunkBytes)) {
      if (turn++ % 3 < 2) pushInRoom(pipeline, chunk);
      else pipeline.push(chunk);
    }
    digests = pipeline.end();
  } catch (error) {
    if (!isMapperFailure(error)) throw error;
    failure = error;
  }
  const { findings } = pipeline;
  const examples: Record<string, Example | null> =
    findings === null
      ? {}
      : {
          ...Object.fromEntries(findings.ofColumns),
          'wrong field count': findings.wrongFieldCount,
          padded: findings.padded,
          malformed: findings.malformed,
        };
  return {
    output: Buffer.concat(written).toString('latin1'),
    counts: pipeline.counts,
    digests,
    failure,
    examples,
    ...(pipeline.rejects !== null && {
      rejects: { ...pipeline.rejects, output: Buffer.concat(rejected).toString('latin1') },
    }),
  };
}

/** Puts the chunk into the pipeline's room, as the mapper does. Other bytes follow it, and replace it after use. */
function pushInRoom(pipeline: Pipeline, chunk: Uint8Array): void {
  for (let at = 0; at < chunk.length; ) {
    const { room } = pipeline;
    const piece = chunk.subarray(at, at + room.length);
    room.set(piece);
    room.subarray(piece.length, piece.length + 64).fill(at % 2 === 0 ? 0x22 : 0x0a);
    pipeline.push(room.subarray(0, piece.length));
    room.fill(0x2c, 0, piece.length);
    at += piece.length;
  }
}

/** The bytes in chunks. Each chunk is overwritten after use, to detect code that keeps a reference to it. */
export function* chunksOf(bytes: Uint8Array, chunkBytes: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(chunkBytes, Math.max(1, bytes.length)));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const piece = bytes.subarray(at, at + chunkBytes);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
    buffer.fill(0x22);
  }
}
