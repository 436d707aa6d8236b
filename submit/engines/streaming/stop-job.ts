import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../errors.js';
import { poll } from '../../hadoop/poll.js';
import { isFinalState, type ResourceManager } from '../../hadoop/resource-manager.js';
import type { RunningCommand } from './hadoop-command.js';
import { orNothing } from './services.js';

const POLL_MS = 500;
/** A command that has not submitted by then counts as stuck. */
const SUBMIT_LIMIT_MS = 30_000;
/** How long an application may take to appear in YARN after its command has ended. */
const AFTER_END_MS = 2_000;
/** How long a command may take to notice the end of its application. */
const COMMAND_END_MS = 10_000;

/**
 * Kills a job's application in YARN, whatever its state, and then the command that submitted it. The command must not
 * end first: behind a prefix such as `docker exec`, it would keep running out of reach and still submit the job.
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
  // If the resourcemanager does not answer, the command is stopped nevertheless.
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
 * Kills the running applications of a tag, and `applicationId` unless it has ended. Throws `hadoop-not-reachable` if
 * one cannot be killed.
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
      hint: `Set resourceManager in the cluster file: http://host:8088; until then, find the job with: yarn application -list -appTags ${tag}`,
    },
  );
}

function stillGoing({ addresses }: ResourceManager, id: string, state: string): Failure {
  return new Failure(
    'hadoop-not-reachable',
    {
      what: `the resourcemanager at ${addresses.join(' or ')}`,
      cause: `it was asked to kill ${id}, which is still ${state}`,
    },
    { hint: `Try yarn application -kill ${id}` },
  );
}
