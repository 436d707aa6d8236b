import type { KeyPath } from '../../config/key-path.js';
import { parseOverride } from '../../config/override.js';
import type { Override, Setting } from '../../config/setting.js';
import type { ParsedYaml } from '../../config/yaml-file.js';

/** Chooses the value of a setting: the override (flag or environment), else the job file's, else the default. */
export interface Choose {
  /** The job file's value, else the default. */
  fromFile<T>(path: KeyPath, inFile: T | undefined, fallback: T): Setting<T>;
  /** The override's value; undefined if there is none. */
  override<T>(key: string, read: (texts: readonly string[]) => T): Setting<T> | undefined;
  /** The same for one text. Throws `usage` if `parse` returns undefined; `accepted` says what is accepted, or why not this text. */
  overrideText<T>(
    key: string,
    accepted: string | ((text: string) => string),
    parse: (text: string) => T | undefined,
  ): Setting<T> | undefined;
}

/** Chooses between a job file and its overrides. */
export function chooserOf(
  job: Pick<ParsedYaml<unknown>, 'positionOf'>,
  overrides: Readonly<Partial<Record<string, Override>>>,
): Choose {
  return {
    fromFile: (path, inFile, fallback) =>
      inFile === undefined
        ? { value: fallback, origin: { from: 'default' } }
        : { value: inFile, origin: { from: 'job file', line: job.positionOf(path).line } },
    override: (key, read) => {
      const given = overrides[key];
      return given && { value: read(given.texts), origin: given.origin };
    },
    overrideText: (key, accepted, parse) => parseOverride(key, overrides[key], accepted, parse),
  };
}
