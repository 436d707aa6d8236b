import type { RecordRule } from '../definition.js';
import { invalid as invalidResult, NOT_UTF8, valid } from '../rules/rule.js';
import type { MappedRecord } from './mapped-record.js';
import { linesOfThrown } from './thrown.js';

/** What a user's function returns for a value that it does not accept; made by `invalid`. */
export class Invalid {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * Marks a value as invalid. The rejects contain the reason.
 *
 * @example (text) => /^\d{9}$/.test(text) ? text : invalid('not nine digits')
 */
export function invalid(reason: string): Invalid {
  return new Invalid(reason);
}

/**
 * A user's own rule: returns the new text of a field. Gets the text as earlier rules left it, and the record with the
 * original texts of all fields. Not called for a field that is not valid UTF-8, which is invalid. An exception ends the
 * mapper with exit code 15, and its stack, line and column on stderr.
 */
export type FieldFunction = (text: string, record: MappedRecord) => string | Invalid;

/** A user's function threw, or returned neither text nor `invalid(…)`; `cause` says which. */
export class UserFunctionError extends Error {
  /** Empty for an anonymous function. */
  readonly functionName: string;
  /** Message, stack and causes, from `linesOfThrown`. */
  readonly thrown: readonly string[];

  constructor(functionName: string, cause: unknown, thrown: readonly string[]) {
    super("A user's function failed", { cause });
    this.name = 'UserFunctionError';
    this.functionName = functionName;
    this.thrown = thrown;
  }
}

/** The rule that a user's function makes; throws UserFunctionError. */
export function functionRule(call: FieldFunction): RecordRule {
  const failed = (error: unknown) => new UserFunctionError(call.name, error, linesOfThrown(error));
  return {
    apply: (text, record) => {
      let result: unknown;
      try {
        result = call(text, record);
      } catch (error) {
        throw failed(error);
      }
      if (typeof result === 'string') return valid(result);
      if (result instanceof Invalid) return invalidResult(result.reason);
      const returned = result instanceof Promise ? 'a promise' : result === null ? 'null' : typeof result;
      throw failed(new TypeError(`It returned ${returned}, not a string or invalid(…)`));
    },
    applyToBytes: () => NOT_UTF8,
  };
}
