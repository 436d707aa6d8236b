import type { MapperDescription, OutputColumnNaming } from '../../mapper/contract.js';
import type { Setting } from '../config/setting.js';
import type { JobSettings } from './settings.js';

/** The mapper that a job file names in place of rules. JSON. */
export interface OwnMapper {
  /** Absolute path of the module or of the built file. */
  readonly path: string;
  /** 1-based line of the job file that names it. */
  readonly line: number;
  /** SHA-256 of its code and rules, in lower-case hex. A different one means a different output. */
  readonly sha256: string;
  /** Its columns with rules, by name or 0-based index. */
  readonly columns: readonly (string | number)[];
  /** The columns of its output; null: those of the data. */
  readonly outputColumns: readonly OutputColumnNaming[] | null;
  /** Whether it hides a part of the data; see `MapperDescription`. */
  readonly hidesData: boolean;
  readonly secrets: readonly string[];
}

/** An own mapper, and its settings for the data. */
export interface DescribedMapper {
  readonly mapper: OwnMapper;
  readonly settings: Pick<MapperDescription, 'csv' | 'records' | 'output'>;
}

/**
 * The settings of a job with an own mapper. The mapper supplies each setting that the job file does not set. Header and
 * column names belong together: the mapper supplies both or neither. `hidesData`: whether the job hides a part of the data.
 */
export function withMapperSettings(
  settings: JobSettings,
  { mapper, settings: own }: DescribedMapper,
  hidesData: boolean,
): JobSettings {
  const isOpen = ({ origin }: Setting<unknown>) => origin.from === 'default';
  const choose: ChooseOwn = (setting, value) =>
    isOpen(setting) ? { value, origin: { from: 'mapper', path: mapper.path } } : setting;
  // A mapper that lets records pass knows nothing of an output.columns in the job file, which hides a part of them.
  const chooseAction = <T extends string>(setting: Setting<T>, value: T) =>
    hidesData && value === 'pass' ? setting : choose(setting, value);
  const namesAreOpen = isOpen(settings['csv.header']) && isOpen(settings['csv.columns']);
  return {
    ...settings,
    ...(namesAreOpen
      ? {
          'csv.header': choose(settings['csv.header'], own.csv.header),
          'csv.columns': choose(settings['csv.columns'], own.csv.names),
        }
      : {}),
    'csv.delimiter': choose(settings['csv.delimiter'], own.csv.delimiter),
    ...dialectOfMapper(settings, own, choose),
    'csv.quotedLineBreaks': choose(settings['csv.quotedLineBreaks'], own.csv.quotedLineBreaks),
    'csv.maxRecordBytes': choose(settings['csv.maxRecordBytes'], own.csv.maxRecordBytes),
    'records.wrongFieldCount': chooseAction(settings['records.wrongFieldCount'], own.records.wrongFieldCount),
    'records.malformed': chooseAction(settings['records.malformed'], own.records.malformed),
    // The mapper's choice is for data like its own: what has no header gets none.
    'output.header':
      namesAreOpen || settings['csv.header'].value === own.csv.header
        ? choose(settings['output.header'], own.output.header)
        : settings['output.header'],
  };
}

type ChooseOwn = <T>(setting: Setting<T>, value: T) => Setting<T>;

/** The dialect of the data and the form of the output that a mapper supplies. */
function dialectOfMapper(
  settings: JobSettings,
  { csv, output }: DescribedMapper['settings'],
  choose: ChooseOwn,
): Partial<JobSettings> {
  const { quote = '"', lenientQuotes = false, encoding = null } = csv;
  const { skipLines = 0, comment = null, nulls = [], headerMatch = 'exact' } = csv;
  const style = output.csv ?? {};
  return {
    'csv.quote': choose(settings['csv.quote'], quote),
    'csv.escape': choose(settings['csv.escape'], csv.escape ?? 'double'),
    'csv.lenientQuotes': choose(settings['csv.lenientQuotes'], lenientQuotes),
    'csv.encoding': choose(settings['csv.encoding'], encoding),
    'csv.skipLines': choose(settings['csv.skipLines'], skipLines),
    'csv.comment': choose(settings['csv.comment'], comment),
    'csv.nulls': choose(settings['csv.nulls'], nulls),
    'csv.headerMatch': choose(settings['csv.headerMatch'], headerMatch),
    'output.csv.delimiter': choose(settings['output.csv.delimiter'], style.delimiter ?? null),
    'output.csv.quote': choose(settings['output.csv.quote'], style.quote ?? 'minimal'),
    'output.csv.null': choose(settings['output.csv.null'], style.null ?? ''),
  };
}
