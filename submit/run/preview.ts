import type { JobRequest } from '../engines/engine.js';
import type { LeftInput } from '../errors.js';
import type { MakeBundle } from '../job/bundle.js';
import type { JobPlan } from '../job/plan.js';
import type { PassedOver, SourceItem } from '../sources/source.js';
import { decideMapper } from './decide.js';
import { chooseInputs, findInputs, protectPlaces } from './find-inputs.js';
import type { Ports } from './ports.js';
import { yearAt } from './run-id.js';
import { mustCombine, placesPath, plannedInputs } from './steps/combine.js';
import { mapperPathOf } from './steps/place-mapper.js';
import { jobRequestOf } from './steps/run-job.js';
import { scanInputs } from './steps/scan.js';
import { planStaging, stagedFormOf } from './steps/stage.js';

/** Placeholder for the run id in a preview. */
export const PREVIEW_RUN_ID = 'RUN-ID';

/** What a run would do. JSON. */
export interface Preview {
  readonly items: readonly SourceItem[];
  /** Patterns that gave nothing. */
  readonly unmatched: readonly string[];
  /** Inputs that `onMissing` and `onBroken` leave out. */
  readonly left: readonly LeftInput[];
  readonly passedOver: readonly PassedOver[];
  readonly names: readonly string[] | null;
  readonly request: JobRequest;
  /** The arguments of the command; empty if the engine runs the tasks itself. */
  readonly command: readonly string[];
  /** Null if only the engine's servers know. */
  readonly tasks: number | null;
  /** True if version 0.1 published the output, and this run would place headers by another default. */
  readonly changesHeaders?: boolean;
  /** Columns whose years version 0.1, which published the output, read in another way: `yy` and `y`. */
  readonly changesYears?: readonly (string | number)[];
}

/**
 * Does the steps of a run that only read, by the same functions, and returns what the run would decide. Does not check
 * whether the engine can run jobs (`doctor` does), nor what is published (the check step does).
 */
export async function previewJob(
  plan: JobPlan,
  ports: Pick<Ports, 'source' | 'engine' | 'sink' | 'protectedPlaces' | 'clock'>,
  makeBundle: MakeBundle,
): Promise<Preview> {
  const { settings } = plan;
  const { source, engine, sink, clock } = ports;
  try {
    const found = await findInputs(settings['input.files'].value, source, {
      recursive: settings['input.recursive'].value,
    });
    const { unmatched, passedOver } = found;
    await protectPlaces(plan, ports, found);
    // What is missing is shown: it may be there when the job runs.
    const chosen = chooseInputs(plan, source, { ...found, unmatched: [] });
    const { items: scanned, left } = await scanInputs(source, chosen.items, plan, () => undefined);
    const staged = planStaging(plan, source, engine.store, scanned, PREVIEW_RUN_ID);
    const { names, bundle } = decideMapper(plan, makeBundle, scanned, {
      pathsInStore: new Map(staged.map(({ item, path }) => [item.path, path])),
      published: null,
      firstYear: yearAt(clock.now()),
    });
    const staging = sink.stagingFor(PREVIEW_RUN_ID);
    const inputs = staged.map(({ item, path }) => ({ ...stagedFormOf(item), path }));
    const isCombined = mustCombine(plan, engine, staging, inputs);
    const requested = jobRequestOf(
      plan,
      { runId: PREVIEW_RUN_ID, emit: 'records' },
      {
        inputs: isCombined ? plannedInputs(plan, staging, inputs) : inputs,
        mapperPath: mapperPathOf(plan, engine, bundle),
        mapperSha256: bundle.sha256,
        staging,
      },
      { logFolder: plan.settings.stateDir.value },
    );
    const request = isCombined ? { ...requested, inputPlaces: placesPath(staging) } : requested;
    return {
      items: chosen.items,
      unmatched,
      left: [...chosen.left, ...left],
      passedOver,
      names,
      request,
      command: engine.describe(request),
      tasks: engine.countTasks(request),
    };
  } finally {
    await source.close();
  }
}
