/**
 * The contract between mapper and submitter: the plan that is baked into a bundle, the counters, the exit codes and
 * the environment of a task. It imports nothing, so that both sides can import it.
 */

/** What can happen to a field that a rule finds invalid, apart from writing a marker in its place. */
export const INVALID_ACTIONS = ['keep', 'blank', 'reject', 'fail'] as const;
/** `marker` writes its text in the field's place. */
export type InvalidAction =
  | { readonly action: 'marker'; readonly text: string }
  | { readonly action: (typeof INVALID_ACTIONS)[number] };

/** One rule with its options resolved. Options are further keys, by name. JSON-safe. */
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

/**
 * A column of the output: the text that a column of the data has after its rules, and then rules of its own. A column
 * without a name keeps that of the data.
 */
export interface OutputColumnPlan extends OutputColumnNaming {
  /** An expression in place of a column of the data, whose `from` is then null. Its invalid results are never kept. */
  readonly compute?: {
    readonly expression: string;
    readonly onInvalid: InvalidAction;
    /** That of the job: the locale of numbers that no rule wrote. */
    readonly locale?: string;
  };
  readonly rules: readonly RulePlan[];
}

/** What decides the name of a column of the output. */
export interface OutputColumnNaming {
  readonly name: string | null;
  /** Null for a column that is computed; it has a name. */
  readonly from: string | number | null;
}

/** Which records stay, by the text that they have before the rules. Tests are rules that only judge. */
export type WherePlan =
  | { readonly allOf: readonly WherePlan[] }
  | { readonly not: WherePlan }
  | { readonly column: string | number; readonly test: RulePlan };

/** `pass` writes the record unchanged, `reject` leaves it out and counts it, `fail` ends the task. */
export const RECORD_ACTIONS = ['pass', 'reject', 'fail'] as const;
export type RecordAction = (typeof RECORD_ACTIONS)[number];

/**
 * What is done with records of another width than the header: `pad` adds empty fields, or takes empty ones away, and rejects what
 * has a text in a field too many. The others are as for any record.
 */
export const FIELD_COUNT_ACTIONS = ['pass', 'pad', 'reject', 'fail'] as const;
export type FieldCountAction = (typeof FIELD_COUNT_ACTIONS)[number];

/** See `MapperPlan`. */
export const LINE_BREAK_CHOICES = ['auto', 'yes', 'no'] as const;
/**
 * Where the output has headers: `every-part` at the start of each part, `first-part` only at the start of the part that sorts
 * first, `keep` where the data have them, `drop` nowhere. A pipe is one part.
 */
export const HEADER_CHOICES = ['every-part', 'first-part', 'keep', 'drop'] as const;
export type HeaderChoice = (typeof HEADER_CHOICES)[number];

/** Whether a mapper writes headers by itself. */
export function addsHeaders(choice: HeaderChoice): boolean {
  return choice === 'every-part' || choice === 'first-part';
}

/** What stands in place of a text that nobody may be shown. */
export const HIDDEN = '***';

/** Whether inputs must hold the columns in the same order, or may hold them in another. */
export const COLUMN_ORDERS = ['same', 'byName'] as const;
export type ColumnOrder = (typeof COLUMN_ORDERS)[number];

/** A header that is not the plan's, and the inputs that have it. JSON. */
export interface InputLayout {
  readonly names: readonly string[];
  /** The names as the data spell them, one char a byte. Left out where that is their UTF-8. */
  readonly nameBytes?: readonly string[];
  /** Paths in the engine's store. */
  readonly inputs: readonly string[];
}

/** The columns of the rejects. `record` is the record as it was read; `line` is empty where it is not known. */
export const REJECT_COLUMNS = ['file', 'line', 'column', 'rule', 'value', 'reason', 'record'] as const;

/** A delimiter that is accepted, and how messages say it. */
export const DELIMITER = {
  pattern: /^[^"\r\n]+$/,
  form: 'any text without a quote or a line end, or one of the words tab, pipe, semicolon, comma',
} as const;

/** How a quote, or a delimiter, is written inside quotes: doubled (RFC 4180), or behind a backslash. */
export const ESCAPES = ['double', 'backslash'] as const;
/** How names of the job file and headers are compared: `loose` minds neither case nor spaces around. */
export const HEADER_MATCHES = ['exact', 'loose'] as const;
/** Which fields of the output are in quotes: those that need them, or all. */
export const QUOTE_CHOICES = ['minimal', 'all'] as const;

/**
 * What is unusual about the data; what is left out is usual: `"` as quote, doubled, strict, nothing skipped, no nulls. Texts
 * are text, and stand in the data as UTF-8.
 */
export interface CsvDialect {
  /** One ASCII character; null: no field is quoted. */
  readonly quote?: string | null;
  readonly escape?: 'backslash';
  /** Quotes in a quoted field need not be doubled, and spaces may stand around it. */
  readonly lenientQuotes?: true;
  /** Present if a line `sep=;` at the start may set the delimiter, because the job does not. */
  readonly delimiterIsOpen?: true;
  /** Number of lines before the header of each file. */
  readonly skipLines?: number;
  /** Lines that start with this text are no records. */
  readonly comment?: string;
  /** Fields without quotes that have one of these texts are null. */
  readonly nulls?: readonly string[];
  readonly headerMatch?: 'loose';
  readonly encoding?: EncodingPlan;
}

/** The encoding of the data. */
export interface EncodingPlan {
  /** Its name by the WHATWG's standard. */
  readonly label: string;
  /** For an encoding of single bytes: the characters of the bytes 0x80 to 0xff. */
  readonly upperHalf?: string;
}

/** How the output is written, where that differs from the usual: the data's delimiter, only quotes that are needed. */
export interface OutputStyle {
  readonly delimiter?: string;
  readonly quote?: 'all';
  /** What is written for null and for empty fields. */
  readonly null?: string;
}

/** The defaults of job files and of mappers in TypeScript. */
export const MAPPER_DEFAULTS = {
  delimiter: ',',
  /** Data have a header unless `csv.columns` names the columns. */
  header: (columns: readonly string[] | undefined): boolean => columns === undefined,
  quotedLineBreaks: 'auto',
  maxRecordBytes: 64 * 1024 ** 2,
  columnOrder: 'same',
  wrongFieldCount: 'pass',
  malformed: 'fail',
  /** Data without a header get none. */
  outputHeader: (header: boolean): HeaderChoice => (header ? 'every-part' : 'drop'),
  onInvalid: 'keep',
} as const;

/** Everything a bundle knows about its job; JSON-safe. */
export interface MapperPlan {
  readonly job: string;
  readonly csv: CsvDialect & {
    /** Any text without a line end. */
    readonly delimiter: string;
    /** Whether the data have a header record. If so, and `names` is null, the first record of stdin is the header. */
    readonly header: boolean;
    /** The column names in order, or null where they are unknown when the bundle is built. */
    readonly names: readonly string[] | null;
    /** Present if data may come without the header whose names are given here, as with `map --header-from`. */
    readonly headerIsOptional?: true;
    /** The names as the data spell them, one char a byte. Left out where that is their UTF-8. */
    readonly nameBytes?: readonly string[];
    /**
     * Whether a quoted field may contain line breaks. `auto`: yes in a pipe; in a task it is an error that names
     * this setting, because the record may have been cut by a split.
     */
    readonly quotedLineBreaks: (typeof LINE_BREAK_CHOICES)[number];
    /** A record is malformed if a quoted field is still open after this many bytes of the record. */
    readonly maxRecordBytes: number;
    /** Left out for `same`. By `byName` a pipe follows a header that has the same names in another order. */
    readonly columnOrder?: 'byName';
    /**
     * Headers of inputs that hold other columns than `names`, or hold them in another order. Records are written in the
     * order of `names`; what an input lacks is empty, what it has beside them is left out. Left out if there are none.
     */
    readonly layouts?: readonly InputLayout[];
  };
  readonly columns: readonly ColumnPlan[];
  /** Without it all records stay. */
  readonly where?: WherePlan;
  readonly records: { readonly wrongFieldCount: FieldCountAction; readonly malformed: RecordAction };
  readonly output: {
    readonly header: HeaderChoice;
    readonly csv?: OutputStyle;
    /** In the order of the output. Without them the output has the columns of the data. */
    readonly columns?: readonly OutputColumnPlan[];
  };
}

/** What a job decides of a mapper beside its rules. JSON-safe. */
export type MapperSettings = Omit<MapperPlan, 'columns'>;

/** What a bundle of a user's module knows beside the module: the column names, or all that a job file decides. */
export type BakedSettings = MapperSettings | Pick<MapperPlan['csv'], 'names' | 'nameBytes'>;

/** What a mapper tells of itself by `--describe`: its settings, and the columns that have rules. JSON-safe. */
export interface MapperDescription extends Omit<MapperSettings, 'output'> {
  readonly columns: readonly (string | number)[];
  readonly output: Omit<MapperPlan['output'], 'columns'> & {
    readonly columns?: readonly OutputColumnNaming[];
  };
  /** Whether columns are hidden, by rules or because the output does not have them. */
  readonly hidesData: boolean;
  /** The secrets that its rules need: `env:NAME`. */
  readonly secrets: readonly string[];
}

/** The counter group under Hadoop. */
export const COUNTER_GROUP = 'hadoop-elt';
/** The group of what a task that writes rejects beside its records says of the rejects, by the same names. */
export const REJECTS_COUNTER_GROUP = 'hadoop-elt rejects';

/**
 * The fixed counters: name in code → name under Hadoop. Whether the mapper emits output or rejects,
 * records read = records written + rejected + left out. A header is not a record.
 */
export const COUNTERS = {
  /** Physical lines read from stdin, ended by LF, CRLF, CR or the end of input. */
  linesRead: 'lines read',
  /** Lines written to stdout, each ended by LF. */
  linesWritten: 'lines written',
  /** Records read from stdin, without headers; a malformed line is one record. */
  recordsRead: 'records read',
  /** Records of the output, without headers. */
  recordsWritten: 'records written',
  recordsRejected: 'records rejected',
  /** Records that `where` leaves out, and blank lines under `pad`. */
  recordsLeftOut: 'records left out',
  /** Those among them that `where` can't judge. */
  recordsNotJudged: 'records left out as not judged',
  /** Those among them that are blank lines. */
  blankLines: 'records left out as blank lines',
  headersDropped: 'headers dropped',
  /** Headers seen, kept or dropped. */
  headers: 'headers',
  /** Headers that the mapper wrote by itself, for `every-part` and `first-part`, and before rejects. */
  headersAdded: 'headers added',
  /** Records of a wrong width, without those that were padded. */
  wrongFieldCount: 'wrong field count',
  /** Records that were given empty fields, or relieved of some, whatever became of them then. */
  recordsPadded: 'records padded',
  malformed: 'malformed',
} as const;
export type CounterName = keyof typeof COUNTERS;

/**
 * The counters of digests: name in code → name under Hadoop. Each digest has 64 bits, in two counters below 2³²: Hadoop
 * adds up the counters of all tasks, and its sums must stay exact in a double. See mapper/digest/.
 */
export const DIGEST_COUNTERS = {
  readHigh: 'digest of lines read (high)',
  readLow: 'digest of lines read (low)',
  writtenHigh: 'digest of output written (high)',
  writtenLow: 'digest of output written (low)',
} as const;

/** Digests of what mappers read and wrote: 16 hex digits each, summed over tasks modulo 2⁶⁴. JSON. */
export interface MapperDigests {
  /** Of the lines, in any order. */
  readonly read: string;
  /** Of the bytes of each output, in order, bound to the number of its task. */
  readonly written: string;
}

/** Start of a line of stderr in which a task tells the first invalid value of a column; JSON follows. */
export const EXAMPLE_PREFIX = 'hadoop-elt example: ';

/** An invalid value of a column. JSON. */
export interface InvalidExample {
  readonly column: string;
  /** An excerpt of it. */
  readonly value: string;
  /** As in the rejects. */
  readonly reason: string;
  /** 1-based, from the start of the task's input, or of the one of several that is named. */
  readonly line: number;
  readonly file?: string;
  /** Where the task's range of the file starts. */
  readonly start?: number;
}

/** Prefix of the counter of invalid fields of one column: `invalid Order Date`. */
export const INVALID_COUNTER_PREFIX = 'invalid ';
/** Hadoop allows 120 counters per job by default, so columns beyond this number share one counter. */
export const MAX_INVALID_COUNTERS = 50;
export const INVALID_OTHER_COUNTER = 'invalid in other columns';

/** The counts of one mapper process, as whole numbers. `invalid` is by column label. */
export interface MapperCounts extends Record<CounterName, number> {
  invalid: Record<string, number>;
}

/** Exit codes of a mapper process; the submitter translates them back to a cause. */
export const MAPPER_EXIT = {
  done: 0,
  /** A bug in the mapper: an exception nobody expected; its stack is on stderr. */
  bug: 1,
  /** The command-line arguments or the plan in the bundle are invalid. */
  usage: 2,
  /** stdin could not be read or stdout not written. */
  io: 3,
  /** A field was invalid and its rule says `fail`. */
  invalidField: 10,
  /** A record had the wrong number of fields and the job says `fail`. */
  wrongFieldCount: 11,
  /** A record was malformed and the job says `fail`. */
  malformed: 12,
  /** The column names are unknown in this split, or a column that has a rule is not in the header. */
  header: 13,
  /** A quoted field has a line break, in data that were not scanned (see `csv.quotedLineBreaks`). */
  quotedLineBreak: 14,
  /** A function of a user's mapper threw. */
  userFunction: 15,
  /** A line has more bytes than `csv.maxRecordBytes` allows. */
  lineTooLong: 16,
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
   * Set by the local engine only: `start-end` (bytes, end exclusive). stdin is then the whole input file, and the
   * task reads this range of it. The engine cuts ranges at line ends, like Hadoop's LineRecordReader.
   */
  stdinRange: 'hadoop_elt_stdin_range',
  /** Number of the task, which is the number of its part file until the submitter orders the parts by input. */
  partition: 'mapreduce_task_partition',
  /**
   * Set by the submitter, as `FIRST_INPUT_PROPERTY`: the URI of the first input. The task that starts it writes the part that
   * will sort first. Without it, that is the task with partition 0.
   */
  firstInput: 'hadoop_elt_first_input',
  /** Set by the submitter, as `SECRETS_PROPERTY`: the path of a file with the values of secrets, by their references. JSON. */
  secrets: 'hadoop_elt_secrets',
  /** Set by the submitter for rejects and combined inputs, as `INPUT_PLACES_PROPERTY`: the path of a file with `InputPlaces`. */
  inputPlaces: 'hadoop_elt_input_places',
  /** Set by the local engine: the file descriptor to which a task that writes records also writes its rejects. */
  rejectsDescriptor: 'hadoop_elt_rejects_descriptor',
  /** Set to 1 by the submitter, as `COMBINED_PROPERTY`, if `InputPlaces` has files that inputs were put together in. */
  combined: 'hadoop_elt_combined_inputs',
  /** Set to 1 by the local engine for a task with several inputs: stdin then gives frames, see `TaskRange`. */
  stdinFrames: 'hadoop_elt_stdin_frames',
} as const;

/**
 * One of several inputs of a task, or a range of one. stdin gives their list as JSON, and after it the bytes of those that
 * the task can't read itself, in order: each in frames, which are a length of 4 bytes, little-endian, and so many bytes. A
 * frame of length 0 ends the list, and each input.
 */
export interface TaskRange {
  /** Its path on this machine. */
  readonly path: string;
  /** The split: first byte and number of bytes. */
  readonly start: number;
  readonly length: number;
  /** What the task reads of the file, cut at line ends; null: stdin gives the bytes. */
  readonly range: { readonly start: number; readonly end: number } | null;
}

/** The job properties that Streaming exports as the variables of the same names, `_` for `.`. */
export const FIRST_INPUT_PROPERTY = 'hadoop.elt.first.input';
export const SECRETS_PROPERTY = 'hadoop.elt.secrets';
export const INPUT_PLACES_PROPERTY = 'hadoop.elt.input.places';
export const COMBINED_PROPERTY = 'hadoop.elt.combined.inputs';

/**
 * What rejects say of an input, by its path: what the user calls it, and how many lines it has before each split, by the
 * split's first byte. JSON.
 */
export type InputPlaces = Readonly<Record<string, InputPlace>>;

export interface InputPlace {
  readonly name: string;
  readonly linesBefore: Readonly<Record<string, number>>;
  /** Present where `linesBefore` can't be known when the task starts: the task then counts the lines from here on. */
  readonly lineIndex?: LineIndex;
  /**
   * Present if its lines come from other files, as those of rejects that are run again: the entry of its first line in the
   * table that follows `InputPlaces` in their file. After an LF comes a line of JSON, the names of these files, then the
   * table: for each line the index of its file (4 bytes) and its line number there (6 bytes, 0: not known), big-endian.
   */
  readonly firstOrigin?: number;
  /** Present for the text of a workbook: the rows by its lines, as `SheetRows` reads them. Users look for rows. */
  readonly rows?: string;
  /** Present for a file that inputs were put together in, one after the other. */
  readonly sections?: readonly InputSection[];
  /**
   * Present if what the output goes to does not take some of the records: they are rejects too. By the start of the split that
   * a task reads, or of the first one if it reads several. In the order of the records.
   */
  readonly refused?: Readonly<Record<string, readonly RefusedPlace[]>>;
}

/** A record that is written, but not taken by what the output goes to. */
export interface RefusedPlace {
  /** Which of the records that the task writes, from 0. */
  readonly record: number;
  /** Label of the column; empty if it is not known. */
  readonly column: string;
  readonly reason: string;
}

/** An input in a file that holds several. JSON. */
export interface InputSection {
  /** The path of the input itself, by which it has a place and columns. */
  readonly path: string;
  /** Its lines by Hadoop's rule, the last of them ended too. */
  readonly lines: number;
  /** Present for a split that does not start the input: its first byte there. */
  readonly start?: number;
}

/** How many lines of a file end within its first bytes, at some places that are far apart. In order. */
export type LineIndex = readonly { readonly byte: number; readonly lines: number }[];

/** Bytes of an entry in the table of origins, and of the index in it. */
export const ORIGIN_ENTRY = { bytes: 10, indexBytes: 4 } as const;

/**
 * Prefix of a task's status under Hadoop, before `start+length of file`; when the task ends, `start+length, N lines,
 * digest D, R rejected of file`, with the digest of the lines and the number of rejects. Hadoop does not number part files in input order, so the status tells which split a part file comes from.
 */
export const SPLIT_STATUS_PREFIX = 'split ';

/**
 * The line on stderr that names the record at which a task stopped: line number (1-based, from the start of the split),
 * byte offset of the split, and the input file.
 */
export const RECORD_PLACE = /^\s*at line (\d+) of the split that starts at byte (\d+) of (.+)$/m;

/** The constant in a bundle that holds its plan, or the settings that override those of a user's mapper. */
export const PLAN_CONSTANT = 'HADOOP_ELT_PLAN';
