/** Section `records` of a job file: the action for records with a wrong field count or broken quoting. */
import * as z from 'zod';
import { FIELD_COUNT_ACTIONS, MAPPER_DEFAULTS, RECORD_ACTIONS } from '../../../mapper/contract.js';
import type { Setting } from '../../config/setting.js';
import type { Choose } from './choose.js';

/**
 * What a run does about an input that lacks planned columns or has others: `fill` writes empty fields for what is missing
 * and takes new columns in at the end, `ignoreNew` leaves new columns out.
 */
export const DRIFT_CHOICES = ['fail', 'fill', 'ignoreNew'] as const;
export type DriftChoice = (typeof DRIFT_CHOICES)[number];

export const recordsSchema = () =>
  z.strictObject({
    wrongFieldCount: z
      .enum(FIELD_COUNT_ACTIONS)
      .optional()
      .describe(
        'Records with more or fewer fields than the header: pass (unchanged, the default), pad (missing fields are empty, empty ones too many go, blank lines are left out, what has a text too many is rejected), reject or fail',
      ),
    malformed: z.enum(RECORD_ACTIONS).optional(),
    onDrift: z
      .enum(DRIFT_CHOICES)
      .optional()
      .describe(
        'Columns that are missing in an input or new: fail (the default), fill (missing ones are empty, new ones come at the end) or ignoreNew (new ones are left out)',
      ),
  });

export interface RecordsSettings {
  readonly 'records.wrongFieldCount': Setting<(typeof FIELD_COUNT_ACTIONS)[number]>;
  readonly 'records.malformed': Setting<(typeof RECORD_ACTIONS)[number]>;
  readonly 'records.onDrift': Setting<DriftChoice>;
}

export function recordsSettings(
  { wrongFieldCount, malformed, onDrift }: z.infer<ReturnType<typeof recordsSchema>>,
  { fromFile }: Choose,
  mustBeWhole: boolean,
): RecordsSettings {
  return {
    'records.wrongFieldCount': fromFile(
      ['records', 'wrongFieldCount'],
      wrongFieldCount,
      mustBeWhole ? 'reject' : MAPPER_DEFAULTS.wrongFieldCount,
    ),
    'records.malformed': fromFile(['records', 'malformed'], malformed, MAPPER_DEFAULTS.malformed),
    'records.onDrift': fromFile(['records', 'onDrift'], onDrift, 'fail'),
  };
}
