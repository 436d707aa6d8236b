/**
 * The figures of a scheduled job. All are gauges that tell of one run, so that the text is the same to Prometheus' own
 * format and to OpenMetrics. Names end with their base unit.
 */
export interface Metric {
  readonly name: string;
  /** Must be the same for all jobs: the collector reads them together. */
  readonly help: string;
  /** Ends the name too. */
  readonly unit?: 'seconds' | 'bytes';
  readonly samples: readonly Sample[];
}

/** A value, and its labels besides that of the job. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the metrics of a job are made of. Times in milliseconds since 1970. */
export interface JobFacts {
  readonly job: string;
  /** The start that has just ended. */
  readonly start: { readonly startedMs: number; readonly endedMs: number; readonly exitCode: number };
  /** The steps that it performed. */
  readonly steps: readonly TimedStep[];
  /** When a run last published, or had nothing to do; null: never. */
  readonly succeededMs: number | null;
  /** What published last; null if nothing did. */
  readonly published: PublishedFacts | null;
  /** How often something is expected to be published; null: not said. */
  readonly expectEveryMs: number | null;
}

export interface TimedStep {
  readonly step: string;
  readonly startedMs: number;
  readonly endedMs: number;
}

/** A run that published. */
export interface PublishedFacts {
  readonly endedMs: number;
  readonly records: {
    readonly read: number;
    readonly written: number;
    readonly rejected: number;
    readonly leftOut: number;
  };
  /** Invalid values by column with rules. */
  readonly invalid: Readonly<Record<string, number>>;
  readonly inputFiles: number;
  readonly inputBytes: number;
  readonly outputFiles: number;
  readonly outputBytes: number;
  /** Checks that did not hold, and only warn. */
  readonly checkWarnings: number;
}

/** Facts of a job → its metrics. What is not known has none. */
export function metricsOf(facts: JobFacts): readonly Metric[] {
  const { start, succeededMs, published, expectEveryMs } = facts;
  return [
    one('last_run_exit_code', 'Exit code of the last start that was not refused', start.exitCode),
    seconds('last_run_start_timestamp', 'When the last start began, in Unix time', start.startedMs),
    seconds('last_run_end_timestamp', 'When the last start ended, in Unix time', start.endedMs),
    seconds('last_run_duration', 'How long the last start took', start.endedMs - start.startedMs),
    {
      ...seconds('last_run_step_duration', 'How long each step of the last start took', null),
      samples: durationsOf(facts.steps),
    },
    seconds(
      'last_success_timestamp',
      'When a run last published or had nothing to do, in Unix time',
      succeededMs,
    ),
    seconds('expected_interval', 'How often something is expected to be published', expectEveryMs),
    ...(published === null ? [] : publishedMetrics(published)),
  ].filter(({ samples }) => samples.length > 0);
}

function publishedMetrics(published: PublishedFacts): Metric[] {
  const { records, invalid } = published;
  const results = {
    read: records.read,
    written: records.written,
    rejected: records.rejected,
    left_out: records.leftOut,
  };
  return [
    seconds('last_publish_timestamp', 'When a run last published, in Unix time', published.endedMs),
    labelled(
      'last_publish_records',
      'Records of the last published run by what became of them',
      'result',
      results,
    ),
    labelled(
      'last_publish_invalid_values',
      'Invalid values of the last published run by column',
      'column',
      invalid,
    ),
    one(
      'last_publish_check_warnings',
      'Checks of the last published run that did not hold',
      published.checkWarnings,
    ),
    one('last_publish_input_files', 'Input files of the last published run', published.inputFiles),
    bytes('last_publish_input', 'Size of the inputs of the last published run', published.inputBytes),
    one('last_publish_output_files', 'Part files of the last published run', published.outputFiles),
    bytes('last_publish_output', 'Size of the output of the last published run', published.outputBytes),
  ];
}

/** A step that was performed more than once has the sum of its times. */
function durationsOf(steps: readonly TimedStep[]): Sample[] {
  const sums = new Map<string, number>();
  for (const { step, startedMs, endedMs } of steps)
    sums.set(step, (sums.get(step) ?? 0) + endedMs - startedMs);
  return [...sums].map(([step, ms]) => ({ labels: { step }, value: ms / 1000 }));
}

const PREFIX = 'hadoop_elt';

function one(name: string, help: string, value: number): Metric {
  return { name: `${PREFIX}_${name}`, help, samples: [{ labels: {}, value }] };
}

function seconds(name: string, help: string, ms: number | null): Metric {
  const samples = ms === null ? [] : [{ labels: {}, value: ms / 1000 }];
  return { name: `${PREFIX}_${name}_seconds`, help, unit: 'seconds', samples };
}

function bytes(name: string, help: string, value: number): Metric {
  return { ...one(`${name}_bytes`, help, value), unit: 'bytes' };
}

function labelled(
  name: string,
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): Metric {
  const samples = Object.entries(values).map(([text, value]) => ({ labels: { [label]: text }, value }));
  return { name: `${PREFIX}_${name}`, help, samples };
}
