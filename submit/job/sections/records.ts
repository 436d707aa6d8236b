/** Section `records` of a job file: what becomes of records that are not as they should be. */
import { z } from 'zod';
import { MAPPER_DEFAULTS, RECORD_ACTIONS } from '../../../mapper/contract.js';
import type { Setting } from '../../config/setting.js';
import type { Choose } from './choose.js';

const recordAction = z.enum(RECORD_ACTIONS);

export const recordsSchema = z.strictObject({
  wrongFieldCount: recordAction.optional(),
  malformed: recordAction.optional(),
});

type RecordAction = z.infer<typeof recordAction>;

export interface RecordsSettings {
  readonly 'records.wrongFieldCount': Setting<RecordAction>;
  readonly 'records.malformed': Setting<RecordAction>;
}

export function recordsSettings(
  { wrongFieldCount, malformed }: z.infer<typeof recordsSchema>,
  { fromFile }: Choose,
): RecordsSettings {
  return {
    'records.wrongFieldCount': fromFile(
      ['records', 'wrongFieldCount'],
      wrongFieldCount,
      MAPPER_DEFAULTS.wrongFieldCount,
    ),
    'records.malformed': fromFile(['records', 'malformed'], malformed, MAPPER_DEFAULTS.malformed),
  };
}
