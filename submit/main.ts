import { buildCommand } from './cli/build.js';
import { doctorCommand } from './cli/doctor.js';
import { initCommand } from './cli/init.js';
import { loadCommand } from './cli/load.js';
import { mapCommand } from './cli/map.js';
import { parseArguments } from './cli/parse.js';
import { planCommand } from './cli/plan.js';
import { previewCommand } from './cli/preview-records.js';
import { profileCommand } from './cli/profile.js';
import { replayCommand } from './cli/replay.js';
import { reportCommand } from './cli/report.js';
import { rollbackCommand } from './cli/rollback.js';
import { runCommand } from './cli/run.js';
import { runsCommand } from './cli/runs.js';
import { scheduleCommand } from './cli/schedule.js';
import { scheduledCommand } from './cli/scheduled.js';
import { showCommand } from './cli/show.js';
import { stepCommand } from './cli/step.js';
import { submitCommand } from './cli/submit.js';
import { tellFailure, tellLostText } from './cli/tell-failure.js';
import { watchCommand } from './cli/watch.js';
import type { Context } from './context.js';
import { EXIT } from './exit-codes.js';

const COMMANDS = [
  initCommand,
  mapCommand,
  buildCommand,
  previewCommand,
  profileCommand,
  planCommand,
  runCommand,
  submitCommand,
  loadCommand,
  replayCommand,
  rollbackCommand,
  runsCommand,
  showCommand,
  reportCommand,
  scheduleCommand,
  scheduledCommand,
  stepCommand,
  watchCommand,
  doctorCommand,
];

/** Runs the program and returns its exit code. The only place that catches every error. */
export async function main(context: Context): Promise<number> {
  const outcome = await perform(context);
  const lost = await context.stdout.settled();
  return lost === null ? outcome.exitCode : tellLostText(context, lost, outcome);
}

/** `onlyAnswers`: the text on stdout is the only result. */
async function perform(context: Context): Promise<{ exitCode: number; onlyAnswers: boolean }> {
  try {
    const request = await parseArguments(context.argv, COMMANDS, context.version);
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
