import type { HeaderChoice } from '../../mapper/contract.js';
import type { JobResult } from '../engines/engine.js';
import type { Proof } from './proof.js';

/** What the parts of a job should start with. */
export interface WantedHeaders {
  readonly choice: HeaderChoice;
  /** False if no input has a header, and the job gives no names: there is nothing to write then. */
  readonly namesAreKnown: boolean;
}

/** Compares the headers that the mappers added with those that the parts should start with. Pure. */
export function proveHeaders(
  records: Pick<JobResult, 'counts' | 'tasks'>,
  rejects: Pick<JobResult, 'counts' | 'tasks'> | null,
  wanted: WantedHeaders,
): Proof {
  const equations = [
    {
      left: 'headers added by the mappers',
      leftCount: records.counts.headersAdded,
      right: 'headers that the parts should start with',
      rightCount: headersWanted(wanted, records.tasks.length),
    },
  ];
  if (rejects !== null) {
    equations.push({
      left: 'headers added to the rejects',
      leftCount: rejects.counts.headersAdded,
      right: 'part files of rejects',
      rightCount: rejects.tasks.length,
    });
  }
  return {
    equations: equations.length,
    mismatches: equations.filter(({ leftCount, rightCount }) => leftCount !== rightCount),
  };
}

function headersWanted({ choice, namesAreKnown }: WantedHeaders, parts: number): number {
  if (!namesAreKnown) return 0;
  switch (choice) {
    case 'every-part':
      return parts;
    case 'first-part':
      return 1;
    case 'keep':
    case 'drop':
      return 0;
  }
}
