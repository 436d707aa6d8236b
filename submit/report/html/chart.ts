/** A chart of a page, as data for `bin/report-charts.mjs`, which draws it, and for the table beside it. JSON. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** `spans`: bars from one moment to another, by row. */
  readonly kind: 'bars' | 'lines' | 'spans';
  readonly unit: 'ms' | 'count' | 'bytes';
  /** Of the categories: steps, columns, runs, tasks. */
  readonly labels: readonly string[];
  readonly series: readonly Series[];
}

/** A value for each label; of spans, when it starts and ends, in milliseconds after the first one. */
export interface Series {
  readonly name: string;
  /** A colour by its meaning. */
  readonly tone: 'accent' | 'good' | 'bad' | 'warn' | 'muted';
  readonly values: readonly (number | null | readonly [number, number])[];
}
