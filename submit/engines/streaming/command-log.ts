import type { FileSystem } from '../../stores/file-system.js';
import { localFailure } from '../../stores/system-failure.js';
import { LOG_MODE } from '../machine-files.js';

/** The log file of a command's output. */
export interface CommandLog {
  /** Neither throws nor waits: a log that cannot be written must not stop the command. */
  write(line: string): void;
  /** Returns the system's error if the log is incomplete; null if it is complete. */
  close(): Promise<string | null>;
}

/** Opens a log for appending. Throws `store`. */
export async function openCommandLog(files: FileSystem, path: string): Promise<CommandLog> {
  const file = await files.append(path, LOG_MODE).catch((error: unknown) => {
    throw localFailure('write', path, error);
  });
  let pending = '';
  let writing: Promise<void> | null = null;
  let problem: string | null = null;
  const writePending = async (): Promise<void> => {
    try {
      while (pending !== '') {
        const bytes = Buffer.from(pending);
        pending = '';
        await file.write(bytes);
      }
    } catch (error) {
      problem = messageOf(error);
    } finally {
      writing = null;
    }
  };
  return {
    write(line) {
      if (problem !== null) return;
      pending += `${line}\n`;
      writing ??= writePending();
    },
    async close() {
      await writing;
      await file.close().catch((error: unknown) => {
        problem ??= messageOf(error);
      });
      return problem;
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
