import { type INVALID_ACTIONS, type InvalidAction, MAPPER_DEFAULTS } from '../contract.js';

/** `invalid` writes a marker; `onInvalid` names another action. By default the value is kept. All are counted. */
export interface InvalidChoice {
  /** Text written in place of an invalid value. */
  readonly invalid?: string | undefined;
  /** `keep` (default) the original value, write a `blank`, `reject` the record, or `fail` with exit code 10. */
  readonly onInvalid?: (typeof INVALID_ACTIONS)[number] | undefined;
}

/** The action of a choice; at most one of its keys is given. */
export function invalidActionOf({ invalid, onInvalid }: InvalidChoice): InvalidAction {
  if (invalid !== undefined) return { action: 'marker', text: invalid };
  return { action: onInvalid ?? MAPPER_DEFAULTS.onInvalid };
}
