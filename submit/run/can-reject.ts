import type { JobPlan } from '../job/plan.js';

/** Whether the rules and settings of a job may reject a record. Nobody knows what an own mapper does. Pure. */
export function canReject({
  settings,
  columns,
  outputColumns,
  ownMapper,
}: Pick<JobPlan, 'settings' | 'columns' | 'outputColumns' | 'ownMapper'>): boolean {
  return (
    ownMapper !== null ||
    settings['records.malformed'].value === 'reject' ||
    // What can't be padded is rejected.
    ['reject', 'pad'].includes(settings['records.wrongFieldCount'].value) ||
    [...columns, ...(outputColumns ?? [])].some(({ rules }) =>
      rules.some(({ onInvalid }) => onInvalid.action === 'reject'),
    ) ||
    (outputColumns ?? []).some(({ compute }) => compute?.onInvalid.action === 'reject')
  );
}
