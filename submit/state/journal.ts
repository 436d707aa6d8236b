import { join } from 'node:path';
import type { Journal, JournalEntry, Journals } from '../run/ports.js';
import type { FileSystem, OpenFile } from '../stores/file-system.js';
import { makeFolders, readText, removeTree } from '../stores/file-tree.js';
import type { ProcessIdentity } from './processes.js';
import { publishedRuns } from './published-runs.js';
import { inState } from './state-failure.js';
import { makeRunFolder, openStateFolder, refuseLink } from './state-folder.js';

/** In the folder of a run. */
export const JOURNAL_NAME = 'journal.jsonl';
/** It holds settings. */
const JOURNAL_MODE = 0o600;

/**
 * Journals in a state folder: `runs/<run id>/journal.jsonl`, one JSON entry per line, each synced to disk. A last line
 * without a line end was cut off by a kill or a power cut, and is ignored. `self` is the process that runs.
 */
export function createJournals(
  files: FileSystem,
  stateDir: string,
  parts: readonly ('runs' | 'mappers')[] = ['runs'],
  self?: ProcessIdentity,
): Journals {
  const process = self === undefined ? {} : { process: self };
  const folderOf = (runId: string) => join(stateDir, 'runs', runId);
  const convertedOf = (runId: string) => join(folderOf(runId), 'converted');
  const pathOf = (runId: string) => join(folderOf(runId), JOURNAL_NAME);
  /** Files whose last line may be cut off, because it could not be written. */
  const unended = new WeakSet<OpenFile>();
  const append = async (file: OpenFile, path: string, entry: JournalEntry): Promise<string> => {
    const text = JSON.stringify(entry);
    await inState('write the journal', path, async () => {
      const start = unended.has(file) ? '\n' : '';
      unended.add(file);
      await file.write(lineOf(text, start));
      await file.sync();
      unended.delete(file);
    });
    return text;
  };
  const opened = (path: string) => inState('write the journal', path, () => files.append(path, JOURNAL_MODE));
  // Some file systems report failed writes only at close(2).
  const closed = (file: OpenFile, path: string) => inState('write the journal', path, () => file.close());
  const read = async (runId: string) => {
    const text = await inState('read the journal', pathOf(runId), () => readText(files, pathOf(runId)));
    return entriesOf(text ?? '');
  };
  const journalOf = async (runId: string, begin: (file: OpenFile, path: string) => Promise<unknown>) => {
    const folder = folderOf(runId);
    const path = pathOf(runId);
    const logFolder = join(folder, 'logs');
    await inState('make the folder', logFolder, () => makeFolders(files, logFolder));
    const file = await opened(path);
    try {
      await begin(file, path);
    } catch (error) {
      await file.close().catch(() => undefined);
      throw error;
    }
    const journal: Journal = {
      folder,
      logFolder,
      async recordStep(step) {
        const text = await append(file, path, { entry: 'step', ...step });
        return (JSON.parse(text) as typeof step).output;
      },
      async note(note) {
        await append(file, path, note);
      },
      async end(end) {
        try {
          await append(file, path, { entry: 'end', ...end });
        } finally {
          await closed(file, path);
        }
      },
    };
    return journal;
  };
  const refuseLinkedFolder = async (runId: string) => {
    const folder = folderOf(runId);
    refuseLink(folder, await inState('look at', folder, () => files.lstat(folder)));
  };
  /** Ends a line that a kill may have cut off. */
  const endLine = (file: OpenFile, path: string) =>
    inState('write the journal', path, () => file.write(Buffer.from('\n')));
  return {
    async open(head) {
      await openStateFolder(files, stateDir, parts);
      await makeRunFolder(files, folderOf(head.runId));
      return journalOf(head.runId, (file, path) => append(file, path, { entry: 'run', ...head, ...process }));
    },
    async reopen(runId, attempt) {
      await openStateFolder(files, stateDir, parts);
      await refuseLinkedFolder(runId);
      return journalOf(runId, async (file, path) => {
        await endLine(file, path);
        await append(file, path, { entry: 'attempt', ...attempt, ...process });
      });
    },
    read,
    async folderOf(runId) {
      await openStateFolder(files, stateDir, parts);
      await makeRunFolder(files, folderOf(runId));
      return folderOf(runId);
    },
    convertedOf,
    removeConverted: (runId) =>
      inState('remove', convertedOf(runId), async () => {
        await removeTree(files, convertedOf(runId));
      }),
    async published(job, limit) {
      const runs = join(stateDir, 'runs');
      return publishedRuns(await inState('list', runs, () => files.readdir(runs)), read, job, limit);
    },
    async close(runId, end) {
      const path = pathOf(runId);
      await refuseLinkedFolder(runId);
      const file = await opened(path);
      try {
        await endLine(file, path);
        await append(file, path, { entry: 'end', ...end });
      } finally {
        await closed(file, path);
      }
    },
  };
}

/** A line of a journal. Texts that are joined first, of thousands of inputs, would be copied once more. */
function lineOf(text: string, start: string): Buffer {
  const line = Buffer.allocUnsafe(start.length + Buffer.byteLength(text) + 1);
  line.write(start, 0);
  line.write(text, start.length);
  line.write('\n', line.length - 1);
  return line;
}

/** Text of a journal → its entries; with `wanted` only those of lines that match. */
export function entriesOf(text: string, wanted = /./): readonly JournalEntry[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => wanted.test(line))
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as JournalEntry];
      } catch {
        return [];
      }
    });
}
