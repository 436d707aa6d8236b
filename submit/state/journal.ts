import { randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepName, StepResult } from '../run/events.js';
import { localStore } from '../stores/local/local-store.js';
import { stateFailure } from './state-failure.js';

/** One step that was done. Times in milliseconds since 1970. */
export interface JournalStep {
  readonly step: StepName;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly result: StepResult;
}

/** What a run is about; fixed from its start. */
export interface JournalHead {
  readonly runId: string;
  readonly job: string;
  readonly jobFile: string;
  readonly engine: 'local' | 'hadoop';
  readonly output: string;
  readonly staging: string;
  readonly startedMs: number;
}

/** `failed` comes with the code of its failure, `bug` for an exception that nobody expected. */
export type JournalEnd =
  | { readonly state: 'published' | 'nothing-to-do'; readonly endedMs: number }
  | { readonly state: 'failed'; readonly failure: string; readonly endedMs: number };

/** The record of one run: `journal.json` in its folder, replaced whole each time, so that nobody reads half of it. */
export interface Journal {
  readonly folder: string;
  readonly logFolder: string;
  recordStep(step: JournalStep): Promise<void>;
  end(end: JournalEnd): Promise<void>;
}

/** `20261121T101502123Z-3f9a2c`: sorts by time, safe in any path. */
export function newRunId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

/** Makes the folder of a run under the state folder, and its journal. */
export async function openJournal(stateDir: string, head: JournalHead): Promise<Journal> {
  const folder = join(stateDir, 'runs', head.runId);
  const logFolder = join(folder, 'logs');
  await localStore.makeDirectory(logFolder).catch((error) => {
    throw stateFailure('make the folder', logFolder, error);
  });
  const steps: JournalStep[] = [];
  const save = (state: JournalEnd | { readonly state: 'running' }) =>
    saveJson(join(folder, 'journal.json'), { ...head, ...state, steps });
  await save({ state: 'running' });
  return {
    folder,
    logFolder,
    recordStep(step) {
      steps.push(step);
      return save({ state: 'running' });
    },
    end: save,
  };
}

async function saveJson(path: string, content: unknown): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    throw stateFailure('write the journal', path, error);
  }
}
