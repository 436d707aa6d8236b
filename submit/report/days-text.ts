import { count } from './escape.js';

/** How the run of a day ended. */
export interface DayEnd {
  readonly day: string;
  readonly state: 'published' | 'nothing to do' | 'without input' | 'failed';
}

const STATES = ['published', 'nothing to do', 'without input', 'failed'] as const;

/** How the runs of several days ended, and which days are left to do. */
export function formatDays(ends: readonly DayEnd[], days: readonly string[]): string {
  const counts = STATES.map((state) => [state, ends.filter((end) => end.state === state).length] as const)
    .filter(([, amount]) => amount > 0)
    .map(([state, amount]) => `${amount} ${state}`);
  const failed = ends.find(({ state }) => state === 'failed');
  const last = days.at(-1);
  const left = failed === undefined ? '' : `; to go on: --from ${failed.day} --to ${last}`;
  return `${count(ends.length, 'day')} of ${days.length}: ${counts.join(', ')}${left}\n`;
}
