import { acceptedDays, daysBetween, localDayAt, parseDay } from '../config/days.js';
import type { Context } from '../context.js';
import { Failure, type FailureFacts } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { type DayEnd, formatDays } from '../report/days-text.js';
import type { Listener } from '../report/listeners.js';
import { isWithoutInput } from '../without-input.js';
import type { Arguments, OptionDefinitions } from './define-command.js';
import type { LoadedJob } from './job-options.js';
import { recordWithoutInput } from './record-start.js';

/** The flags that run a job once for each of several days. */
export const DAYS_OPTIONS = {
  from: {
    type: 'text',
    value: 'DAY',
    group: 'Job',
    describe: 'Run the job once for each day from this one on, each a run of its own; stops at a failure',
  },
  to: { type: 'text', value: 'DAY', group: 'Job', describe: 'The last of these days', default: 'today' },
} as const satisfies OptionDefinitions;

/** More would be a mistake: ten years. */
const MAX_DAYS = 3660;

/**
 * Loads and runs a job once, or once for each day of `--from` and `--to`. A day that fails is the last one, but a day
 * without any input is passed over where `input.onMissing` is `continue`. Returns the exit code. Throws `usage`.
 */
export async function eachDay<Loaded extends LoadedJob>(
  context: Context,
  command: string,
  args: Arguments,
  load: (args: Arguments) => Promise<Loaded>,
  run: (loaded: Loaded, heard: readonly Listener[]) => Promise<number>,
): Promise<number> {
  const days = daysOf(context, command, args);
  if (days === null) return run(await load(args), []);
  const loadDay = (day: string) => load({ ...args, date: day });
  await refuseOneOutput(command, days, loadDay);
  const ends: DayEnd[] = [];
  let exitCode: number = EXIT.done;
  for (const day of days) {
    const loaded = await loadDay(day);
    const startedMs = context.machine.clock.now();
    const heard: { runId: string | null; failure: FailureFacts | null; isPublished: boolean } = {
      runId: null,
      failure: null,
      isPublished: false,
    };
    const code = await run(loaded, [
      (event) => {
        heard.runId = event.runId;
        if (event.event === 'run-failed') heard.failure = event.failure;
        if (event.event === 'run-published') heard.isPublished = true;
      },
    ]);
    const mayMiss = loaded.plan.settings['input.onMissing'].value === 'continue';
    const hasNone = heard.failure !== null && isWithoutInput(heard.failure);
    // Where the inputs were not complete in time, some may be there.
    const isMissing = mayMiss && hasNone && heard.failure?.code !== 'inputs-not-ready';
    const hasFailed = !isMissing && code !== EXIT.done && code !== EXIT.inputLeft;
    const state = hasFailed
      ? 'failed'
      : isMissing
        ? 'without input'
        : heard.isPublished
          ? 'published'
          : 'nothing to do';
    ends.push({ day, state });
    await recordWithoutInput(context, loaded, { ...heard, startedMs });
    if (code !== EXIT.done && !isMissing) exitCode = code;
    if (hasFailed) break;
  }
  context.stderr.write(formatDays(ends, days));
  return exitCode;
}

function daysOf({ machine }: Context, command: string, args: Arguments): readonly string[] | null {
  const { from, to, date } = args;
  const refuse = (problem: string) => new Failure('usage', { problem, command });
  if (from === undefined && to === undefined) return null;
  if (from === undefined) throw refuse('--to is given without --from, the first day');
  if (date !== undefined) throw refuse('--date is one day, --from and --to are several: give one of them');
  const today = localDayAt(machine.clock.now());
  const read = (flag: string, text: string) => {
    const day = parseDay(text, today);
    if (day === undefined)
      throw refuse(`${flag} is ${JSON.stringify(text)}; accepted: ${acceptedDays(text)}`);
    return day;
  };
  const [first, last] = [read('--from', String(from)), read('--to', String(to ?? 'today'))];
  if (last < first) throw refuse(`--from ${first} is after --to ${last}`);
  const days = daysBetween(first, last);
  if (days.length > MAX_DAYS)
    throw refuse(`${first} to ${last} are ${days.length} days; at most ${MAX_DAYS} are accepted`);
  return days;
}

/** Each day would take the place of the one before. */
async function refuseOneOutput(
  command: string,
  [first, second]: readonly string[],
  loadDay: (day: string) => Promise<LoadedJob>,
): Promise<void> {
  if (first === undefined || second === undefined) return;
  const [one, other] = [(await loadDay(first)).plan.settings, (await loadDay(second)).plan.settings];
  const mode = one['output.mode'].value;
  if (mode === 'append' || one['output.path'].value !== other['output.path'].value) return;
  const hint = 'Use --mode append, or write the day in output.path: warehouse/sales/day={yyyy}-{MM}-{dd}';
  throw new Failure(
    'usage',
    { problem: `With mode ${mode} and one output for all days, only one of them could stay`, command },
    { hint },
  );
}
