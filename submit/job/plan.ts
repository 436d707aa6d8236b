import { addsHeaders, type ColumnPlan, type MapperPlan, type RulePlan } from '../../mapper/contract.js';
import { invalidActionOf, type RuleCatalogue, readOptions } from '../../mapper/rules/catalogue.js';
import { formatKeyPath, type KeyPath } from '../config/key-path.js';
import { nearest } from '../config/nearest.js';
import { invalidFile } from '../config/yaml-file.js';
import { Failure, type JobFileProblem } from '../errors.js';
import { problemsOfChecks } from './check-problems.js';
import type { ParsedJobFile } from './job-file.js';
import { type DescribedMapper, type OwnMapper, withMapperSettings } from './own-mapper.js';
import type { ColumnRulesInFile, RuleInFile } from './sections/columns.js';
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
  const columns = Object.entries(job.content.columns ?? {}).map(([name, rules]): PlannedColumn => {
    const path = ['columns', name];
    return {
      column: columnOf(name),
      rules: planRules(rules, path, job.rules, (keys, problem) =>
        problems.push({ ...job.positionOf(keys), key: formatKeyPath(keys), ...problem }),
      ),
      line: job.positionOf(path).line,
    };
  });
  problems.push(...contradictions(job), ...rulesBesideMapper(job), ...problemsOfChecks(job));
  if (problems.length > 0) throw new Failure('job-file-invalid', invalidFile(job.path, problems));
  const settings = resolveSettings(job, overrides, surroundings);
  const { jobFile, ownMapper = null } = surroundings;
  return ownMapper === null
    ? { jobFile, settings, columns, ownMapper: null }
    : { jobFile, settings: withMapperSettings(settings, ownMapper), columns, ownMapper: ownMapper.mapper };
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

/** `[2]` → 2 (0-based); any other text is a column name. */
function columnOf(key: string): string | number {
  const index = /^\[\s*(\d+)\s*\]$/.exec(key)?.[1];
  return index === undefined ? key : Number(index);
}

type Report = (keys: KeyPath, problem: Pick<JobFileProblem, 'message'> & Partial<JobFileProblem>) => void;

function planRules(
  given: ColumnRulesInFile,
  path: KeyPath,
  rules: RuleCatalogue,
  report: Report,
): RulePlan[] {
  if (!Array.isArray(given)) return [planRule(given, path, rules, report)];
  return given.map((rule, index) => planRule(rule, [...path, index], rules, report));
}

function planRule(given: RuleInFile, path: KeyPath, rules: RuleCatalogue, report: Report): RulePlan {
  const [[name, choices = {}] = ['', {}]] =
    typeof given === 'string' ? [[given, {}] as const] : Object.entries(given);
  const rule = rules.find(name);
  // The schema is built from the same rules, so an unknown rule is a bug.
  if (rule === undefined) throw new Error(`The schema let the rule ${JSON.stringify(name)} pass`);
  const { values, flaws } = readOptions(rule.options, choices);
  for (const { option, item, given: text, message, accepted } of flaws) {
    report([...path, name, option, ...(item === null ? [] : [item])], {
      message: message === '' ? 'not acceptable' : message,
      given: JSON.stringify(text),
      ...(accepted === '' ? {} : { accepted }),
    });
  }
  return { rule: name, ...values, onInvalid: invalidActionOf(choices) };
}

/** Problems beyond these are only counted. */
const MAX_NEAREST = 50;

function occurrencesOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Contradictions between two places of the file, which the schema cannot detect. */
function contradictions(job: ParsedJobFile): JobFileProblem[] {
  const { csv, columns = {}, output, mapper } = job.content;
  const problems: JobFileProblem[] = [];
  const report: Report = (keys, problem) =>
    problems.push({ ...job.positionOf(keys), key: formatKeyPath(keys), ...problem });
  const counted = occurrencesOf(csv?.columns ?? []);
  const isNameless = csv?.header === false && csv.columns === undefined && mapper === undefined;
  if (isNameless && output.header !== undefined && addsHeaders(output.header)) {
    report(['output', 'header'], {
      message: 'a header for the output, but the data have none',
      given: output.header,
      accepted: 'csv.columns with all names, or drop',
    });
  }
  for (const name of Object.keys(columns)) {
    const keys = ['columns', name];
    const column = columnOf(name);
    if (csv?.columns !== undefined) {
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
    } else if (csv?.header === false && typeof column === 'string') {
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

function checkColumns(plan: JobPlan, header: InputHeader): void {
  const { ownMapper } = plan;
  const wanted: readonly Pick<PlannedColumn, 'column' | 'line'>[] =
    ownMapper === null ? plan.columns : ownMapper.columns.map((column) => ({ column, line: ownMapper.line }));
  const counted = occurrencesOf(header.names);
  for (const { column, line } of wanted) {
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
      ...(near === undefined ? {} : { nearest: near }),
    });
  }
}

/** What the data decide. */
export type DataFacts = KnownHeader & { readonly quotedLineBreaks: 'auto' | 'yes' | 'no' };

/** The part of a plan that goes into the mapper. */
export function mapperPlanOf(plan: JobPlan, facts: DataFacts): MapperPlan {
  const { settings } = plan;
  const addsHeader = addsHeaders(settings['output.header'].value);
  return {
    job: settings.name.value,
    csv: {
      delimiter: settings['csv.delimiter'].value,
      header: settings['csv.header'].value,
      names: facts.names,
      ...(addsHeader && 'nameBytes' in facts ? { nameBytes: facts.nameBytes } : {}),
      quotedLineBreaks: facts.quotedLineBreaks,
      maxRecordBytes: settings['csv.maxRecordBytes'].value,
      ...(settings['csv.columnOrder'].value === 'byName' ? { columnOrder: 'byName' as const } : {}),
      ...('layouts' in facts ? { layouts: facts.layouts } : {}),
    },
    columns: plan.columns.map(({ column, rules }) => ({ column, rules })),
    records: {
      wrongFieldCount: settings['records.wrongFieldCount'].value,
      malformed: settings['records.malformed'].value,
    },
    output: { header: settings['output.header'].value },
  };
}
