import type { Check, Finding } from '../../doctor/check.js';
import { Failure } from '../../errors.js';
import type { ClusterSettings } from '../../hadoop/cluster/cluster-settings.js';
import { createHistoryServer } from '../../hadoop/history-server.js';
import { createResourceManager } from '../../hadoop/resource-manager.js';
import { RestError } from '../../hadoop/rest-client.js';
import { commandOutput } from './hadoop-command.js';

const COMMAND_TIMEOUT_MS = 60_000;
const COMMAND = 'hadoop command';

/** The checks of what runs jobs. `streamingJar` may throw `hadoop-not-found`. */
export function hadoopChecks(
  settings: ClusterSettings,
  streamingJar: () => string,
  commandEnv: Readonly<Record<string, string>>,
): Check[] {
  return [
    { name: 'resourcemanager', run: () => checkResourceManager(settings) },
    { name: 'history server', run: () => checkHistoryServer(settings) },
    { name: COMMAND, run: () => checkCommand(settings, commandEnv) },
    { name: 'streaming jar', needs: COMMAND, run: () => checkJar(settings, streamingJar(), commandEnv) },
  ];
}

async function checkResourceManager({ resourceManager, user }: ClusterSettings): Promise<Finding> {
  const address = resourceManager.value;
  if (address === null) {
    return {
      status: 'warn',
      what: 'its address is not known',
      why: 'a run that is interrupted could not end its job',
      fix: 'Set resourceManager in the cluster file: http://host:8088',
    };
  }
  const [state, nodes] = await reached('the resourcemanager', address, 'resourceManager', async () => {
    const client = createResourceManager([address], user.value);
    return [await client.state(), await client.liveNodes()] as const;
  });
  if (nodes === 0) {
    throw new Failure(
      'hadoop-not-reachable',
      { what: 'any nodemanager', cause: `the resourcemanager at ${address} has no live node` },
      { hint: 'Start nodemanagers, or see their logs for why they do not join' },
    );
  }
  return { status: 'ok', what: `${state} at ${address}, ${nodes} live node${nodes === 1 ? '' : 's'}` };
}

async function checkHistoryServer({ historyServer, user }: ClusterSettings): Promise<Finding> {
  const address = historyServer.value;
  if (address === null) {
    return {
      status: 'warn',
      what: 'its address is not known',
      why: 'the counts of a job and the order of its part files come from it',
      fix: 'Set historyServer in the cluster file: http://host:19888',
    };
  }
  await reached('the history server', address, 'historyServer', () =>
    createHistoryServer(address, user.value).check(),
  );
  return { status: 'ok', what: `answers at ${address}` };
}

async function reached<T>(what: string, address: string, key: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    throw new Failure(
      'hadoop-not-reachable',
      { what: `${what} at ${address}`, cause: error.message },
      { hint: `See that it is up, and that ${key} in the cluster file is its address` },
    );
  }
}

async function checkCommand(
  { hadoop }: ClusterSettings,
  env: Readonly<Record<string, string>>,
): Promise<Finding> {
  const { end, stdout, stderr } = await commandOutput([...hadoop.value, 'version'], env, COMMAND_TIMEOUT_MS);
  const version = /^Hadoop (\S+)/m.exec(stdout)?.[1];
  if (end.exitCode === 0) {
    return {
      status: 'ok',
      what: `${hadoop.value.join(' ')}${version === undefined ? '' : `, Hadoop ${version}`}`,
    };
  }
  const cause = end.startError ?? (stderr.trim().split('\n', 1)[0] || `exit code ${end.exitCode}`);
  throw new Failure(
    'hadoop-not-reachable',
    { what: `Hadoop by its command "${hadoop.value.join(' ')}"`, cause },
    { hint: 'Set hadoop in the cluster file to the command that works at a prompt, and start what it needs' },
  );
}

/** Without arguments the jar says how it is used; the command says when it has no such jar. */
async function checkJar(
  { hadoop }: ClusterSettings,
  jar: string,
  env: Readonly<Record<string, string>>,
): Promise<Finding> {
  const { stdout, stderr } = await commandOutput([...hadoop.value, 'jar', jar], env, COMMAND_TIMEOUT_MS);
  const said = `${stdout}\n${stderr}`;
  if (/No Arguments Given|Usage: .*streaming/i.test(said)) return { status: 'ok', what: jar };
  const cause = said.trim().split('\n', 1)[0] ?? '';
  throw new Failure('hadoop-not-found', { what: 'streaming-jar', looked: [jar, cause] });
}
