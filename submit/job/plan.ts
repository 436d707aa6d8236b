import type { ColumnPlan, MapperPlan, RulePlan } from '../../mapper/contract.js';
import { invalidActionOf, type RuleCatalogue, readOptions } from '../../mapper/rules/catalogue.js';
import { formatKeyPath, type KeyPath } from '../config/key-path.js';
import { nearest } from '../config/nearest.js';
import { Failure, type JobFileProblem } from '../errors.js';
import { problemsOfChecks } from './check-problems.js';
import type { ParsedJobFile } from './job-file.js';
import { type DescribedMapper, type OwnMapper, withMapperSettings } from './own-mapper.js';
import type { ColumnRulesInFile, RuleInFile } from './sections/columns.js';
import type { Surroundings } from './sections/surroundings.js';
import { type JobSettings, type Overrides, resolveSettings } from './settings.js';

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
  if (problems.length > 0) throw new Failure('job-file-invalid', { path: job.path, problems });
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

/** Contradictions between two places of the file, which the schema cannot detect. */
function contradictions(job: ParsedJobFile): JobFileProblem[] {
  const { csv, columns = {} } = job.content;
  const problems: JobFileProblem[] = [];
  const report: Report = (keys, problem) =>
    problems.push({ ...job.positionOf(keys), key: formatKeyPath(keys), ...problem });
  for (const name of Object.keys(columns)) {
    const keys = ['columns', name];
    const column = columnOf(name);
    if (csv?.columns !== undefined) {
      const occurrences = csv.columns.filter((other) => other === column).length;
      const near = typeof column === 'string' ? nearest(column, csv.columns) : undefined;
      if (typeof column === 'string' && occurrences !== 1) {
        report(keys, {
          message:
            occurrences === 0 ? 'no such column in csv.columns' : 'named more than once in csv.columns',
          given: JSON.stringify(column),
          accepted: occurrences === 0 ? csv.columns.join(', ') : 'its 0-based index instead: [2]',
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

/** The column names in the header of one input. */
export interface InputHeader {
  readonly input: string;
  readonly names: readonly string[];
}

/**
 * The column names of the job: `csv.columns`, or those that the headers of all inputs agree on; null when there is
 * neither. Throws `headers-differ` and `column-not-in-header`.
 */
export function agreeOnNames(plan: JobPlan, headers: readonly InputHeader[]): readonly string[] | null {
  const fixed = plan.settings['csv.columns'].value;
  if (fixed !== null) return fixed;
  const [first] = headers;
  if (!plan.settings['csv.header'].value || first === undefined) return null;
  for (const other of headers) {
    const same =
      other.names.length === first.names.length && other.names.every((name, i) => name === first.names[i]);
    if (!same) {
      throw new Failure('headers-differ', {
        first: first.input,
        firstNames: first.names,
        second: other.input,
        secondNames: other.names,
      });
    }
  }
  checkColumns(plan, first);
  return first.names;
}

function checkColumns(plan: JobPlan, header: InputHeader): void {
  const { ownMapper } = plan;
  const wanted: readonly Pick<PlannedColumn, 'column' | 'line'>[] =
    ownMapper === null ? plan.columns : ownMapper.columns.map((column) => ({ column, line: ownMapper.line }));
  for (const { column, line } of wanted) {
    const occurrences =
      typeof column === 'number'
        ? Number(column < header.names.length)
        : header.names.filter((name) => name === column).length;
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
export interface DataFacts {
  readonly names: readonly string[] | null;
  readonly quotedLineBreaks: 'auto' | 'yes' | 'no';
}

/** The part of a plan that goes into the mapper. */
export function mapperPlanOf(plan: JobPlan, facts: DataFacts): MapperPlan {
  const { settings } = plan;
  return {
    job: settings.name.value,
    csv: {
      delimiter: settings['csv.delimiter'].value,
      header: settings['csv.header'].value,
      names: facts.names,
      quotedLineBreaks: facts.quotedLineBreaks,
      maxRecordBytes: settings['csv.maxRecordBytes'].value,
    },
    columns: plan.columns.map(({ column, rules }) => ({ column, rules })),
    records: {
      wrongFieldCount: settings['records.wrongFieldCount'].value,
      malformed: settings['records.malformed'].value,
    },
    output: { header: settings['output.header'].value },
  };
}
