import { join } from 'node:path';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { formatJobPage } from '../report/html/job-page.js';
import { FIRST_LINE } from '../report/html/page.js';
import { formatRunPage } from '../report/html/run-page.js';
import { readHistory } from '../state/history.js';
import { createJournals } from '../state/journal.js';
import { detailsOfRun } from '../state/run-details.js';
import { factsOfRun, type RunFacts } from '../state/run-facts.js';
import { factsAt, readText, replaceFile } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import { ENGINE_OF } from './connections.js';
import type { HistoryPlace } from './history-place.js';
import { rejectSamples } from './reject-samples.js';

/** How many runs a page of a job has by default. */
export const DEFAULT_RUNS = 100;

/** Which runs of a job a page has. */
export interface WantedRuns {
  readonly sinceMs?: number;
  readonly limit?: number;
}

type Maker = Pick<Context, 'machine' | 'processes' | 'reportChartsSource'>;

/** The page of one run; null if it has no journal. */
export async function reportOfRun(context: Maker, stateDir: string, runId: string): Promise<string | null> {
  const { machine, processes, reportChartsSource } = context;
  const entries = await createJournals(machine.files, stateDir).read(runId);
  const run = factsOfRun(entries, processes);
  if (run === null) return null;
  const details = detailsOfRun(entries);
  const ofRun = details.published?.rejects ?? null;
  const ofLoad = details.refused?.folder ?? null;
  return formatRunPage({
    run,
    details,
    rejects: ofRun === null || isElsewhere(run) ? null : await rejectSamples(machine.files, ofRun),
    refused: ofLoad === null || isAddress(ofLoad) ? null : await rejectSamples(machine.files, ofLoad),
    madeAt: new Date(machine.clock.now()).toISOString(),
    chartScript: reportChartsSource,
  });
}

/**
 * Whether the rejects of a run are on another file system: such an output is named by its address. Those of a table are where
 * the engine works.
 */
function isElsewhere({ output, engine }: RunFacts): boolean {
  return output.startsWith('postgresql:') ? engine !== ENGINE_OF.run : isAddress(output);
}

function isAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(path);
}

/** The page of a job, or of all jobs of a folder, over time. */
export async function reportOfJob(
  context: Maker,
  { stateDir, isOfJob }: HistoryPlace,
  title: string,
  { sinceMs = 0, limit = DEFAULT_RUNS }: WantedRuns = {},
): Promise<string> {
  const { machine, processes, reportChartsSource } = context;
  const { files } = machine;
  const wanted = (run: RunFacts) => isOfJob?.(run) ?? true;
  const history = await readHistory({ files, processes }, stateDir, { sinceMs, limit, wanted });
  const journals = createJournals(files, stateDir);
  const runs = [];
  for (const run of [...history.runs].reverse()) {
    runs.push({ run, details: detailsOfRun(await journals.read(run.runId)) });
  }
  return formatJobPage({
    title,
    runs,
    hasMore: history.hasMore,
    madeAt: new Date(machine.clock.now()).toISOString(),
    chartScript: reportChartsSource,
  });
}

/** Writes a page to a file, whole or not at all. Throws `store` for a file that is no report, unless `force`. */
export async function writeReport(
  { machine }: Pick<Context, 'machine'>,
  path: string,
  page: string,
  force: boolean,
): Promise<void> {
  const { files } = machine;
  const found = await attempt('look at', path, () => factsAt(files, path));
  const details = { scheme: 'file', operation: 'write the report to', path } as const;
  if (found?.type === 'directory') throw new Failure('store', { ...details, problem: 'is-a-directory' });
  if (found !== undefined && !force) {
    const head = await attempt('look at', path, () => readText(files, path, FIRST_LINE.length));
    if (head !== FIRST_LINE) {
      const hint = 'It is no report: give another name with -o, or --force to write over it';
      throw new Failure('store', { ...details, problem: 'exists' }, { hint });
    }
  }
  await replaceFile(files, path, Buffer.from(page));
}

/** The pages that a scheduled run leaves in a folder: `<job>.html` and `<job>-last.html`. */
export async function writeReports(
  context: Maker,
  folder: string,
  {
    job,
    stateDir,
    runId,
  }: { readonly job: string; readonly stateDir: string; readonly runId: string | null },
): Promise<void> {
  const isOfJob = (run: Pick<RunFacts, 'job'>) => run.job === job;
  await writeReport(
    context,
    join(folder, `${job}.html`),
    await reportOfJob(context, { stateDir, isOfJob }, job),
    false,
  );
  const page = runId === null ? null : await reportOfRun(context, stateDir, runId);
  if (page !== null) await writeReport(context, join(folder, `${job}-last.html`), page, false);
}
