import { join } from 'node:path';
import type { Context } from '../context.js';
import { isAnyFailure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { type JobFacts, metricsOf, type PublishedFacts } from '../metrics/job-metrics.js';
import { formatOpenMetrics } from '../metrics/open-metrics.js';
import { formatStatsd, type StatsdFacts, sendStatsd } from '../metrics/statsd.js';
import { formatMetricsProblem } from '../report/scheduled-text.js';
import { readHistory } from '../state/history.js';
import { createJournals } from '../state/journal.js';
import { detailsOfRun } from '../state/run-details.js';
import type { RunFacts } from '../state/run-facts.js';
import { replaceFile } from '../stores/file-tree.js';
import type { LoadedJob } from './job-options.js';
import { systemFailureOf } from './system-failure.js';

/** The node exporter is another user. */
const MODE = 0o644;

/** A start of a job that has ended. */
export interface EndedJob {
  readonly job: string;
  readonly stateDir: string;
  readonly startedMs: number;
  readonly exitCode: number;
  /** Null if it came to no run. */
  readonly runId: string | null;
  readonly hasPublished: boolean;
}

/**
 * Writes the figures of a start where the job wants them. An overlapping start changes nothing: it says nothing of the
 * job. What can't be written is told by `warn`, and changes no exit code.
 */
export async function writeMetrics(
  context: Context,
  settings: LoadedJob['plan']['settings'],
  ended: EndedJob,
  warn: (text: string) => void,
): Promise<void> {
  const textfile = settings['scheduled.metrics.textfile'].value;
  const statsd = settings['scheduled.metrics.statsd'].value;
  if ((textfile === null && statsd === null) || ended.exitCode === EXIT.locked) return;
  const attempt = async <T>(where: string, act: () => Promise<T>): Promise<T | null> => {
    try {
      return await act();
    } catch (error) {
      const failure = isAnyFailure(error) ? error : systemFailureOf(error);
      if (failure === null && !(error instanceof Error)) throw error;
      warn(formatMetricsProblem(where, failure ?? String(error)));
      return null;
    }
  };
  const expectEveryMs = settings['scheduled.expectEvery'].value;
  const facts = await attempt(textfile ?? statsd ?? '', () => factsOf(context, ended, expectEveryMs));
  if (facts === null) return;
  if (textfile !== null) {
    const path = join(textfile, `hadoop-elt-${ended.job}.prom`);
    const text = formatOpenMetrics(ended.job, metricsOf(facts));
    await attempt(path, () => replaceFile(context.machine.files, path, Buffer.from(text), MODE));
  }
  if (statsd !== null) {
    const lines = formatStatsd(settings['scheduled.metrics.prefix'].value, {
      ...facts,
      state: stateOf(ended),
    });
    await attempt(statsd, () => sendStatsd(statsd, lines));
  }
}

function stateOf({ exitCode, hasPublished }: EndedJob): StatsdFacts['state'] {
  if (hasPublished) return 'published';
  return exitCode === EXIT.done ? 'nothing_to_do' : 'failed';
}

async function factsOf(
  { machine, processes }: Context,
  { job, stateDir, startedMs, exitCode, runId }: EndedJob,
  expectEveryMs: number | null,
): Promise<JobFacts> {
  const { files, clock } = machine;
  const latest = async (states: readonly RunFacts['state'][]) => {
    const wanted = (run: RunFacts) => run.job === job && states.includes(run.state);
    const { runs } = await readHistory({ files, processes }, stateDir, { limit: 1, wanted });
    return runs[0] ?? null;
  };
  const details = async (id: string) => detailsOfRun(await createJournals(files, stateDir).read(id));
  const succeeded = await latest(['published', 'nothing-to-do']);
  const published = await latest(['published']);
  return {
    job,
    start: { startedMs, endedMs: clock.now(), exitCode },
    // A run that was continued has steps of earlier starts too.
    steps: runId === null ? [] : (await details(runId)).steps.filter((step) => step.startedMs >= startedMs),
    succeededMs: succeeded?.endedMs ?? null,
    published: published === null ? null : publishedFacts(published, await details(published.runId)),
    expectEveryMs,
  };
}

function publishedFacts(
  { endedMs, startedMs, records }: RunFacts,
  { counts, inputs, parts, checks }: ReturnType<typeof detailsOfRun>,
): PublishedFacts {
  return {
    endedMs: endedMs ?? startedMs,
    records: records ?? { read: 0, written: 0, rejected: 0, leftOut: 0 },
    invalid: counts?.invalid ?? {},
    inputFiles: inputs.length,
    inputBytes: inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    outputFiles: parts?.count ?? 0,
    outputBytes: parts?.bytes ?? 0,
    checkWarnings: checks.filter(({ verdict }) => verdict === 'warn').length,
  };
}
