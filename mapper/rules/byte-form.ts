import type { DatePattern } from './date-pattern.js';
import type { RoundingMode } from './rounding-mode.js';

/**
 * What the kernel has to know to apply a rule to bytes. It must give exactly what the rule gives for text, or leave
 * the field to the text form; mapper/kernel/README.md says where to write it.
 */
export type ByteForm =
  | { readonly operation: 'upper' | 'lower' | 'trim' }
  | { readonly operation: 'date'; readonly from: readonly DatePattern[]; readonly to: DatePattern }
  | { readonly operation: 'round'; readonly places: number; readonly mode: RoundingMode };
