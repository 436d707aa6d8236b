import type { InvalidAction } from '../contract.js';
import type { RecordRule, RuleDefinition } from '../definition.js';
import type { FindColumn } from './find-column.js';

/** Something with a text that rules are applied to. */
export interface Ruled {
  /** Its name in counters and messages. */
  readonly label: string;
  /** Whether its text may be shown to nobody. */
  readonly isHidden: boolean;
  readonly rules: readonly LaidOutRule[];
}

/** A column with rules. */
export interface LaidOutColumn extends Ruled {
  /** 0-based. */
  readonly index: number;
}

/** A rule, and its marker as a byte string ready to be written. */
export interface LaidOutRule {
  readonly name: string;
  readonly rule: RecordRule;
  readonly action: InvalidAction['action'];
  readonly marker: string;
  /** Whether it reads numbers that a rule before it has written, so not those that such a rule found invalid. */
  readonly readsWritten?: true;
}

/** How columns of the data are found, and rules laid out. */
export interface DataColumns {
  readonly names: readonly string[] | null;
  readonly find: FindColumn;
  /** `arePlain`: whether the numbers that the first rule reads are in the plain form. */
  layOutRules(rules: readonly RuleDefinition[], arePlain: boolean): readonly LaidOutRule[];
  /** Whether a column with this 0-based index has numbers in the plain form after its rules. */
  isPlain(index: number): boolean;
}
