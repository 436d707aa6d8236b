/** Section `records` of a job file: the action for records with a wrong field count or broken quoting. */
import * as z from 'zod';
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
  hidesData: boolean,
): RecordsSettings {
  return {
    'records.wrongFieldCount': fromFile(
      ['records', 'wrongFieldCount'],
      wrongFieldCount,
      hidesData ? 'reject' : MAPPER_DEFAULTS.wrongFieldCount,
    ),
    'records.malformed': fromFile(['records', 'malformed'], malformed, MAPPER_DEFAULTS.malformed),
  };
}
