import type { Command } from './cli/define-command.js';
import { parseArguments } from './cli/parse.js';
import { tellFailure, tellLostText } from './cli/tell-failure.js';
import type { Context } from './context.js';
import { EXIT } from './exit-codes.js';

/** Each is loaded when it is asked for, with what it needs alone: loading all takes longer than most of them. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./cli/init.js')).initCommand,
  map: async () => (await import('./cli/map.js')).mapCommand,
  build: async () => (await import('./cli/build.js')).buildCommand,
  preview: async () => (await import('./cli/preview-records.js')).previewCommand,
  profile: async () => (await import('./cli/profile.js')).profileCommand,
  plan: async () => (await import('./cli/plan.js')).planCommand,
  run: async () => (await import('./cli/run.js')).runCommand,
  submit: async () => (await import('./cli/submit.js')).submitCommand,
  load: async () => (await import('./cli/load.js')).loadCommand,
  replay: async () => (await import('./cli/replay.js')).replayCommand,
  rollback: async () => (await import('./cli/rollback.js')).rollbackCommand,
  runs: async () => (await import('./cli/runs.js')).runsCommand,
  show: async () => (await import('./cli/show.js')).showCommand,
  report: async () => (await import('./cli/report.js')).reportCommand,
  schedule: async () => (await import('./cli/schedule.js')).scheduleCommand,
  scheduled: async () => (await import('./cli/scheduled.js')).scheduledCommand,
  step: async () => (await import('./cli/step.js')).stepCommand,
  watch: async () => (await import('./cli/watch.js')).watchCommand,
  doctor: async () => (await import('./cli/doctor.js')).doctorCommand,
};

/** The command that a word names, or all of them. */
async function commandsFor(word: string | undefined): Promise<readonly Command[]> {
  const one = word !== undefined && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  return one === undefined ? Promise.all(Object.values(COMMANDS).map((load) => load())) : [await one()];
}

/** Runs the program and returns its exit code. The only place that catches every error. */
export async function main(context: Context): Promise<number> {
  const outcome = await perform(context);
  const lost = await context.stdout.settled();
  return lost === null ? outcome.exitCode : tellLostText(context, lost, outcome);
}

/** `onlyAnswers`: the text on stdout is the only result. */
async function perform(context: Context): Promise<{ exitCode: number; onlyAnswers: boolean }> {
  try {
    const commands = await commandsFor(context.argv[0]);
    const request = await parseArguments(context.argv, commands, context.version);
    if (request.kind === 'text') {
      context.stdout.write(`${request.text}\n`);
      return { exitCode: EXIT.done, onlyAnswers: true };
    }
    const { command, args } = request;
    const onlyAnswers = command.onlyAnswers?.(args) ?? false;
    return { exitCode: await command.run(context, args), onlyAnswers };
  } catch (error) {
    // An interruption makes running work fail with other errors; report the interruption, not those.
    const cause: unknown = context.signal.aborted ? context.signal.reason : error;
    return { exitCode: tellFailure(context, cause), onlyAnswers: false };
  }
}
