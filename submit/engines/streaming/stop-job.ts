import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceManager } from '../../hadoop/resource-manager.js';
import { RestError } from '../../hadoop/rest-client.js';
import type { RunningCommand } from './hadoop-command.js';

const POLL_MS = 500;
/** A command that has not submitted by then is taken for stuck. */
const SUBMIT_LIMIT_MS = 30_000;
/** How long an application may take to show up after its command has ended. */
const AFTER_END_MS = 2_000;

/**
 * Ends a job for good: its application in YARN, whichever state it is in, then the command. The command is not ended
 * first, since behind a prefix such as `docker exec` it would go on unseen and submit all the same.
 */
export async function stopJob(
  command: RunningCommand,
  resourceManager: ResourceManager | null,
  tag: string,
): Promise<void> {
  if (resourceManager === null) {
    command.stop();
    await command.ended.catch(() => undefined);
    return;
  }
  let hasEnded = false;
  const ended = command.ended
    .catch(() => undefined)
    .then(() => {
      hasEnded = true;
    });
  let endMs = Date.now() + SUBMIT_LIMIT_MS;
  let isLast = false;
  for (;;) {
    if (hasEnded && !isLast) {
      isLast = true;
      endMs = Math.min(endMs, Date.now() + AFTER_END_MS);
    }
    try {
      const applications = await resourceManager.runningWithTag(tag);
      for (const { id } of applications) await resourceManager.kill(id);
      if (applications.length > 0) break;
    } catch (error) {
      // A resourcemanager that is gone can't be told; the command is ended all the same.
      if (!(error instanceof RestError)) throw error;
    }
    if (Date.now() > endMs) break;
    await sleep(POLL_MS);
  }
  // It sees the end of its application by itself.
  await Promise.race([ended, sleep(10_000, undefined, { ref: false })]);
  command.stop();
  await ended;
}
