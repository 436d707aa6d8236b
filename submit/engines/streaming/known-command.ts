import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FileSystem } from '../../stores/file-system.js';
import { factsAt, makeFolders, replaceFile } from '../../stores/file-tree.js';
import type { HadoopToProbe } from './hadoop-probe.js';

/** What a probe shows of a hadoop command depends on these alone. */
export type ProbedCommand = Pick<HadoopToProbe, 'fs' | 'hadoop' | 'streamingJar' | 'commandEnv'>;

/** Whether a hadoop command has been probed on this machine lately. */
export interface KnownCommand {
  isKnown(command: ProbedCommand): Promise<boolean>;
  remember(command: ProbedCommand): Promise<void>;
  forget(command: ProbedCommand): Promise<void>;
}

/** Has each command probed. */
export const NOTHING_KNOWN: KnownCommand = {
  isKnown: async () => false,
  remember: async () => undefined,
  forget: async () => undefined,
};

const WEEK_MS = 7 * 24 * 3600 * 1000;
const PRIVATE = 0o600;

/**
 * Remembers probed commands in a folder of this machine for a week: a probe costs each step of a scheduled run a JVM's
 * start. `about`: what else decides which Hadoop a command reaches, and which HDFS it is held against. A command that has
 * changed meanwhile fails in its job; then it is forgotten. What can't be remembered is probed again: nothing here throws.
 */
export function rememberCommands(
  files: FileSystem,
  folder: string,
  now: () => number,
  about: readonly (string | undefined)[],
): KnownCommand {
  const pathOf = ({ fs, hadoop, streamingJar, commandEnv }: ProbedCommand) => {
    const words = JSON.stringify([fs, hadoop, streamingJar, Object.entries(commandEnv).sort(), about]);
    return join(folder, createHash('sha256').update(words).digest('hex').slice(0, 16));
  };
  return {
    async isKnown(command) {
      try {
        const ageMs =
          now() - ((await factsAt(files, pathOf(command)))?.modifiedMs ?? Number.NEGATIVE_INFINITY);
        return ageMs >= 0 && ageMs < WEEK_MS;
      } catch {
        return false;
      }
    },
    async remember(command) {
      try {
        await makeFolders(files, folder);
        await replaceFile(files, pathOf(command), new Uint8Array(0), PRIVATE);
      } catch {
        // The next run probes it again.
      }
    },
    async forget(command) {
      await files.unlink(pathOf(command)).catch(() => undefined);
    },
  };
}
