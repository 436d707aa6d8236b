import { dateNamesOf, type Names } from '../locales/locale.js';
import type { DateElement } from './date-pattern.js';

type NamedField = Extract<DateElement, { kind: 'field' }>;

/** Finds a name at a place of a text: its 0-based index, and where it ends. */
export type NameReader = (
  text: string,
  at: number,
) => { readonly index: number; readonly end: number } | null;

/** Reads the names of an element, in any letter case: the longest that fits. */
export function nameReader(
  element: NamedField,
  locale: string | undefined,
  next: DateElement | undefined,
): NameReader {
  // A point behind a name belongs to the pattern where that has one.
  const isPointTaken = !(next?.kind === 'literal' && next.text.startsWith('.'));
  const shapes = namesOf(element, locale)
    .flatMap((forms, index) => forms.map((form) => ({ index, form: form.replaceAll('.', '') })))
    .sort((a, b) => b.form.length - a.form.length)
    .map(({ index, form }) => ({ index, shape: shapeOf(form, element.field === 'halfDay', isPointTaken) }));
  return (text, at) => {
    for (const { index, shape } of shapes) {
      shape.lastIndex = at;
      if (shape.test(text)) return { index, end: shape.lastIndex };
    }
    return null;
  };
}

/** The name that is written for an index. */
export function nameWriter(element: NamedField, locale: string | undefined): (index: number) => string {
  const names = namesOf(element, locale);
  return (index) => names[index]?.[0] ?? '';
}

function namesOf({ field, form }: NamedField, locale = 'en'): Names {
  const { months, shortMonths, days, shortDays, halves } = dateNamesOf(locale);
  if (field === 'halfDay') return halves;
  if (field === 'weekday') return form === 'fullName' ? days : shortDays;
  return form === 'fullName' ? months : shortMonths;
}

/** Points are optional, in `a.m.` also within, and so are spaces. */
function shapeOf(form: string, isHalfDay: boolean, isPointTaken: boolean): RegExp {
  const chars = [...form].map((char) =>
    /\p{Zs}/u.test(char) ? ' ?' : char.replace(/[\\^$*+?()[\]{}|/-]/g, '\\$&'),
  );
  const text = isHalfDay ? chars.join('\\.? ?') : chars.join('');
  return new RegExp(`${text}${isPointTaken ? '\\.?' : ''}`, 'iuy');
}
