import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { PROGRAM, type WorkFolder } from '../../support/work-folder.js';
import { PATIENCE_MS } from './airflow-home.js';

/** The processes of this program that work at a step of the job in a work folder; of all steps by default. */
export function processesOf(work: WorkFolder, step = ''): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return (
          words[1] === PROGRAM &&
          words.join(' ').includes(`step ${step}`) &&
          words.join(' ').includes(work.path)
        );
      } catch {
        return false;
      }
    });
}

/** Waits until a step has a process and a command of the shell prints a number above one; returns the process id. */
export async function metStep(work: WorkFolder, step: string, command: string): Promise<number> {
  let pid: number | undefined;
  await expect
    .poll(
      async () => {
        const { stdout } = await work.bash(command);
        pid = Number(stdout.trim()) >= 1 ? processesOf(work, `${step} `)[0] : undefined;
        return pid;
      },
      { timeout: PATIENCE_MS, interval: 100 },
    )
    .toBeDefined();
  return pid ?? Number.NaN;
}
