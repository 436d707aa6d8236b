import type { InputPlaces, MapperCounts, RefusedPlace } from '../../../mapper/contract.js';
import type { CheckFinding } from '../../check-finding.js';
import type { TaskResult } from '../../engines/engine.js';
import { Failure } from '../../errors.js';
import { reasonsOf } from '../../load-plan.js';
import { mapBounded } from '../../map-bounded.js';
import type { Amendment, RefusedRecords } from '../../sinks/sink.js';
import type { ScannedItem } from '../../sources/source.js';
import { checkOutput } from '../checks.js';
import type { Manifest, ManifestRejects, RejectPart } from '../manifest.js';
import type { Run } from '../step.js';
import { requirePassing } from './checks.js';
import type { TaskInput } from './combine.js';
import { placesOfTasks, writePlaces } from './input-places.js';
import { jobRequestOf, runToEnd } from './run-job.js';
import type { StagedInput } from './stage.js';

/** What the job of the rejects needs to run once more. */
export interface JobOfRejects {
  readonly items: readonly ScannedItem[];
  readonly staged: readonly StagedInput[];
  /** What its tasks read. */
  readonly inputs: readonly TaskInput[];
  readonly mapperPath: string;
  readonly mapperSha256: string;
  /** Of the job that wrote the records. */
  readonly tasks: readonly TaskResult[];
  readonly rejectsOf: (parts: readonly RejectPart[]) => ManifestRejects;
}

/**
 * Makes rejects of records that the sink does not take: a job reads the inputs again and writes all rejects, with the
 * records as they were read, their files and lines. Throws `check-failed` if they are more than the job allows.
 */
export async function rejectRefused(
  run: Run,
  refused: RefusedRecords,
  manifest: Manifest,
  job: JobOfRejects,
): Promise<Amendment> {
  const counts = withRefused(manifest.counts, refused.records.length);
  requirePassing(run, counts);
  const checks = requireAllowed(run, counts, refused, manifest);
  const { ports, plan, runId, secrets = null, journal } = run;
  const staging = ports.sink.stagingFor(runId);
  const known = { items: job.items, inputs: job.staged, read: job.inputs };
  const places = placesWithRefused(placesOfTasks(ports, { ...known, tasks: job.tasks }), job.tasks, refused);
  const inputPlaces = `${staging}/refused-${run.record.jobs.length}.json`;
  await ports.engine.store.remove(inputPlaces);
  await writePlaces(ports, inputPlaces, known, places, run.replay?.inputs);
  const secretsPath = secrets === null ? null : await secrets.write(journal.folder);
  try {
    const requestOf = (number: number) => ({
      ...jobRequestOf(plan, { runId, emit: 'rejects' }, { ...job, staging }, journal, number),
      inputPlaces,
      secretsPath,
    });
    const finished = await runToEnd(run, 'rejects', requestOf, () => undefined, true);
    const parts = await mapBounded(
      finished.job.tasks,
      async ({ part: name }): Promise<RejectPart> => {
        const { sizeBytes, lines, sha256 } = await ports.parts.measure(
          `${finished.folder}/${name}`,
          () => undefined,
        );
        return { name, sizeBytes, lines, sha256 };
      },
      { concurrency: ports.parts.concurrency },
    );
    requireAll(counts, finished.job.counts, journal.logFolder);
    return {
      manifest: { ...manifest, counts, checks, rejects: job.rejectsOf(parts) },
      rejects: finished.folder,
    };
  } finally {
    await secrets?.remove(journal.folder);
  }
}

function withRefused(counts: MapperCounts, refused: number): MapperCounts {
  return {
    ...counts,
    recordsWritten: counts.recordsWritten - refused,
    recordsRejected: counts.recordsRejected + refused,
  };
}

/** The check of the rejects once more, with those of the sink. */
function requireAllowed(
  { plan: { settings, jobFile }, journal, replay }: Run,
  counts: MapperCounts,
  { records: refused, isComplete }: RefusedRecords,
  { checks = [] }: Manifest,
) {
  const facts = {
    counts,
    columns: { unique: null, invalid: [] },
    duplicates: null,
    earlierRecords: [],
    ...(replay && { ofRecords: replay.replays.recordsRead }),
  };
  const isCounted = ({ check }: CheckFinding) => check === 'maxRejected' || check === 'minRecords';
  const findings = checkOutput(settings, facts)
    .filter(isCounted)
    .map((finding) => (finding.check === 'maxRejected' && !isComplete ? failed(finding) : finding));
  const failing = findings.filter(({ verdict }) => verdict === 'fail');
  if (failing.length > 0) {
    throw new Failure('check-failed', {
      jobFile,
      findings: failing,
      before: 'publish',
      logs: journal.logFolder,
      recordsRejected: counts.recordsRejected - refused.length,
      refused: reasonsOf(refused),
      ...(!isComplete && { mayRefuseMore: true }),
    });
  }
  return [...checks.filter((finding) => !isCounted(finding)), ...findings];
}

function failed(finding: CheckFinding): CheckFinding {
  return { ...finding, verdict: 'fail' };
}

/** Adds to each split the records of its part that were refused. Pure. */
export function placesWithRefused(
  places: InputPlaces,
  tasks: readonly TaskResult[],
  { records }: RefusedRecords,
): InputPlaces {
  const byPart = new Map<string, RefusedPlace[]>();
  for (const { part, record, column, reason } of records) {
    const place = { record, column, reason };
    const among = byPart.get(part);
    if (among === undefined) byPart.set(part, [place]);
    else among.push(place);
  }
  const refused = new Map<string, Record<string, readonly RefusedPlace[]>>();
  for (const { part, split } of tasks) {
    const ofPart = byPart.get(part);
    const [, path = '', start = ''] = /^(.*):(\d+)\+\d+$/s.exec(split) ?? [];
    if (ofPart === undefined) continue;
    refused.set(path, { ...refused.get(path), [start]: ofPart.sort((a, b) => a.record - b.record) });
  }
  return Object.fromEntries(
    Object.entries(places).map(([path, place]) => {
      const ofPath = refused.get(path);
      return [path, ofPath === undefined ? place : { ...place, refused: ofPath }];
    }),
  );
}

/** Throws `verification-failed` unless exactly the refused records have become rejects too. */
function requireAll(expected: MapperCounts, found: MapperCounts, logs: string): void {
  if (expected.recordsRejected === found.recordsRejected && expected.recordsRead === found.recordsRead)
    return;
  const mismatch = {
    left: 'records rejected, with those that the database refused',
    leftCount: expected.recordsRejected,
    right: 'rejects written',
    rightCount: found.recordsRejected,
  };
  throw new Failure('verification-failed', { mismatches: [mismatch], logs });
}
