import type { DatePattern } from './date-pattern.js';
import type { DateForm } from './date-words.js';
import type { RoundingMode } from './rounding-mode.js';
import type { NumberStyle } from './written-number.js';

/**
 * What the kernel needs to apply a rule to bytes. The kernel must give exactly what the rule gives for text, or leave
 * the record to the reference. See mapper/kernel/README.md for how to add one.
 */
export type ByteForm =
  | { readonly operation: 'upper' | 'lower' | 'trim' }
  | {
      readonly operation: 'date';
      readonly from: readonly DateForm[];
      readonly to: DateForm;
      readonly century?: number;
      readonly zone?: { readonly read?: string; readonly write?: string };
      readonly locale?: string;
    }
  | { readonly operation: 'type'; readonly type: 'integer' | 'boolean' }
  /** `most`: digits before the point and after it. */
  | {
      readonly operation: 'type';
      readonly type: 'decimal';
      readonly most: { readonly whole: number; readonly places: number } | null;
    }
  | { readonly operation: 'type'; readonly type: 'date'; readonly day: DatePattern }
  | { readonly operation: 'round'; readonly places: number; readonly mode: RoundingMode }
  | {
      readonly operation: 'money';
      readonly places: number;
      readonly mode: RoundingMode;
      readonly style: NumberStyle;
    };
