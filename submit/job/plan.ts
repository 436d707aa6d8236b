import { dirname } from 'node:path';
import { addsHeaders, type ColumnPlan, type MapperPlan, type RulePlan } from '../../mapper/contract.js';
import { nameInHeader } from '../../mapper/records/loose-names.js';
import { needsCentury, readsShortYears } from '../../mapper/rules/catalogue.js';
import { formatKeyPath, type KeyPath } from '../config/key-path.js';
import { nearest } from '../config/nearest.js';
import { invalidFile } from '../config/yaml-file.js';
import { Failure, type JobFileProblem } from '../errors.js';
import { problemsOfChecks } from './check-problems.js';
import { problemsOfDates } from './date-problems.js';
import type { ParsedJobFile } from './job-file.js';
import { problemsOfLoad } from './load-problems.js';
import { problemsOfNullText } from './null-text.js';
import { type DescribedMapper, type OwnMapper, withMapperSettings } from './own-mapper.js';
import { columnOf, type PlannedOutputColumn, planOutputColumns, sourcesIn } from './plan-output-columns.js';
import { planRules, type Report, secretsIn } from './plan-rules.js';
import { type PlannedWhere, planWhere } from './plan-where.js';
import { hidesData, problemsOfPrivacy } from './privacy.js';
import { problemsOfRuledTwice } from './ruled-twice.js';
import { csvKeys, delimiterIsOpen, dialectOfSettings } from './sections/csv.js';
import { outputStyleOf } from './sections/output-csv.js';
import type { Surroundings } from './sections/surroundings.js';
import { type JobSettings, type Overrides, resolveSettings } from './settings.js';
import {
  type InputHeader,
  type PlannedColumns,
  type SettledColumns,
  settleColumns,
} from './settle-columns.js';

/** A column's rules, and their line in the job file (1-based). */
export interface PlannedColumn extends ColumnPlan {
  readonly line: number;
}

/** A job with everything decided that does not depend on the data. */
export interface JobPlan {
  /** Absolute path of the job file. */
  readonly jobFile: string;
  readonly settings: JobSettings;
  readonly columns: readonly PlannedColumn[];
  /** The columns of the output, if the job file names them; null: those of the data, or of the own mapper. */
  readonly outputColumns: readonly PlannedOutputColumn[] | null;
  /** Whether a part of the data must not be shown, nor get out otherwise. */
  readonly hidesData: boolean;
  /** Which records stay; null: all, or those that the own mapper leaves. */
  readonly where: PlannedWhere | null;
  /** The secrets that its rules need, as `env:NAME`, `file:PATH` (absolute) or `command:…`. */
  readonly secrets: readonly string[];
  /** The mapper that the job file names; it has the rules then, and `columns` is empty. */
  readonly ownMapper: OwnMapper | null;
}

export type { InputHeader } from './settle-columns.js';

/** What a plan is made with beside the job file. */
export interface JobSurroundings extends Surroundings {
  /** The mapper that the job file names; null where it has rules, or where only other settings are asked for. */
  readonly ownMapper?: DescribedMapper | null;
}

/** Job file and overrides → plan. Throws `job-file-invalid` and `usage`. Pure. */
export function planJob(job: ParsedJobFile, overrides: Overrides, surroundings: JobSurroundings): JobPlan {
  const problems: JobFileProblem[] = [];
  const report: Report = (keys, problem) =>
    problems.push({ ...job.positionOf(keys), key: formatKeyPath(keys), ...problem });
  const folder = dirname(surroundings.jobFile);
  const { locale } = job.content;
  const planning = { catalogue: job.rules, folder, files: job.files, locale, report };
  const columns = Object.entries(job.content.columns ?? {}).map(([name, rules]): PlannedColumn => {
    const path = ['columns', name];
    return {
      column: columnOf(name),
      rules: planRules(rules, path, planning),
      line: job.positionOf(path).line,
    };
  });
  const outputColumns = planOutputColumns(job, folder, report, columns);
  const isHidden = hidesData(job) || (surroundings.ownMapper?.mapper.hidesData ?? false);
  problems.push(...problemsOfPrivacy(job, isHidden), ...problemsOfNullText(job));
  const where = planWhere(job, folder, report);
  problems.push(
    ...contradictions(job, where),
    ...rulesBesideMapper(job),
    ...problemsOfChecks(job),
    ...problemsOfLoad(job),
    ...problemsOfDates(job),
  );
  if (problems.length > 0) throw new Failure('job-file-invalid', invalidFile(job.path, problems));
  const settings = resolveSettings(job, overrides, surroundings, isHidden);
  refuseRuledTwice(job.path, columns, settings['csv.columns'].value, settings);
  const { jobFile, ownMapper = null } = surroundings;
  const secrets = secretsIn([...columns, ...(outputColumns ?? [])]);
  return ownMapper === null
    ? { jobFile, settings, columns, outputColumns, hidesData: isHidden, where, secrets, ownMapper: null }
    : {
        jobFile,
        settings: withMapperSettings(settings, ownMapper, isHidden),
        columns,
        outputColumns,
        hidesData: isHidden,
        where,
        secrets: [...new Set([...secrets, ...ownMapper.mapper.secrets])],
        ownMapper: ownMapper.mapper,
      };
}

/** Keys that say what a mapper of one's own says itself. */
const RULE_KEYS = ['columns'] as const;

function rulesBesideMapper(job: ParsedJobFile): JobFileProblem[] {
  const { mapper } = job.content;
  if (mapper === undefined) return [];
  const { line } = job.positionOf(['mapper']);
  return RULE_KEYS.filter((key) => job.content[key] !== undefined).map((key) => ({
    ...job.positionOf([key]),
    key,
    message: `rules can't stand beside a mapper of your own, which is named at line ${line}`,
    given: `mapper: ${JSON.stringify(mapper)} at line ${line}, ${key} at line ${job.positionOf([key]).line}`,
    accepted: `one of the two: remove ${key}, or remove mapper`,
  }));
}

/** Problems beyond these are only counted. */
const MAX_NEAREST = 50;

function occurrencesOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Contradictions between two places of the file, which the schema cannot detect. */
function contradictions(job: ParsedJobFile, where: PlannedWhere | null): JobFileProblem[] {
  const { columns = {}, output = {}, mapper } = job.content;
  const csv = csvKeys(job.content.csv);
  const problems: JobFileProblem[] = [];
  const report: Report = (keys, problem) =>
    problems.push({ ...job.positionOf(keys), key: formatKeyPath(keys), ...problem });
  const counted = occurrencesOf(csv.columns ?? []);
  const named = [
    ...Object.keys(columns).map((name) => ({ name, keys: ['columns', name] as KeyPath })),
    ...sourcesIn(output.columns ?? []),
    ...(where?.columns ?? []),
  ];
  const isNameless = csv.header === false && csv.columns === undefined && mapper === undefined;
  if (isNameless && output.header !== undefined && addsHeaders(output.header)) {
    report(['output', 'header'], {
      message: 'a header for the output, but the data have none',
      given: output.header,
      accepted: 'csv.columns with all names, or drop',
    });
  }
  if (isNameless && job.content.records?.wrongFieldCount === 'pad') {
    report(['records', 'wrongFieldCount'], {
      message: 'nobody knows how many fields a record must have: the data have no header',
      given: 'pad',
      accepted: 'csv.columns with all names, or pass, reject, fail',
    });
  }
  for (const { name, keys } of named) {
    const column = columnOf(name);
    if (csv.columns !== undefined) {
      const occurrences = typeof column === 'string' ? (counted.get(column) ?? 0) : 0;
      // To look for the nearest of many names takes time.
      const near =
        typeof column === 'string' && occurrences === 0 && problems.length < MAX_NEAREST
          ? nearest(column, csv.columns)
          : undefined;
      if (typeof column === 'string' && occurrences !== 1) {
        report(keys, {
          message:
            occurrences === 0 ? 'no such column in csv.columns' : 'named more than once in csv.columns',
          given: JSON.stringify(column),
          accepted: occurrences === 0 ? listOf(csv.columns) : 'its 0-based index instead: [2]',
          ...(near === undefined || occurrences > 0 ? {} : { nearest: near }),
        });
      } else if (typeof column === 'number' && column >= csv.columns.length) {
        report(keys, {
          message: 'index beyond the columns of csv.columns',
          given: `[${column}]`,
          accepted: `[0] to [${csv.columns.length - 1}]`,
        });
      }
    } else if (csv.header === false && typeof column === 'string') {
      report(keys, {
        message: 'a column by name, but the data have no header',
        given: JSON.stringify(column),
        accepted: 'csv.columns with all names, or the 0-based index: [2]',
      });
    }
  }
  return problems;
}

/** The header that a job knows; without names it knows none. */
export type KnownHeader = SettledColumns | { readonly names: null };

/**
 * The header of the job: `csv.columns`, else the columns that are published, else the first header. Those of all inputs
 * have to agree with it, as `csv.columnOrder` and `records.onDrift` say. Throws `headers-differ` and `column-not-in-header`.
 */
export function agreeOnHeader(
  plan: JobPlan,
  headers: readonly InputHeader[],
  published: PlannedColumns | null = null,
): KnownHeader {
  const { settings } = plan;
  const fixed = settings['csv.columns'].value;
  const [first] = headers;
  if (first === undefined || !settings['csv.header'].value) return { names: fixed };
  const planned: PlannedColumns =
    fixed !== null
      ? { names: fixed, of: 'job file', name: plan.jobFile }
      : (published ?? { names: first.names, of: 'input', name: first.input });
  const settled = settleColumns(planned, headers, {
    columnOrder: settings['csv.columnOrder'].value,
    onDrift: settings['records.onDrift'].value,
    isLoose: settings['csv.headerMatch'].value === 'loose',
  });
  if (fixed === null) checkColumns(plan, { ...first, names: settled.names });
  return settled;
}

/** Names in a list that a message can hold. */
function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).join(', ');
  return names.length > MAX_LISTED ? `${shown}, … (${names.length} names)` : shown;
}

const MAX_LISTED = 100;

/** Throws `job-file-invalid` where a column has rules by its name and by its index. */
function refuseRuledTwice(
  path: string,
  columns: readonly PlannedColumn[],
  names: readonly string[] | null,
  settings: JobSettings,
): void {
  const isLoose = settings['csv.headerMatch'].value === 'loose';
  const problems = problemsOfRuledTwice(columns, names, isLoose);
  if (problems.length > 0) throw new Failure('job-file-invalid', invalidFile(path, problems));
}

function checkColumns(plan: JobPlan, header: InputHeader): void {
  const { ownMapper } = plan;
  refuseRuledTwice(plan.jobFile, plan.columns, header.names, plan.settings);
  const named: readonly Pick<PlannedColumn, 'column' | 'line'>[] =
    ownMapper === null ? plan.columns : ownMapper.columns.map((column) => ({ column, line: ownMapper.line }));
  const written = (plan.outputColumns ?? []).flatMap(({ sources, line }) =>
    sources.map((column) => ({ column, line })),
  );
  const tested = (plan.where?.columns ?? []).map(({ name, line }) => ({ column: columnOf(name), line }));
  const isLoose = plan.settings['csv.headerMatch'].value === 'loose';
  const asked = [...named, ...written, ...tested].map(({ column, line }) => ({
    column: isLoose && typeof column === 'string' ? nameInHeader(column, header.names) : column,
    line,
  }));
  const askedNames = new Set<string | number>(asked.map(({ column }) => column));
  const counted = occurrencesOf(header.names.filter((name) => askedNames.has(name)));
  for (const { column, line } of asked) {
    const occurrences =
      typeof column === 'number' ? Number(column < header.names.length) : (counted.get(column) ?? 0);
    if (occurrences === 1) continue;
    const near = typeof column === 'string' && occurrences === 0 ? nearest(column, header.names) : undefined;
    throw new Failure('column-not-in-header', {
      jobFile: plan.jobFile,
      line,
      column: typeof column === 'number' ? `[${column}]` : column,
      input: header.input,
      names: header.names,
      occurrences,
      ...(header.sheetRow !== undefined
        ? { headerRow: header.sheetRow }
        : plan.settings['csv.comment'].value === null
          ? { headerLine: plan.settings['csv.skipLines'].value + 1 }
          : {}),
      ...(near === undefined ? {} : { nearest: near }),
    });
  }
}

/** Columns that read years of two digits, and do not say which hundred years they stand for. */
export function columnsWithoutCentury(plan: JobPlan): readonly PlannedColumn[] {
  return ruledColumns(plan).filter(({ rules }) => rules.some(needsCentury));
}

/** Columns whose years are read as `yy` or `y`. */
export function columnsWithShortYears(plan: JobPlan): readonly PlannedColumn[] {
  return ruledColumns(plan).filter(({ rules }) => rules.some(readsShortYears));
}

/** The columns of the data and of the output, by the names that the job file gives them. */
function ruledColumns({ columns, outputColumns }: JobPlan): readonly PlannedColumn[] {
  const derived = (outputColumns ?? []).map(({ name, from, rules, line }) => ({
    ...{ column: name ?? from ?? '', rules, line },
  }));
  return [...columns, ...derived];
}

/** Whether the year of the output's first run decides what is written. */
export function usesFirstYear(plan: JobPlan): boolean {
  return columnsWithoutCentury(plan).length > 0;
}

/** The hundred years that two digits stand for by default. */
export function defaultCentury(firstYear: number): number {
  return firstYear - YEARS_BEFORE;
}

/** What the data decide. */
export type DataFacts = KnownHeader & {
  readonly quotedLineBreaks: 'auto' | 'yes' | 'no';
  /** The year of the output's first run: years of two digits start 80 years before, unless the job says otherwise. */
  readonly firstYear: number;
  /** The delimiter that the data have set by a line `sep=`; null if they have not. */
  readonly separator?: string | null;
  /** True if byte order marks beat `csv.encoding`. */
  readonly isMarkedUtf8?: boolean;
  /** True if no data were looked at for such a line. */
  readonly mayHaveSeparator?: true;
};

/** How many years before an output's first run the years of two digits start. */
const YEARS_BEFORE = 80;

/** The part of a plan that goes into the mapper. */
export function mapperPlanOf(plan: JobPlan, facts: DataFacts): MapperPlan {
  const { settings } = plan;
  const addsHeader = addsHeaders(settings['output.header'].value);
  const withCentury = (rules: readonly RulePlan[]) =>
    rules.map((rule) => (needsCentury(rule) ? { ...rule, century: defaultCentury(facts.firstYear) } : rule));
  const style = outputStyleOf(settings);
  const { encoding, ...decoded } = dialectOfSettings(settings);
  const dialect = encoding === undefined || facts.isMarkedUtf8 === true ? decoded : { ...decoded, encoding };
  return {
    job: settings.name.value,
    csv: {
      ...dialect,
      ...(facts.mayHaveSeparator === true && delimiterIsOpen(settings)
        ? { delimiterIsOpen: true as const }
        : {}),
      delimiter: facts.separator ?? settings['csv.delimiter'].value,
      header: settings['csv.header'].value,
      names: facts.names,
      ...(addsHeader && 'nameBytes' in facts ? { nameBytes: facts.nameBytes } : {}),
      quotedLineBreaks: facts.quotedLineBreaks,
      maxRecordBytes: settings['csv.maxRecordBytes'].value,
      ...(settings['csv.columnOrder'].value === 'byName' ? { columnOrder: 'byName' as const } : {}),
      ...('layouts' in facts ? { layouts: facts.layouts } : {}),
    },
    columns: plan.columns.map(({ column, rules }) => ({ column, rules: withCentury(rules) })),
    ...(plan.where === null ? {} : { where: plan.where.plan }),
    records: {
      wrongFieldCount: settings['records.wrongFieldCount'].value,
      malformed: settings['records.malformed'].value,
    },
    output: {
      header: settings['output.header'].value,
      ...(style === undefined ? {} : { csv: style }),
      ...(plan.outputColumns === null
        ? {}
        : {
            columns: plan.outputColumns.map(({ name, from, compute, rules }) => ({
              ...{ name, from, rules: withCentury(rules) },
              ...(compute === undefined ? {} : { compute }),
            })),
          }),
    },
  };
}
