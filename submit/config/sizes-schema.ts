import * as z from 'zod';
import { parseSize, SIZE_FORM } from './sizes.js';

/** A size in a YAML file: a number of bytes, or text with a unit. */
export const sizeSchema = () =>
  z
    .union([z.int().positive(), z.string()])
    .refine((value) => typeof value === 'number' || (parseSize(value) ?? 0) > 0, { error: SIZE_FORM });

/** A size that passed validation → bytes. */
export function bytesOf(size: string | number | undefined): number | undefined {
  return typeof size === 'string' ? parseSize(size) : size;
}
