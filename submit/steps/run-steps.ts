import { createHash } from 'node:crypto';
import type { Context } from '../context.js';
import type { Engine } from '../engines/engine.js';
import { mustStayWhole } from '../engines/whole-files.js';
import { Failure, isFailure } from '../errors.js';
import { inspectorOf, inspectorOnThreads } from '../inspect/inspector.js';
import { startInspectionThreads } from '../inspect/threads.js';
import { bundleMapper } from '../job/bundle.js';
import { agreeOnNames, type JobPlan, mapperPlanOf } from '../job/plan.js';
import { newRunId, openJournal } from '../journal/journal.js';
import { lockOutput } from '../journal/output-lock.js';
import type { NothingToDo, Report } from '../report/events.js';
import { localStore } from '../stores/local-store.js';
import { checkOutput, outputExists } from './check.js';
import { findRunInputs } from './find-run-inputs.js';
import type { Manifest } from './manifest.js';
import { clearStaging, publishOutput } from './publish.js';
import { runJobs } from './run-jobs.js';
import type { InputFile, Inspectors, RunState } from './run-state.js';
import { type ScannedInput, scanInputs } from './scan.js';
import { summarise } from './summary.js';
import { checkInputsInPlace, uploadData, uploadMapper } from './upload.js';
import { verifyJobs } from './verify.js';

/** How a run ended that did not fail. */
export type RunOutcome = 'published' | 'nothing-to-do';

/**
 * A whole run. Nothing is visible at the output before the last step, and whatever ends the run, its staging
 * folder is gone and its journal tells the end.
 */
export async function runSteps(
  plan: JobPlan,
  engine: Engine,
  context: Context,
  report: Report,
): Promise<RunOutcome> {
  const { settings } = plan;
  const startedMs = context.now();
  const runId = newRunId(startedMs);
  const job = settings.name.value;
  const output = settings['output.path'].value;
  const stateDir = settings.stateDir.value;
  const staging = besides(output, `_staging.${nameOf(output)}.${runId}`);
  const inputs = await findRunInputs(plan, engine.store);
  const owner = { runId, pid: context.pid, hostname: context.hostname, staging };
  const lock = await lockOutput(stateDir, engine.store.describe(output), owner, context.isAlive);
  try {
    const head = { runId, job, jobFile: plan.jobFile, engine: engine.name, output, staging, startedMs };
    const journal = await openJournal(stateDir, head);
    report({ event: 'run-started', runId, job, engine: engine.name, runFolder: journal.folder });
    if (lock.leftOver !== null) await engine.stopLeftOver?.(lock.leftOver.runId);
    if (lock.leftOver !== null && (await clearStaging(engine.store, lock.leftOver.staging, output))) {
      report({ event: 'left-over-removed', path: lock.leftOver.staging, runId: lock.leftOver.runId });
    }
    const inspector = openInspectors(plan, engine, context, inputs);
    const mapperFolder = `${engine.keepFolder ?? stateDir}/mappers`;
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

/** What could not be cleaned up must not hide why the run failed. */
async function clearAfterFailure(
  { engine, staging, output, report }: RunState,
  error: unknown,
): Promise<void> {
  // Nobody answers: then nothing was made there, or it can't be removed now.
  const isGone = isFailure(error, 'hdfs') && error.details.problem === 'unreachable';
  try {
    if (!isGone) await clearStaging(engine.store, staging, output);
  } catch (cleaningError) {
    if (!(cleaningError instanceof Failure)) throw cleaningError;
    // Where nothing may be removed, nothing may have been made either.
    const left = await engine.store.stat(staging).catch(() => null);
    if (left === undefined) return;
    report({ event: 'left-behind', path: engine.store.describe(staging) });
  }
}

async function allSteps(state: RunState, startedMs: number): Promise<RunOutcome> {
  const { plan, context, report } = state;
  const mode = plan.settings['output.mode'].value;

  const published = await checkOutput(state);
  const scanned = await scanInputs(state);
  const names = agreeOnNames(plan, headersOf(scanned));
  const mapperPlan = mapperPlanOf(plan, { names, quotedLineBreaks: quotedLineBreaksOf(plan, scanned) });
  const fingerprint = fingerprintOf([mapperPlan, plan.settings['output.compression'].value], scanned);

  const fresh = mode === 'append' ? unpublished(scanned, published) : scanned;
  if (fresh.length === 0) return nothingToDo(state, 'no-new-input');
  if (mode === 'create' && published.length > 0) {
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
    fingerprint,
    mapperSha256: bundle.sha256,
    inputs: fresh.map(({ path, sizeBytes, lines, records, sha256 }) => ({
      path,
      sizeBytes,
      lines,
      records,
      sha256,
    })),
    parts,
    counts: jobs.records.job.counts,
  };
  const target = await publishOutput(state, jobs, manifest);
  report({ event: 'run-published', summary: await summarise(state, target, manifest, startedMs) });
  return 'published';
}

/** Below so many bytes of input, starting threads takes longer than they save. */
const WORTH_THREADS_BYTES = 32 * 1024 ** 2;

function openInspectors(
  { settings }: JobPlan,
  { store }: Engine,
  { signal, inspectThreadSource }: Context,
  inputs: readonly InputFile[],
): Inspectors {
  const count = settings['run.parallel'].value;
  const bytes = inputs.reduce((sum, { sizeBytes, inPlace }) => sum + (inPlace ? 0 : sizeBytes), 0);
  const here =
    count > 1 && bytes >= WORTH_THREADS_BYTES
      ? inspectorOnThreads(startInspectionThreads(inspectThreadSource, count, signal))
      : inspectorOf(localStore, signal);
  return { inputs: here, parts: store.kind === 'local' ? here : inspectorOf(store, signal) };
}

function nothingToDo({ report, engine, output }: RunState, reason: NothingToDo): 'nothing-to-do' {
  report({ event: 'nothing-to-do', reason, output: engine.store.describe(output) });
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

/** Names everything that decides the output's bytes. */
function fingerprintOf(decisions: readonly unknown[], inputs: readonly ScannedInput[]): string {
  const files = inputs.map(({ path, sha256 }) => [nameOf(path), sha256]);
  return createHash('sha256')
    .update(JSON.stringify([decisions, files]))
    .digest('hex');
}

/**
 * The inputs that no published batch was made from. Throws `input-changed` for a file that was published with
 * other content: its records would be there twice.
 */
function unpublished(
  scanned: readonly ScannedInput[],
  published: readonly Manifest[],
): readonly ScannedInput[] {
  const known = new Map(published.flatMap(({ inputs }) => inputs.map(({ path, sha256 }) => [path, sha256])));
  return scanned.filter(({ path, sha256 }) => {
    const before = known.get(path);
    if (before !== undefined && before !== sha256) {
      throw new Failure('input-changed', {
        path,
        what: 'its content is not what an earlier batch was made from',
      });
    }
    return before === undefined;
  });
}

function nameOf(path: string): string {
  return path.replace(/.*[/\\]/, '');
}

/** A name in the folder that holds `path`. */
function besides(path: string, name: string): string {
  return path.slice(0, path.length - nameOf(path).length) + name;
}
