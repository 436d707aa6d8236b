import { type DateFormat, datePatternsOf, orderOf } from './date-formats.js';

/** Orders of year, month and day in numbers that may be taken for each other. */
const ORDERS = ['Mdy', 'dMy', 'yMd'] as const;
type Order = (typeof ORDERS)[number];

/**
 * The ways to read all dates of a column, each as a list of patterns: one where the values tell which number is the month,
 * two or three where they don't, none where no order fits all. `shapes`: for each shape of the column the formats that fit it.
 */
export function resolveDates(shapes: readonly (readonly DateFormat[])[]): readonly (readonly string[])[] {
  const fitting = ORDERS.filter((order) => shapes.every((formats) => formatOf(formats, order) !== undefined));
  // Between points the day comes first: nobody writes a month so.
  const areDotted = shapes.every((formats) => formats.every((format) => !isOpen(format) || isDotted(format)));
  const orders = areDotted && fitting.includes('dMy') ? fitting.filter((order) => order !== 'Mdy') : fitting;
  const ways = orders.map((order) => {
    const byKey = new Map<string, DateFormat[]>();
    for (const formats of shapes) {
      const format = formatOf(formats, order);
      if (format !== undefined) byKey.set(format.key, [...(byKey.get(format.key) ?? []), format]);
    }
    return [...byKey.values()].flatMap(datePatternsOf);
  });
  const texts = ways.map((way) => way.join('\n'));
  return ways.filter((_way, at) => texts.indexOf(texts[at] ?? '') === at);
}

/** The format of that order, or the only one where the order is no question. */
function formatOf(formats: readonly DateFormat[], order: Order): DateFormat | undefined {
  return formats.some(isOpen) ? formats.find((format) => orderOf(format) === order) : formats[0];
}

/** Where a year of four digits comes first, or a month has a name, there is no question. */
function isOpen(format: DateFormat): boolean {
  return ['Mdy', 'dMy'].includes(orderOf(format));
}

/** Whether points stand between day, month and year. */
function isDotted({ elements }: DateFormat): boolean {
  const first = elements.findIndex((element) => typeof element === 'object' && 'Md'.includes(element.part));
  return elements[first + 1] === '.';
}
