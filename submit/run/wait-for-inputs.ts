import type { Arrived, WaitFor } from '../awaited-inputs.js';
import { Failure, isFailure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { RunNews } from './events.js';
import { type FoundInputs, findInputs } from './find-inputs.js';
import type { Ports } from './ports.js';

/** How often the inputs are looked at. */
const EVERY_MS = 5000;
const DEFAULT_LIMIT_MS = 3_600_000;

/** What `watch` adds to a run that it starts, because files have arrived. */
export interface Arrivals {
  /** Nothing may have changed for so long, where the job names neither `quietFor` nor a flag. */
  readonly settleMs: number;
  /** Hears that the run waits, and for what. */
  waits(wanted: WaitFor, arrived: Arrived): void;
  /** Hears which inputs the run takes, before it reads them. */
  taken(found: FoundInputs): void;
}

/**
 * Finds the inputs of a job, and waits until they are complete where the job says when they are. Throws `inputs-not-ready`
 * when they are not in time, and the signal's reason.
 */
export async function findReadyInputs(
  plan: JobPlan,
  { source, clock }: Pick<Ports, 'source' | 'clock'>,
  {
    signal,
    tell,
    arrivals,
  }: {
    readonly signal: AbortSignal;
    readonly tell: (news: RunNews) => void;
    readonly arrivals?: Arrivals | undefined;
  },
): Promise<FoundInputs> {
  const wanted = settling(plan.settings['input.waitFor']?.value, arrivals);
  const files = plan.settings['input.files'].value;
  const find = () => findInputs(files, source, { recursive: plan.settings['input.recursive'].value });
  if (wanted === undefined) return find();
  const startedMs = clock.monotonicMs();
  let seen = '';
  let changedMs = startedMs;
  let told = '';
  for (;;) {
    signal.throwIfAborted();
    const found = await find();
    const nowMs = clock.monotonicMs();
    const looks = JSON.stringify(
      found.items.map(({ path, sizeBytes, modifiedMs }) => [path, sizeBytes, modifiedMs]),
    );
    if (looks !== seen) changedMs = nowMs;
    seen = looks;
    const quietInMs = Math.max(0, wanted.quietForMs - (nowMs - changedMs));
    const arrived: Arrived = {
      files: found.items.length,
      bytes: found.items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      withoutFlag: await patternsWithoutFlag(wanted.flag),
      isQuiet: quietInMs === 0,
      ...(quietInMs > 0 && { quietInMs }),
    };
    if (isComplete(arrived, wanted)) {
      arrivals?.taken(found);
      return found;
    }
    const waitedMs = nowMs - startedMs;
    if (waitedMs >= wanted.upToMs) {
      const schemes = files.patterns.map((pattern) => source.schemeOf(pattern));
      throw new Failure('inputs-not-ready', { wanted, arrived, waitedMs, schemes });
    }
    // That time passes is no news; that a file has changed is.
    const news = JSON.stringify([arrived.withoutFlag, arrived.isQuiet, looks]);
    if (news !== told) {
      tell({ event: 'waiting-for-inputs', wanted, arrived });
      arrivals?.waits(wanted, arrived);
    }
    told = news;
    const pauses = [EVERY_MS, wanted.upToMs - waitedMs, ...(quietInMs > 0 ? [quietInMs] : [])];
    await clock.wait(Math.min(...pauses), signal);
  }

  async function patternsWithoutFlag(flag: string | null): Promise<string[]> {
    if (flag === null) return [];
    const missing: string[] = [];
    for (const pattern of files.patterns) {
      // The last name of a pattern is that of files; both kinds of slashes part names on Windows.
      const place = pattern.replace(/[^/\\]*$/, '') + flag;
      try {
        if ((await source.find(place, files.base)).items.length === 0) missing.push(pattern);
      } catch (error) {
        if (!isFailure(error, 'store') || error.details.problem !== 'not-found') throw error;
        missing.push(pattern);
      }
    }
    return missing;
  }
}

function settling(wanted: WaitFor | undefined, arrivals: Arrivals | undefined): WaitFor | undefined {
  if (arrivals === undefined || (wanted?.quietForMs ?? 0) > 0) return wanted;
  const { settleMs: quietForMs } = arrivals;
  if (wanted === undefined) return { files: 1, bytes: 0, flag: null, quietForMs, upToMs: DEFAULT_LIMIT_MS };
  return wanted.flag === null ? { ...wanted, quietForMs } : wanted;
}

function isComplete({ files, bytes, withoutFlag, isQuiet }: Arrived, wanted: WaitFor): boolean {
  return files >= wanted.files && bytes >= wanted.bytes && withoutFlag.length === 0 && isQuiet;
}
