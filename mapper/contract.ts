/**
 * What the mapper and the submitter agree on: the plan that is baked into a bundle, the counters, the exit
 * codes and the environment of a task. Imports nothing, so that both sides can hold it.
 */

/** What can happen to a field that a rule finds invalid, beside a marker: text written in its place. */
export const INVALID_ACTIONS = ['keep', 'blank', 'reject', 'fail'] as const;
/** `marker` writes its text in the field's place. */
export type InvalidAction =
  | { readonly action: 'marker'; readonly text: string }
  | { readonly action: (typeof INVALID_ACTIONS)[number] };

/** One rule with all its options decided; beside the two keys here, its options by name. JSON-safe. */
export interface RulePlan {
  /** Its name in mapper/rules/catalogue.ts. */
  readonly rule: string;
  readonly onInvalid: InvalidAction;
  readonly [option: string]: unknown;
}

/** A column named by its header text or by its 0-based index, and its rules in the order they are applied. */
export interface ColumnPlan {
  readonly column: string | number;
  readonly rules: readonly RulePlan[];
}

/** `pass` writes the record unchanged, `reject` leaves it out and counts it, `fail` ends the task. */
export const RECORD_ACTIONS = ['pass', 'reject', 'fail'] as const;
export type RecordAction = (typeof RECORD_ACTIONS)[number];

/** See `MapperPlan`. */
export const LINE_BREAK_CHOICES = ['auto', 'yes', 'no'] as const;
export const HEADER_CHOICES = ['keep', 'drop'] as const;

/** A delimiter that is accepted, and how messages say it. */
export const DELIMITER = {
  pattern: /^[^"\r\n\u0080-\uffff]$/,
  form: 'one ASCII character, neither a quote nor a line end',
} as const;

/** What counts where a job file or a mapper in TypeScript leaves it out. */
export const MAPPER_DEFAULTS = {
  delimiter: ',',
  /** Whether the data have a header, by the columns that are given. */
  header: (columns: readonly string[] | undefined): boolean => columns === undefined,
  quotedLineBreaks: 'auto',
  maxRecordBytes: 64 * 1024 ** 2,
  wrongFieldCount: 'pass',
  malformed: 'fail',
  outputHeader: 'keep',
  /** What is done about invalid fields. */
  onInvalid: 'keep',
} as const;

/** Everything a bundle knows about its job; JSON-safe. */
export interface MapperPlan {
  readonly job: string;
  readonly csv: {
    /** One ASCII character. */
    readonly delimiter: string;
    /** True where the data carry a header record; then `names` null means: take the first record of stdin. */
    readonly header: boolean;
    /** The column names in order, baked in, or null where they are not known. */
    readonly names: readonly string[] | null;
    /**
     * Whether a quoted field may go on over a line end. `auto`: yes in a pipe; in a task it is an error
     * that names this setting, for the record may have been cut by a split.
     */
    readonly quotedLineBreaks: (typeof LINE_BREAK_CHOICES)[number];
    /** A quoted field that is still open after this many bytes of its record makes the record malformed. */
    readonly maxRecordBytes: number;
  };
  readonly columns: readonly ColumnPlan[];
  readonly records: { readonly wrongFieldCount: RecordAction; readonly malformed: RecordAction };
  readonly output: { readonly header: (typeof HEADER_CHOICES)[number] };
}

/** What a job decides of a mapper beside its rules. JSON-safe. */
export type MapperSettings = Omit<MapperPlan, 'columns'>;

/** What a bundle of a user's module knows beside the module: the column names, or all that a job file decides. */
export type BakedSettings = MapperSettings | { readonly names: readonly string[] | null };

/** What a mapper tells of itself by `--describe`: its settings, and the columns that have rules. JSON-safe. */
export interface MapperDescription extends MapperSettings {
  readonly columns: readonly (string | number)[];
}

/** The counter group under Hadoop. */
export const COUNTER_GROUP = 'hadoop-elt';

/**
 * The fixed counters, by their name in code and their name under Hadoop. In the output and in the rejects alike:
 * records read = records written + records rejected. A header is not a record.
 */
export const COUNTERS = {
  /** Physical lines taken from stdin, ended by LF, CRLF, CR or the end of input. */
  linesRead: 'lines read',
  /** Lines written to stdout, each ended by LF. */
  linesWritten: 'lines written',
  /** Records taken from stdin, without headers; a malformed line is one record. */
  recordsRead: 'records read',
  /** Records that belong to the output, without headers. */
  recordsWritten: 'records written',
  recordsRejected: 'records rejected',
  headersDropped: 'headers dropped',
  /** Headers seen, kept or dropped. */
  headers: 'headers',
  wrongFieldCount: 'wrong field count',
  malformed: 'malformed',
} as const;
export type CounterName = keyof typeof COUNTERS;

/** Prefix of the counter of invalid fields of one column: `invalid Order Date`. */
export const INVALID_COUNTER_PREFIX = 'invalid ';
/** Hadoop allows 120 counters a job by default: columns beyond this many share one counter. */
export const MAX_INVALID_COUNTERS = 50;
export const INVALID_OTHER_COUNTER = 'invalid in other columns';

/** What one mapper process counted, whole numbers. `invalid` is by column label. */
export interface MapperCounts extends Record<CounterName, number> {
  invalid: Record<string, number>;
}

/** Exit codes of a mapper process; the submitter translates them back to a cause. */
export const MAPPER_EXIT = {
  done: 0,
  /** A bug in the mapper: an exception nobody expected; its stack is on stderr. */
  bug: 1,
  /** Command-line arguments or baked plan not understood. */
  usage: 2,
  /** stdin could not be read or stdout not written. */
  io: 3,
  /** A field was invalid and its rule says `fail`. */
  invalidField: 10,
  /** A record had the wrong number of fields and the job says `fail`. */
  wrongFieldCount: 11,
  /** A record was malformed and the job says `fail`. */
  malformed: 12,
  /** The header is not known here, or lacks a column that has a rule. */
  header: 13,
  /** A quoted field goes on over a line end in data that were never scanned: `csv.quotedLineBreaks`. */
  quotedLineBreak: 14,
  /** A function of a user's mapper threw. */
  userFunction: 15,
  /** stdout was closed by its reader (128 + SIGPIPE); quiet outside a task. */
  brokenPipe: 141,
} as const;
export type MapperExitCode = (typeof MAPPER_EXIT)[keyof typeof MAPPER_EXIT];

/**
 * Environment of a task. Hadoop Streaming exports the job configuration with every character that is not a
 * letter or digit turned into `_` (Hadoop 3.3 PipeMapRed); the local engine sets the same names.
 */
export const TASK_ENVIRONMENT = {
  attemptId: 'mapreduce_task_attempt_id',
  inputFile: 'mapreduce_map_input_file',
  /** Byte offset of the split in its file. */
  inputStart: 'mapreduce_map_input_start',
  /** Bytes of the split. */
  inputLength: 'mapreduce_map_input_length',
  /**
   * Set by the local engine alone: `start-end` (bytes, end exclusive). stdin is then the input file itself, and
   * the task reads this range of it, which the engine has cut at line ends as Hadoop's LineRecordReader would.
   */
  stdinRange: 'hadoop_elt_stdin_range',
} as const;

/**
 * Under Hadoop a task's status is this and then `start+length of file`: part files come in the order of their tasks,
 * which is not that of the input, and the status tells which is which.
 */
export const SPLIT_STATUS_PREFIX = 'split ';

/**
 * What a task writes to stderr of the record at which it stopped, a line of its own: line number (1-based, the first line
 * that the task read is 1), byte offset of the split, and the input file.
 */
export const RECORD_PLACE = /^\s*at line (\d+) of the split that starts at byte (\d+) of (.+)$/m;

/** In a bundle, the name of the constant that holds its plan (or what overrides a user mapper's own). */
export const PLAN_CONSTANT = 'HADOOP_ELT_PLAN';
