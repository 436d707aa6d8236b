import type { KeyPath } from '../../config/key-path.js';
import { parseOverride } from '../../config/override.js';
import type { Override, Setting } from '../../config/setting.js';
import type { ParsedYaml } from '../../config/yaml-file.js';

/** Finds the value of a setting: flag beats environment (the caller has merged these two) beats job file beats default. */
export interface Choose {
  /** The job file's value, else the default. */
  fromFile<T>(path: KeyPath, inFile: T | undefined, fallback: T): Setting<T>;
  /** The override's value. Undefined where there is none. */
  override<T>(key: string, read: (texts: readonly string[]) => T): Setting<T> | undefined;
  /** As `override`, for one text. Throws `usage` where `parse` gives undefined; `accepted` says what it takes. */
  overrideText<T>(
    key: string,
    accepted: string,
    parse: (text: string) => T | undefined,
  ): Setting<T> | undefined;
}

/** Job file and overrides → what chooses among them. */
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
