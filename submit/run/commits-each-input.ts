import type { JobPlan } from '../job/plan.js';

/** Whether the job has a table in place of an output. Pure. */
export function bringsIntoTable({ settings }: Pick<JobPlan, 'settings'>): boolean {
  return settings['output.path'].value === '';
}

/** Whether each input of the job has a commit point of its own. Pure. */
export function commitsEachInput({ settings }: Pick<JobPlan, 'settings'>): boolean {
  return settings['load.postgres.transaction']?.value === 'input';
}
