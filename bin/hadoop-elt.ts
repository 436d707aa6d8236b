import inspectThreadSource from 'built:inspect-thread';
import apiSource from 'built:mapper-api';
import bundleSource from 'built:mapper-bundle';
import version from 'built:version';
import { availableParallelism, hostname } from 'node:os';
import { definitionOfPlan } from '../mapper/definition.js';
import { mapperMain } from '../mapper/main.js';
import { processHost } from '../mapper/run.js';
import type { TextOutput } from '../submit/context.js';
import { Failure } from '../submit/errors.js';
import { exitCodeOf } from '../submit/exit-codes.js';
import { main } from '../submit/main.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const interruption = new AbortController();
for (const signal of SIGNALS) {
  process.on(signal, () => {
    const failure = new Failure('interrupted', { signal });
    // Whoever asks twice will not wait for the cleaning up.
    if (interruption.signal.aborted) process.exit(exitCodeOf(failure));
    interruption.abort(failure);
  });
}

// The package webhdfs uses url.parse(), of which Node 24 warns; whoever runs a job can't mend that.
const emitWarning = process.emitWarning.bind(process);
process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
  if (!rest.includes('DEP0169' as never)) emitWarning(warning, ...rest);
}) as typeof process.emitWarning;

process.exitCode = await main({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: textOutput(process.stdout),
  stderr: textOutput(process.stderr),
  now: Date.now,
  pid: process.pid,
  hostname: hostname(),
  isAlive,
  nodePath: process.execPath,
  cpuCount: availableParallelism(),
  signal: interruption.signal,
  version,
  inspectThreadSource,
  mapper: {
    bundleSource,
    apiSource,
    run: (plan, emit) => {
      // The mapper is synchronous and no handler would get its turn: here a signal simply ends the process.
      for (const signal of SIGNALS) process.removeAllListeners(signal);
      for (const stream of [process.stdin, process.stdout]) makeBlocking(stream);
      return mapperMain(() => definitionOfPlan(plan), { ...processHost(), argv: ['--emit', emit] });
    },
  },
});

/**
 * execa and yargs look at process.stdin and process.stdout as they are loaded, and by that Node makes pipes
 * non-blocking: whoever reads and writes them synchronously would have to wait by the clock.
 */
function makeBlocking(stream: object): void {
  (stream as { _handle?: { setBlocking?(on: boolean): void } })._handle?.setBlocking?.(true);
}

function textOutput(stream: NodeJS.WriteStream): TextOutput {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Nobody reads any more, as in `| head`: that changes nothing in what a run does.
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      // A terminal that does not tell its width says 0.
      return stream.columns || 80;
    },
    write: (text) => {
      stream.write(text);
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
