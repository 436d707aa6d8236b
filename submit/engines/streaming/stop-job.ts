import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../errors.js';
import { poll } from '../../hadoop/poll.js';
import { isFinalState, type ResourceManager } from '../../hadoop/resource-manager.js';
import type { RunningCommand } from './hadoop-command.js';
import { orNothing } from './services.js';

const POLL_MS = 500;
/** A command that has not submitted by then is taken for stuck. */
const SUBMIT_LIMIT_MS = 30_000;
/** How long an application may take to show up after its command has ended. */
const AFTER_END_MS = 2_000;
/** A command sees the end of its application by itself. */
const COMMAND_END_MS = 10_000;

/**
 * Ends a job that a command of ours began: its application in YARN, whichever state it is in, then the command. The
 * command is not ended first, since behind a prefix such as `docker exec` it would go on unseen and submit all the same.
 */
export async function stopCommandAndJob(
  command: RunningCommand,
  resourceManager: ResourceManager | null,
  tag: string,
): Promise<void> {
  if (resourceManager !== null) await killOnceSubmitted(command, resourceManager, tag);
  command.stop();
  await command.ended;
}

async function killOnceSubmitted(
  command: RunningCommand,
  resourceManager: ResourceManager,
  tag: string,
): Promise<void> {
  const startMs = Date.now();
  let limitMs = SUBMIT_LIMIT_MS;
  const ended = command.ended.then(() => {
    limitMs = Math.min(limitMs, Date.now() - startMs + AFTER_END_MS);
  });
  // A resourcemanager that is gone can't be told; the command is ended all the same.
  const killAll = () =>
    orNothing(async () => {
      const applications = await resourceManager.runningWithTag(tag);
      for (const { id } of applications) await resourceManager.kill(id);
      return applications.length > 0 ? true : undefined;
    });
  await poll(killAll, { everyMs: POLL_MS, limitMs: () => limitMs });
  await Promise.race([ended, sleep(COMMAND_END_MS, undefined, { ref: false })]);
}

/**
 * Kills the applications of a tag, and the one that is named, unless they have ended. Throws `hadoop-not-reachable`
 * when that can't be done.
 */
export async function killApplications(
  resourceManager: ResourceManager | null,
  tag: string,
  applicationId: string | null,
): Promise<void> {
  if (resourceManager === null) throw noResourceManager(tag);
  const ids = new Set((await resourceManager.runningWithTag(tag)).map(({ id }) => id));
  if (applicationId !== null && !ids.has(applicationId)) {
    const application = await resourceManager.application(applicationId);
    if (application !== null && !isFinalState(application.state)) ids.add(applicationId);
  }
  for (const id of ids) {
    const state = await resourceManager.kill(id);
    if (!isFinalState(state) && state !== 'unknown') throw stillGoing(resourceManager, id, state);
  }
}

function noResourceManager(tag: string): Failure {
  return new Failure(
    'hadoop-not-reachable',
    { what: 'the resourcemanager', cause: 'its address is not known' },
    {
      hint: `Set resourceManager in the cluster file: http://host:8088; until then, yarn application -list -appTags ${tag} shows what goes on`,
    },
  );
}

function stillGoing({ addresses }: ResourceManager, id: string, state: string): Failure {
  return new Failure(
    'hadoop-not-reachable',
    {
      what: `the resourcemanager at ${addresses.join(' or ')}`,
      cause: `${id} was to be killed and is still ${state}`,
    },
    { hint: `Try yarn application -kill ${id}` },
  );
}
