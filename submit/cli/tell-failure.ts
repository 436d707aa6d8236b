import { maskWords } from '../config/secrets.js';
import type { Context } from '../context.js';
import { type AnyFailure, isAnyFailure } from '../errors.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { formatFailure } from '../report/words/failure-text.js';
import { localFailure } from '../stores/system-failure.js';
import { systemFailureOf } from './system-failure.js';

/** Reports on stderr what ended a command; with --json on stdout as well. Returns the exit code. */
export function tellFailure(context: Context, error: unknown): number {
  const failure = isAnyFailure(error) ? error : systemFailureOf(error);
  if (failure === null) return tellBug(context, error);
  const exitCode = exitCodeOf(failure);
  const { code, details } = failure;
  if (context.argv.includes('--json')) {
    const time = new Date(context.machine.clock.now()).toISOString();
    context.stdout.write(`${JSON.stringify({ time, event: 'failed', code, details, exitCode })}\n`);
  }
  tell(context, failure);
  return exitCode;
}

function tellBug({ argv, stderr, version }: Context, error: unknown): number {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(
    `hadoop-elt: Unexpected error; this is a bug in hadoop-elt ${version}\n${stack}\n  arguments ${JSON.stringify(maskWords(argv))}\n`,
  );
  return EXIT.bug;
}

/**
 * Reports that stdout lost text, and returns the final exit code. The command fails if that text was its only result.
 * Otherwise the exit code stays: a scheduler must not take a published run for a failed one.
 */
export function tellLostText(
  context: Context,
  error: NodeJS.ErrnoException,
  { exitCode, onlyAnswers }: { readonly exitCode: number; readonly onlyAnswers: boolean },
): number {
  const failure = localFailure('write to', 'standard output', error);
  tell(context, failure);
  if (exitCode !== EXIT.done) return exitCode;
  if (onlyAnswers) return exitCodeOf(failure);
  context.stderr.write('  Only the text on stdout is lost: the command succeeded, exit code 0\n');
  return exitCode;
}

function tell({ stderr }: Context, failure: AnyFailure): void {
  stderr.write(`${formatFailure(failure)}\n`);
}
