import { Failure } from '../errors.js';
import type { Override, Setting } from './setting.js';

/** The flag and the environment variable that override a setting. */
export interface OverrideNames {
  readonly flag: string;
  readonly variable: string;
}

/**
 * The last text of an override → its setting; undefined if there is no override. `parse` returns undefined for a text
 * that is not accepted: then this throws `usage`, and `accepted` says what is, or why not this text. `key` is the setting's name.
 */
export function parseOverride<T>(
  key: string,
  override: Override | undefined,
  accepted: string | ((text: string) => string),
  parse: (text: string) => T | undefined,
): Setting<T> | undefined {
  if (override === undefined) return undefined;
  const text = override.texts.at(-1) ?? '';
  const value = parse(text);
  if (value !== undefined) return { value, origin: override.origin };
  throw refusedOverride(key, override, text, typeof accepted === 'string' ? accepted : accepted(text));
}

/** The failure for a text of an override that is not accepted. */
export function refusedOverride(
  key: string,
  { origin }: Override,
  text: string,
  accepted: string,
): Failure<'usage'> {
  const name = 'name' in origin ? origin.name : key;
  return new Failure('usage', { problem: `${name} is ${JSON.stringify(text)}; accepted: ${accepted}` });
}
