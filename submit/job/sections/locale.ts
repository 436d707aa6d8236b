/** Section `locale` of a job file: the locale of rules that have none of their own. */
import * as z from 'zod';
import { localeFlaw } from '../../../mapper/rules/catalogue.js';
import type { Setting } from '../../config/setting.js';
import type { Choose } from './choose.js';

export const localeSchema = () =>
  z
    .string()
    .superRefine((tag, context) => {
      const flaw = localeFlaw(tag);
      if (flaw !== null)
        context.addIssue({ code: 'custom', message: flaw.accepted ?? flaw.message, input: tag });
    })
    .describe(
      'The locale of numbers and names in the data, such as de; a rule may have its own. Without it: none',
    );

export interface LocaleSettings {
  readonly locale: Setting<string | null>;
}

export function localeSettings(locale: string | undefined, { fromFile }: Choose): LocaleSettings {
  return { locale: fromFile<string | null>(['locale'], locale, null) };
}
