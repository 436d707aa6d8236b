import type { CheckFinding } from '../check-finding.js';
import type { JobInput } from '../engines/engine.js';
import type { LeftInput } from '../errors.js';
import { usesFirstYear } from '../job/plan.js';
import type { PublishedOutput } from '../sinks/sink.js';
import type { PassedOver, ScannedItem } from '../sources/source.js';
import type { DecidedMapper } from './decide.js';
import { twinsAmong } from './decide-load.js';
import { layoutWritten } from './layout-written.js';
import { manifestOfRun, rejectsOfRun } from './manifest-of-run.js';
import type { Paused, PausePoint } from './pause.js';
import { sideBySide } from './side-by-side.js';
import { performStep, type Run } from './step.js';
import { performChecks } from './steps/checks.js';
import type { TaskInput } from './steps/combine.js';
import { publish } from './steps/publish.js';
import { runJobStep } from './steps/run-job.js';
import { type StagedInput, stageUnreadStep } from './steps/stage.js';
import { submitJob } from './steps/submit-job.js';
import { verifyStep } from './steps/verify.js';
import type { Published } from './tell-run.js';

/** What a run has decided before its job starts. */
export interface ReadyRun {
  readonly mapper: DecidedMapper;
  readonly mapperPath: string;
  readonly published: PublishedOutput;
  /** Ids of the runs whose publications this one takes the place of. */
  readonly replaces: readonly string[];
  readonly left: readonly LeftInput[];
  readonly passedOver: readonly PassedOver[];
  readonly firstYear: number;
  /** What has to be done right before the commit point. */
  readonly adopt: () => Promise<void>;
}

/** Inputs as they were scanned and, in the same order, as they are in the engine's store. */
export interface StagedItems {
  readonly items: readonly ScannedItem[];
  readonly toStage: readonly JobInput[];
  /** What staged them; null if they are yet to be staged, beside a job whose tasks do not read them there. */
  readonly staged: readonly StagedInput[] | null;
  /** What the tasks read: the same, or files that some were put together in. */
  readonly inputs: readonly TaskInput[];
  /** What the checks of their sizes found. */
  readonly sizes: readonly CheckFinding[];
}

/** From the job to the commit point: the steps that bring staged inputs into the output. */
export async function publishStaged(run: Run, ready: ReadyRun, items: StagedItems): Promise<Published>;
/** The same, or only up to the step after which the run is to pause. */
export async function publishStaged(
  run: Run,
  ready: ReadyRun,
  items: StagedItems,
  until: PausePoint | undefined,
): Promise<Published | Paused>;
export async function publishStaged(
  run: Run,
  { mapper, mapperPath, published, replaces, left, passedOver, firstYear, adopt }: ReadyRun,
  { items, toStage, staged: before, inputs, sizes }: StagedItems,
  until?: PausePoint,
): Promise<Published | Paused> {
  const { plan, ports, tell } = run;
  const mapperSha256 = mapper.bundle.sha256;
  const toRun = { items, staged: toStage, inputs, mapperPath, mapperSha256 };
  if (until === 'submit' && (await submitJob(run, toRun))) return { pausedAfter: until, left };
  const [jobs, staged] =
    before === null
      ? await sideBySide(
          run,
          (of, onJobBegun) => performStep({ ...of, onJobBegun }, runJobStep, toRun),
          (of) => performStep(of, stageUnreadStep, items),
        )
      : [await performStep(run, runJobStep, toRun), before];
  if (until === 'run' || until === 'submit') return { pausedAfter: 'run', left };
  const namesAreKnown = mapper.names !== null;
  const { parts, rejectParts } = await performStep(run, verifyStep, {
    items,
    staged,
    inputs,
    jobs,
    namesAreKnown,
  });
  const layout = layoutWritten(mapper);
  const toCheck = {
    columns: mapper.checkedColumns,
    layout,
    records: jobs.records,
    parts,
    published,
    replaces,
  };
  const checks = [...sizes, ...(await performChecks(run, toCheck))];
  if (until === 'verify') return { pausedAfter: until, left };
  const manifest = await manifestOfRun(run, mapper, { items, left, passedOver, firstYear }, jobs, {
    parts,
    layout,
    checks,
    ...(usesFirstYear(plan) && { firstYear }),
    ...(rejectParts.length > 0 && { rejects: rejectsOfRun(plan, items, mapper, rejectParts) }),
  });
  const twins = twinsAmong(manifest.inputs);
  if (twins.length > 0) tell({ event: 'same-content', groups: twins });
  const publishStartedMs = ports.clock.now();
  tell({ event: 'step-started', step: 'publish' });
  const folders = { records: jobs.records.folder, rejects: jobs.rejects?.folder ?? null };
  await adopt();
  const result = await publish(run, {
    folders,
    manifest,
    replaces,
    reject: {
      ...{ items, staged, inputs, mapperPath, mapperSha256, tasks: jobs.records.job.tasks },
      rejectsOf: (of) => rejectsOfRun(plan, items, mapper, of),
    },
  });
  return { ...result, left, publishStartedMs };
}
