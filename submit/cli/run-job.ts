import type { Context } from '../context.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { jsonListener, type Listener, textListener } from '../report/listeners.js';
import { runJob } from '../run/run.js';
import { CONNECTIONS, openPorts, type Settings } from './connections.js';
import type { LoadedJob } from './job-options.js';
import { waitMsOf } from './wait-option.js';

/** Runs a job on the named engine, reports it on stdout and stderr, and returns the exit code. */
export async function runOnEngine(
  engineName: string,
  settings: Settings & Pick<LoadedJob, 'makeBundle'>,
  { json, wait }: { readonly json: boolean | undefined; readonly wait: string | undefined },
): Promise<number> {
  const { context, plan, makeBundle } = settings;
  const waitMs = waitMsOf(wait);
  const ports = await openPorts(CONNECTIONS, engineName, settings, [listenerOf(context, json === true)]);
  const { signal, version } = context;
  const outcome = await runJob(plan, ports, { makeBundle, version, signal, waitMs });
  return outcome.state === 'failed' ? exitCodeOf(outcome.failure) : EXIT.done;
}

/** The listener that reports a run on stdout and stderr. */
export function listenerOf({ stdout, stderr, machine }: Context, json: boolean): Listener {
  return json ? jsonListener(stdout, stderr) : textListener(stdout, stderr, machine.clock.now);
}
