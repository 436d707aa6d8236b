import { Failure } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { ScannedItem } from '../sources/source.js';

/** How the inputs of a job are written, as far as they decide it themselves. */
export interface InputForm {
  /** The delimiter that lines `sep=` have set; null if they have not. */
  readonly separator: string | null;
  /** True if byte order marks beat `csv.encoding`: the inputs are UTF-8. */
  readonly isMarkedUtf8: boolean;
}

type FormOfItem = Pick<ScannedItem, 'path' | 'sizeBytes' | 'separator' | 'hasMark'>;

/** The form of all inputs. Throws `inputs-differ`: the mapper reads all in one way. Pure. */
export function agreeOnForm({ settings }: JobPlan, scanned: readonly FormOfItem[]): InputForm {
  const items = scanned.filter(({ sizeBytes }) => sizeBytes > 0);
  const [first] = items;
  if (first === undefined) return { separator: null, isMarkedUtf8: false };
  const delimiter = (item: FormOfItem) => item.separator ?? settings['csv.delimiter'].value;
  requireSame('delimiter', items, (item) => JSON.stringify(delimiter(item)));
  const encoding = settings['csv.encoding'].value;
  if (encoding !== null) {
    requireSame('encoding', items, ({ hasMark = false }) =>
      hasMark ? 'UTF-8, by its byte order mark' : `${encoding.label}, by csv.encoding`,
    );
  }
  return { separator: first.separator ?? null, isMarkedUtf8: encoding !== null && first.hasMark === true };
}

function requireSame(
  what: 'delimiter' | 'encoding',
  items: readonly FormOfItem[],
  formOf: (item: FormOfItem) => string,
): void {
  const [first, ...others] = items;
  if (first === undefined) return;
  const other = others.find((item) => formOf(item) !== formOf(first));
  if (other === undefined) return;
  throw new Failure('inputs-differ', {
    what,
    first: first.path,
    firstHas: formOf(first),
    second: other.path,
    secondHas: formOf(other),
  });
}
