/** The orders in which dates of numbers are read. */
export const NUMBER_ORDERS = ['yMd', 'Mdy', 'dMy'] as const;
export type NumberOrder = (typeof NUMBER_ORDERS)[number];

interface Extremes {
  least: number;
  leastText: string;
  greatest: number;
  greatestText: string;
}

/** Where year, month and day are among the numbers. */
const PLACES: Readonly<Record<NumberOrder, readonly [number, number, number]>> = {
  yMd: [0, 1, 2],
  Mdy: [2, 0, 1],
  dMy: [2, 1, 0],
};

/** The first and last of dates that are written in numbers, for each order in which they may be read. */
export class DateExtremes {
  readonly #byOrder: readonly { readonly order: NumberOrder; readonly extremes: Extremes }[];

  constructor(orders: readonly NumberOrder[]) {
    this.#byOrder = orders.map((order) => ({
      order,
      extremes: {
        least: Number.POSITIVE_INFINITY,
        leastText: '',
        greatest: Number.NEGATIVE_INFINITY,
        greatestText: '',
      },
    }));
  }

  /** Takes a date by its numbers: three of the date, then those of the time. `text` gives the value. */
  add(numbers: ArrayLike<number>, count: number, text: () => string): void {
    for (const { order, extremes } of this.#byOrder) {
      const [year, month, day] = PLACES[order];
      let moment = ((numbers[year] ?? 0) * 12 + (numbers[month] ?? 0)) * 31 + (numbers[day] ?? 0);
      let unit = 1;
      for (let at = 3; at < Math.min(count, 6); at++) {
        unit /= at === 3 ? 24 : 60;
        moment += (numbers[at] ?? 0) * unit;
      }
      if (moment < extremes.least) {
        extremes.least = moment;
        extremes.leastText = text();
      }
      if (moment > extremes.greatest) {
        extremes.greatest = moment;
        extremes.greatestText = text();
      }
    }
  }

  /** The extremes by one order; null if the dates are not read in it. */
  of(order: NumberOrder): Readonly<Extremes> | null {
    return this.#byOrder.find((one) => one.order === order)?.extremes ?? null;
  }
}
