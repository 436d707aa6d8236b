import type { OverrideNames } from '../config/override.js';
import type { Override } from '../config/setting.js';
import type { Context } from '../context.js';
import { type Arguments, flagOf } from './define-command.js';

/** One text of a flag or a variable → the texts of its override. */
type Split<Key> = (key: Key, text: string, from: 'flag' | 'environment') => readonly string[];

/** Flags and environment variables → the overrides of settings. A flag beats its variable; an empty variable counts as unset. */
export function overridesOf<Key extends string>(
  names: Readonly<Record<Key, OverrideNames>>,
  { env }: Pick<Context, 'env'>,
  args: Arguments,
  split: Split<Key> = (_key, text) => [text],
): Partial<Record<Key, Override>> {
  const overrides: Partial<Record<Key, Override>> = {};
  for (const key of Object.keys(names) as Key[]) {
    const { flag, variable } = names[key];
    const typed = args[flag];
    const inherited = env[variable];
    if (typed !== undefined) {
      const texts = [typed].flat().flatMap((value) => split(key, String(value), 'flag'));
      overrides[key] = { texts, origin: { from: 'flag', name: flagOf(flag) } };
    } else if (inherited !== undefined && inherited !== '') {
      const texts = split(key, inherited, 'environment');
      overrides[key] = { texts, origin: { from: 'environment', name: variable } };
    }
  }
  return overrides;
}
