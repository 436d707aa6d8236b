import type { Context } from '../context.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { jsonListener, type Listener, textListener } from '../report/listeners.js';
import { runJob } from '../run/run.js';
import { CONNECTIONS, openPorts, type Settings } from './connections.js';
import type { LoadedJob } from './job-options.js';

/** Runs a job on the named engine, reports it on stdout and stderr, and returns the exit code. */
export async function runOnEngine(
  engineName: string,
  settings: Settings & Pick<LoadedJob, 'makeBundle'>,
  json: boolean,
): Promise<number> {
  const { context, plan, makeBundle } = settings;
  const ports = await openPorts(CONNECTIONS, engineName, settings, [listenerOf(context, json)]);
  const { signal, version } = context;
  const outcome = await runJob(plan, ports, { makeBundle, version, signal });
  if (outcome.state === 'failed') return exitCodeOf(outcome.failure);
  return outcome.left.length > 0 ? EXIT.inputLeft : EXIT.done;
}

function listenerOf({ stdout, stderr, machine }: Context, json: boolean): Listener {
  return json ? jsonListener(stdout, stderr) : textListener(stdout, stderr, machine.clock.now);
}
