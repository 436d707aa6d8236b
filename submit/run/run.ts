import type { Context } from '../context.js';
import { mustStayWhole } from '../engines/whole-files.js';
import { Failure, isFailure } from '../errors.js';
import { bundleMapper } from '../job/bundle.js';
import { agreeOnNames, type JobPlan, mapperPlanOf } from '../job/plan.js';
import { newRunId, openJournal } from '../state/journal.js';
import { lockOutput } from '../state/lock.js';
import type { NothingToDo, Report } from './events.js';
import { findRunInputs } from './find-run-inputs.js';
import type { Manifest } from './manifest.js';
import { openInspectors } from './open-inspectors.js';
import { basename, besides } from './paths.js';
import type { RenamingEngine, RunState } from './step.js';
import { checkOutput, outputExists } from './steps/check.js';
import { clearStaging, publishOutput } from './steps/publish.js';
import { fingerprintOf, unpublished } from './steps/published-before.js';
import { runJobs } from './steps/run-job.js';
import { type ScannedInput, scanInputs } from './steps/scan.js';
import { checkInputsInPlace, uploadData, uploadMapper } from './steps/stage.js';
import { verifyJobs } from './steps/verify.js';
import { summarise } from './summary.js';

/** How a run ended that did not fail. */
export type RunOutcome = 'published' | 'nothing-to-do';

/**
 * A whole run. Nothing is visible at the output before the last step, and whatever ends the run, its staging
 * folder is gone and its journal tells the end.
 */
export async function runSteps(
  plan: JobPlan,
  engine: RenamingEngine,
  context: Context,
  report: Report,
): Promise<RunOutcome> {
  const { settings } = plan;
  const startedMs = context.now();
  const runId = newRunId(startedMs);
  const job = settings.name.value;
  const output = settings['output.path'].value;
  const stateDir = settings.stateDir.value;
  const staging = besides(output, `_staging.${basename(output)}.${runId}`);
  const inputs = await findRunInputs(plan, engine.store);
  const owner = { runId, pid: context.pid, hostname: context.hostname, staging };
  const lock = await lockOutput(stateDir, engine.store.uri(output), owner, context.isAlive);
  try {
    const head = { runId, job, jobFile: plan.jobFile, engine: engine.name, output, staging, startedMs };
    const journal = await openJournal(stateDir, head);
    report({ event: 'run-started', runId, job, engine: engine.name, runFolder: journal.folder });
    if (lock.leftOver !== null) await stopLeftOver(engine, lock.leftOver.runId);
    if (lock.leftOver !== null && (await clearStaging(engine.store, lock.leftOver.staging, output))) {
      report({ event: 'left-over-removed', path: lock.leftOver.staging, runId: lock.leftOver.runId });
    }
    const inspector = openInspectors(plan, engine, context, inputs);
    const mapperFolder = `${engine.sharedFolder}/mappers`;
    const state = {
      runId,
      plan,
      engine,
      context,
      report,
      journal,
      inputs,
      inspector,
      mapperFolder,
      output,
      staging,
    };
    try {
      const outcome = await allSteps(state, startedMs);
      await clearStaging(engine.store, staging, output);
      await journal.end({ state: outcome, endedMs: context.now() });
      return outcome;
    } catch (error) {
      await clearAfterFailure(state, error);
      const failure = error instanceof Failure ? error.code : 'bug';
      await journal.end({ state: 'failed', failure, endedMs: context.now() });
      throw error;
    } finally {
      await inspector.inputs.close();
    }
  } finally {
    await lock.release();
  }
}

/** Ends what a run that was killed has left running. */
async function stopLeftOver(engine: RenamingEngine, runId: string): Promise<void> {
  for (const emit of ['records', 'rejects'] as const) {
    const job = await engine.find({ runId, emit });
    if (job !== null) await engine.stop(job);
  }
}

/** What could not be cleaned up must not hide why the run failed. */
async function clearAfterFailure(
  { engine, staging, output, report }: RunState,
  error: unknown,
): Promise<void> {
  // Nobody answers: then nothing was made there, or it can't be removed now.
  const isGone = isFailure(error, 'store') && error.details.problem === 'unreachable';
  try {
    if (!isGone) await clearStaging(engine.store, staging, output);
  } catch (cleaningError) {
    if (!(cleaningError instanceof Failure)) throw cleaningError;
    // Where nothing may be removed, nothing may have been made either.
    const left = await engine.store.stat(staging).catch(() => null);
    if (left === undefined) return;
    report({ event: 'left-behind', path: engine.store.uri(staging) });
  }
}

async function allSteps(state: RunState, startedMs: number): Promise<RunOutcome> {
  const { plan, context, report } = state;
  const mode = plan.settings['output.mode'].value;

  const published = await checkOutput(state);
  const scanned = await scanInputs(state);
  const names = agreeOnNames(plan, headersOf(scanned));
  const mapperPlan = mapperPlanOf(plan, { names, quotedLineBreaks: quotedLineBreaksOf(plan, scanned) });
  const takeFingerprint = () =>
    fingerprintOf([mapperPlan, plan.settings['output.compression'].value], scanned);

  const fresh = mode === 'append' ? await unpublished(scanned, published) : scanned;
  if (fresh.length === 0) return nothingToDo(state, 'no-new-input');
  if (mode === 'create' && published.length > 0) {
    const fingerprint = await takeFingerprint();
    if (published.some((manifest) => manifest.fingerprint !== fingerprint)) throw outputExists(state);
    return nothingToDo(state, 'same-output');
  }

  const bundle = bundleMapper(context.mapper.bundleSource, mapperPlan);
  const inputs = await uploadData(state, fresh);
  const mapperPath = await uploadMapper(state, bundle);
  const jobs = await runJobs(state, inputs, mapperPath);
  await checkInputsInPlace(state, inputs);
  const { parts } = await verifyJobs(state, fresh, jobs);
  const manifest: Manifest = {
    formatVersion: 1,
    runId: state.runId,
    job: plan.settings.name.value,
    engine: state.engine.name,
    version: context.version,
    publishedAt: new Date(context.now()).toISOString(),
    fingerprint: await takeFingerprint(),
    mapperSha256: bundle.sha256,
    inputs: await Promise.all(
      fresh.map(async ({ path, sizeBytes, lines, records, sha256 }) => ({
        path,
        sizeBytes,
        lines,
        records,
        sha256: await sha256,
      })),
    ),
    parts,
    counts: jobs.records.job.counts,
  };
  const target = await publishOutput(state, jobs, manifest);
  report({ event: 'run-published', summary: await summarise(state, target, manifest, startedMs) });
  return 'published';
}

function nothingToDo({ report, engine, output }: RunState, reason: NothingToDo): 'nothing-to-do' {
  report({ event: 'nothing-to-do', reason, output: engine.store.uri(output) });
  return 'nothing-to-do';
}

export function headersOf(scanned: readonly ScannedInput[]) {
  return scanned.flatMap(({ path, header }) => (header === null ? [] : [{ input: path, names: header }]));
}

/**
 * After the scan nothing is unknown: a file with line breaks in quotes is never split, so its mapper may join lines. Of
 * a file that was not scanned that is known only where no file of the job is split.
 */
export function quotedLineBreaksOf(plan: JobPlan, inputs: readonly ScannedInput[]): 'auto' | 'yes' | 'no' {
  const { value } = plan.settings['csv.quotedLineBreaks'];
  if (value !== 'auto') return value;
  return inputs.some(({ inPlace }) => inPlace) && !mustStayWhole(inputs) ? 'auto' : 'yes';
}
