import { buildCommand } from './cli/build.js';
import { doctorCommand } from './cli/doctor.js';
import { mapCommand } from './cli/map.js';
import { parseArguments } from './cli/parse.js';
import { planCommand } from './cli/plan.js';
import { runCommand } from './cli/run.js';
import { submitCommand } from './cli/submit.js';
import type { Context } from './context.js';
import { isAnyFailure } from './errors.js';
import { EXIT, exitCodeOf } from './exit-codes.js';
import { formatFailure } from './report/words/failure-text.js';

const COMMANDS = [mapCommand, buildCommand, planCommand, runCommand, submitCommand, doctorCommand];

/** The program: arguments in, exit code out. The one place that catches everything. */
export async function main(context: Context): Promise<number> {
  try {
    const request = await parseArguments(context.argv, COMMANDS, context.version);
    if (request.kind === 'text') {
      context.stdout.write(`${request.text}\n`);
      return EXIT.done;
    }
    return await request.command.run(context, request.args);
  } catch (error) {
    // An interruption ends whatever is going on, and that may fail in its own way.
    return tell(context, context.signal.aborted ? context.signal.reason : error);
  }
}

function tell({ argv, stdout, stderr, version }: Context, error: unknown): number {
  if (!isAnyFailure(error)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(
      `hadoop-elt: Unexpected error; this is a bug in hadoop-elt ${version}\n${stack}\n  arguments ${JSON.stringify(argv)}\n`,
    );
    return EXIT.bug;
  }
  const exitCode = exitCodeOf(error);
  const { code, details } = error;
  if (argv.includes('--json'))
    stdout.write(`${JSON.stringify({ event: 'failed', code, details, exitCode })}\n`);
  stderr.write(`${formatFailure(error)}\n`);
  return exitCode;
}
