/** Texts of the dialect as a job file writes them. */
import * as z from 'zod';
import { DELIMITER } from '../../../mapper/contract.js';

const WORDS: Readonly<Record<string, string>> = { tab: '\t', pipe: '|', semicolon: ';', comma: ',' };

/** `tab` → a tab; `\t`, `\x01`, `\u0001` and `\001`, which YAML leaves alone in single quotes, → that character. */
export function delimiterText(given: string): string {
  const word = WORDS[given];
  if (word !== undefined) return word;
  return given
    .replaceAll('\\t', '\t')
    .replaceAll(/\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([0-7]{3}))/g, (_all, two, four, octal) =>
      String.fromCharCode(octal === undefined ? Number.parseInt(two ?? four, 16) : Number.parseInt(octal, 8)),
    );
}

/** A delimiter of data. */
export const delimiterSchema = () =>
  z.string().refine((given) => DELIMITER.pattern.test(delimiterText(given)), { error: DELIMITER.form });

const QUOTE_FORM = 'one ASCII character that is no letter, digit, space, backslash or line end; or none';

/** The quote of data: a character, or `none`. */
export const quoteSchema = () =>
  z.string().refine((given) => given === 'none' || /^[!#-/:-@[\]-`{-~"]$/.test(given), { error: QUOTE_FORM });

/** A text that starts comments. */
export const commentSchema = () =>
  z.string().regex(/^[^"'\r\n]+$/, { error: 'a text without quotes and line ends' });

/** The texts of fields that are null. */
export const nullsSchema = () =>
  z.union([
    z.string().regex(/^[^\r\n]*$/, { error: 'a text without a line end' }),
    z.array(z.string().regex(/^[^\r\n]*$/, { error: 'a text without a line end' })).min(1),
  ]);
