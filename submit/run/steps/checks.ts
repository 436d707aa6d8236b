import { join } from 'node:path';
import type { MapperCounts } from '../../../mapper/contract.js';
import type { CheckFinding, Duplicates } from '../../check-finding.js';
import type { KeyedFolder } from '../../engines/engine.js';
import { Failure } from '../../errors.js';
import type { CheckedColumns } from '../../job/check-columns.js';
import type { JobPlan } from '../../job/plan.js';
import { hasOwnChecks } from '../../job/sections/checks.js';
import type { PublishedOutput } from '../../sinks/sink.js';
import type { ScannedItem } from '../../sources/source.js';
import { canReject } from '../can-reject.js';
import { checkInputs, checkOutput, type OutputFacts } from '../checks.js';
import { commitsEachInput } from '../commits-each-input.js';
import type { Manifest, ManifestLayout, ManifestPart } from '../manifest.js';
import { type Progress, performStep, type Run, type Step } from '../step.js';
import { type FinishedJob, jobToStop } from './run-job.js';

/** What the checks of a finished job look at. JSON. */
export interface ToCheck {
  readonly columns: CheckedColumns;
  readonly layout: ManifestLayout;
  readonly records: FinishedJob;
  readonly parts: readonly Pick<ManifestPart, 'name' | 'sizeBytes'>[];
  /** What earlier runs published to this output. */
  readonly published: PublishedOutput;
  /** Ids of the runs whose publications this one takes the place of. */
  readonly replaces: readonly string[];
}

/** Checks the inputs' sizes, as far as the scan knows them. Throws `check-failed`. */
export function checkScanned(run: Run, items: readonly ScannedItem[]): readonly CheckFinding[] {
  const findings = checkInputs(run.plan.settings, items, canDropRecords(run.plan));
  return requireChecks(run, findings, { before: 'upload', logs: null, recordsRejected: 0 });
}

/**
 * Checks what is about to be published. Throws `check-failed`. A job without `checks` has only the one that not all
 * records are rejected, which is no step of its own.
 */
export async function performChecks(run: Run, input: ToCheck): Promise<readonly CheckFinding[]> {
  return hasOwnChecks(run.plan.settings)
    ? performStep(run, checksStep, input)
    : findingsOf(run, input, () => undefined);
}

const checksStep: Step<ToCheck, readonly CheckFinding[]> = {
  name: 'checks',
  perform: findingsOf,
  summarise(_run, findings) {
    const warnings = findings.filter(({ verdict }) => verdict === 'warn').length;
    return { step: 'checks', held: findings.length - warnings, warnings };
  },
};

async function findingsOf(run: Run, input: ToCheck, progress: Progress): Promise<readonly CheckFinding[]> {
  const { counts } = input.records.job;
  const { settings } = run.plan;
  requirePassing(run, counts);
  const facts = {
    counts,
    columns: input.columns,
    ...(await earlierRuns(run, input)),
    // Of a few rejects that are run again most may fail: limits are of what the first run has read.
    ...(run.replay && { ofRecords: run.replay.replays.recordsRead }),
  };
  const report = (duplicates: Duplicates | null) =>
    requireChecks(run, checkOutput(settings, { ...facts, duplicates }), {
      before: 'publish',
      logs: run.journal.logFolder,
      recordsRejected: counts.recordsRejected,
    });
  // The search may take long, so the other checks come first.
  const quick = checkOutput(settings, { ...facts, duplicates: null });
  if (input.columns.unique === null || quick.some(({ verdict }) => verdict === 'fail')) return report(null);
  return report(await duplicatesIn(run, input, input.columns.unique, progress));
}

/** Throws `none-passes` if the rejects of a run were run again, and all were rejected again. */
export function requirePassing({ replay, plan, ports: { engine } }: Run, counts: MapperCounts): void {
  if (!replay || counts.recordsWritten > 0) return;
  const { runId, rejects } = replay.replays;
  const folder = engine.store.uri(replay.folder);
  throw new Failure('none-passes', { runId, rejects, jobFile: plan.jobFile, folder });
}

/**
 * The records of earlier runs, latest first: of the batches in this output, or those that the journals tell of. Where each input
 * is committed by itself, what is compared is an input, and a run may have committed only some of its inputs: their number too.
 */
async function earlierRuns(
  { plan, ports }: Run,
  { published: { manifests } }: ToCheck,
): Promise<Pick<OutputFacts, 'earlierRecords' | 'earlierInputs'>> {
  const volume = plan.settings['checks.volume'].value;
  if (volume === null) return { earlierRecords: [] };
  if (plan.settings['output.mode'].value !== 'append') {
    const runs = await ports.journals.published(plan.settings.name.value, volume.ofLast);
    return { earlierRecords: runs.map(({ records }) => records) };
  }
  const runs = new Map<string, { records: number; inputs: number }>();
  for (const { runId, replays, counts, inputs } of manifests) {
    if (replays !== undefined) continue;
    const { records, inputs: before } = runs.get(runId) ?? { records: 0, inputs: 0 };
    runs.set(runId, { records: records + counts.recordsWritten, inputs: before + inputs.length });
  }
  const latestFirst = [...runs].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, run]) => run);
  return {
    earlierRecords: latestFirst.map(({ records }) => records),
    ...(commitsEachInput(plan) && { earlierInputs: latestFirst.map(({ inputs }) => inputs) }),
  };
}

async function duplicatesIn(
  { runId, record, firstJob = 1, plan, ports: { engine, sink }, journal, signal, tell }: Run,
  { layout, records, parts, published, replaces }: ToCheck,
  { indexes }: NonNullable<CheckedColumns['unique']>,
  progress: Progress,
): Promise<Duplicates> {
  const isAdded = plan.settings['output.mode'].value === 'append';
  const batches = published.manifests.flatMap((manifest, index) => {
    const folder = published.folders[index];
    const stays = isAdded && folder !== undefined && folder !== '' && !replaces.includes(manifest.runId);
    return stays ? [{ ...manifest, folder }] : [];
  });
  const own = { folder: records.folder, parts, ...keyLayout(layout, indexes) };
  const folders = [
    own,
    ...batches.map(({ folder, ...manifest }): KeyedFolder => {
      const batch = { plan, folder: engine.store.uri(folder) };
      // 0.1 wrote its output as it read the data.
      const ofOldest = { delimiter: plan.settings['csv.delimiter'].value, columns: layout.columns };
      const key = keyIn(manifest.layout ?? ofOldest, layout, indexes, batch);
      return { folder, parts: manifest.parts, ...key };
    }),
  ];
  const emit = 'duplicates' as const;
  // A job that an earlier attempt has left may still write: it has a tag and a folder of its own.
  const { outputPath: workFolder, ...tag } = jobToStop(
    { runId, emit },
    Math.max(record.attempt, firstJob),
    sink.stagingFor(runId),
  );
  const duplicates = await engine.countDuplicates(
    {
      ...tag,
      jobName: plan.settings.name.value,
      folders: folders.map(({ parts: all, ...folder }) => ({
        ...folder,
        parts: all.map(({ name, sizeBytes }) => ({ name, sizeBytes })),
      })),
      workFolder,
      logFolder: join(journal.logFolder, emit),
    },
    (news) => {
      if (news.kind === 'progress') progress(news.done, news.total, news.unit);
      else if (news.kind === 'tracking') {
        tell({
          event: 'job-started',
          emit,
          applicationId: news.applicationId,
          trackingUrl: news.trackingUrl,
        });
      } else if (news.kind === 'unanswered') tell({ event: 'job-unanswered', cause: news.cause });
      else tell({ event: 'log-incomplete', path: news.path, cause: news.cause });
    },
    signal,
  );
  requireAllRecords([records.job, ...batches], duplicates, journal.logFolder);
  return duplicates;
}

/**
 * Throws `verification-failed` if other records were compared than were written: then a header was taken for a record, or
 * a record for a header. Malformed lines have no key, and 0.1 counted headers as records.
 */
function requireAllRecords(
  written: readonly (Pick<Manifest, 'counts'> & Partial<Pick<Manifest, 'layout' | 'runId'>>)[],
  { records }: Duplicates,
  logs: string,
): void {
  const isKnown = written.every(
    ({ counts, layout, runId }) => counts.malformed === 0 && (runId === undefined || layout !== undefined),
  );
  const expected = written.reduce((sum, { counts }) => sum + counts.recordsWritten, 0);
  if (!isKnown || expected === records) return;
  const mismatch = {
    left: 'records written',
    leftCount: expected,
    right: 'records compared for checks.unique',
    rightCount: records,
  };
  throw new Failure('verification-failed', { mismatches: [mismatch], logs });
}

function keyLayout({ delimiter, form, columns: names }: ManifestLayout, key: readonly number[]) {
  return { delimiter, names, key, ...(form === undefined ? {} : { form }) };
}

/** The key in an earlier batch, which may have its columns elsewhere. Throws `column-not-in-header`. */
function keyIn(earlier: ManifestLayout, own: ManifestLayout, indexes: readonly number[], batch: KeyedBatch) {
  const { columns } = earlier;
  const key = indexes.map((index) => {
    const name = own.columns?.[index];
    if (name === undefined || columns === null) return index;
    const there = columns.indexOf(name);
    if (there >= 0 && columns.lastIndexOf(name) === there) return there;
    throw new Failure(
      'column-not-in-header',
      {
        jobFile: batch.plan.jobFile,
        line: lineOf(batch.plan),
        column: name,
        input: batch.folder,
        names: columns,
        occurrences: columns.filter((other) => other === name).length,
      },
      {
        hint: 'checks.unique compares with all batches of the output; give the new columns an output of their own',
      },
    );
  });
  return keyLayout(earlier, key);
}

interface KeyedBatch {
  readonly plan: JobPlan;
  /** For messages. */
  readonly folder: string;
}

function lineOf({ settings }: JobPlan): number | null {
  const { origin } = settings['checks.unique'];
  return origin.from === 'job file' ? origin.line : null;
}

/** Throws `check-failed` if a check failed; tells of warnings. */
function requireChecks(
  { plan: { jobFile }, tell }: Run,
  findings: readonly CheckFinding[],
  circumstances: {
    readonly before: 'upload' | 'publish';
    readonly logs: string | null;
    readonly recordsRejected: number;
  },
): readonly CheckFinding[] {
  const failed = findings.filter(({ verdict }) => verdict === 'fail');
  if (failed.length > 0) throw new Failure('check-failed', { jobFile, findings: failed, ...circumstances });
  for (const finding of findings) {
    if (finding.verdict === 'warn') tell({ event: 'check-warning', finding });
  }
  return findings;
}

/** Whether the output may have fewer records than the inputs. The functions of an own mapper may reject. */
function canDropRecords(plan: JobPlan): boolean {
  return plan.where !== null || canReject(plan);
}
