import { isUtf16 } from '../../mapper/records/utf16-decoder.js';
import { Failure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { ScannedItem } from '../sources/source.js';

/** How the inputs of a job are written, as far as they decide it themselves. */
export interface InputForm {
  /** The delimiter that lines `sep=` have set; null if they have not. */
  readonly separator: string | null;
  /** True if the inputs are read as UTF-8, whatever `csv.encoding` says: they were converted, or have its byte order mark. */
  readonly isMarkedUtf8: boolean;
}

type FormOfItem = Pick<ScannedItem, 'path' | 'sizeBytes' | 'separator' | 'hasMark' | 'converted'>;

/** The form of all inputs. Throws `inputs-differ`: the mapper reads all in one way. Pure. */
export function agreeOnForm({ settings }: JobPlan, scanned: readonly FormOfItem[]): InputForm {
  const items = scanned.filter(({ sizeBytes }) => sizeBytes > 0);
  const encoding = settings['csv.encoding'].value;
  const [first] = items;
  // No input stays UTF-16.
  const isUtf8 = isUtf16(encoding?.label);
  if (first === undefined) return { separator: null, isMarkedUtf8: isUtf8 };
  const delimiter = (item: FormOfItem) => item.separator ?? settings['csv.delimiter'].value;
  requireSame('delimiter', items, (item) => JSON.stringify(delimiter(item)), delimiter);
  // With a mark or without, it is checked.
  if (encoding?.label === 'utf-8') return { separator: first.separator ?? null, isMarkedUtf8: false };
  if (encoding !== null && !isUtf8) {
    requireSame('encoding', items, (item) => encodingOf(item, encoding.label), isReadAsUtf8);
  }
  return {
    separator: first.separator ?? null,
    isMarkedUtf8: isUtf8 || (encoding !== null && isReadAsUtf8(first)),
  };
}

function isReadAsUtf8({ hasMark, converted }: FormOfItem): boolean {
  return hasMark === true || converted !== undefined;
}

function encodingOf({ hasMark, converted }: FormOfItem, label: string): string {
  if (converted?.from === 'xlsx') return 'UTF-8, as all workbooks';
  if (converted !== undefined) return `${converted.from}, by its byte order mark`;
  return hasMark === true ? 'UTF-8, by its byte order mark' : `${label}, by csv.encoding`;
}

function requireSame(
  what: 'delimiter' | 'encoding',
  items: readonly FormOfItem[],
  formOf: (item: FormOfItem) => string,
  keyOf: (item: FormOfItem) => unknown = formOf,
): void {
  const [first, ...others] = items;
  if (first === undefined) return;
  const other = others.find((item) => keyOf(item) !== keyOf(first));
  if (other === undefined) return;
  throw new Failure('inputs-differ', {
    what,
    first: first.path,
    firstHas: formOf(first),
    second: other.path,
    secondHas: formOf(other),
  });
}
