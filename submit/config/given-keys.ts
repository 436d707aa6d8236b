import * as z from 'zod';

/** Whether a file has a name anywhere, as a key or as a text. */
export type IsGiven = (name: string) => boolean;

/** Keys of a mapping: a schema, or a function that makes it, for a key that may be left out. */
type Keys = Readonly<Record<string, z.ZodType | (() => z.ZodType)>>;
type ShapeOf<Given extends Keys> = {
  [Key in keyof Given]: Extract<Given[Key] extends () => infer Made ? Made : Given[Key], z.ZodType>;
};

/**
 * A mapping without unknown keys. Keys that may be left out are functions: their schemas are made only for a file that has
 * the key, because making all of them takes a part of each start.
 */
export function strictObjectOf<Given extends Keys>(
  keys: Given,
  isGiven: IsGiven,
): z.ZodObject<ShapeOf<Given>, z.core.$strict> {
  const shape: Record<string, z.ZodType> = {};
  for (const [key, schema] of Object.entries(keys)) {
    if (typeof schema !== 'function') shape[key] = schema;
    else if (isGiven(key)) shape[key] = schema();
  }
  return z.strictObject(shape as ShapeOf<Given>);
}

/** For the schema of all files. */
export const ALL_GIVEN: IsGiven = () => true;

/** For the schema of a file with this content. */
export function givenIn(content: unknown): IsGiven {
  const given = new Set<unknown>();
  const note = (value: unknown): void => {
    // What has an alias in the file is there several times.
    if (given.has(value)) return;
    given.add(value);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, part] of Object.entries(value)) {
      given.add(key);
      note(part);
    }
  };
  note(content);
  return (name) => given.has(name);
}
