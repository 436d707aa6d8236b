import { type DateFormat, datePatternsOf, orderOf } from './date-formats.js';

/** Which number comes first where the year comes last. */
type Order = 'Md' | 'dM';

/**
 * The ways to read all dates of a column, each as a list of patterns: one where the values tell which number is the month,
 * two where they don't, none where no order fits all. `shapes`: for each shape of the column the formats that fit it.
 */
export function resolveDates(shapes: readonly (readonly DateFormat[])[]): readonly (readonly string[])[] {
  const orders = (['Md', 'dM'] as const).filter((order) =>
    shapes.every((formats) => formatOf(formats, order) !== undefined),
  );
  const ways = orders.map((order) => {
    const byKey = new Map<string, DateFormat[]>();
    for (const formats of shapes) {
      const format = formatOf(formats, order);
      if (format !== undefined) byKey.set(format.key, [...(byKey.get(format.key) ?? []), format]);
    }
    return [...byKey.values()].flatMap(datePatternsOf);
  });
  const [one, other] = ways;
  return one !== undefined && other !== undefined && one.join('\n') === other.join('\n') ? [one] : ways;
}

/** The format of that order, or the only one where the order is no question. */
function formatOf(formats: readonly DateFormat[], order: Order): DateFormat | undefined {
  const open = formats.filter((format) => OPEN_ORDERS.includes(orderOf(format)));
  if (open.length === 0) return formats[0];
  return open.find((format) => orderOf(format) === `${order}y`);
}

/** Where the year comes first, or a month has a name, there is no question. */
const OPEN_ORDERS = ['Mdy', 'dMy'];
