import type { FileSystem } from '../../stores/file-system.js';
import { localFailure } from '../../stores/system-failure.js';

/** The file that takes what a command writes. */
export interface CommandLog {
  /** Never throws and never waits: a log that can't be written must not hold up who is logged. */
  write(line: string): void;
  /** What the system said when the log could not be written whole; null where it could. */
  close(): Promise<string | null>;
}

/** What a job's command says is for the job's owner alone, as its words are. */
export const LOG_MODE = 0o600;

/** Opens a log to add to. Throws `store`. */
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
