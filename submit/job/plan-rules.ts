import { resolve } from 'node:path';
import type { InvalidAction, RulePlan } from '../../mapper/contract.js';
import {
  type InvalidChoice,
  invalidActionOf,
  type RuleCatalogue,
  readingInTurn,
  readOptions,
  withLocale,
} from '../../mapper/rules/catalogue.js';
import type { KeyPath } from '../config/key-path.js';
import type { JobFileProblem } from '../errors.js';
import { lookupTable, type ReadFile } from './lookup-tables.js';
import { type ColumnRulesInFile, type RuleInFile, rulesIn } from './sections/columns.js';

/** Reports a problem at a key of the job file. */
export type Report = (
  keys: KeyPath,
  problem: Pick<JobFileProblem, 'message'> & Partial<JobFileProblem>,
) => void;

/** What rules are planned with. */
export interface RulePlanning {
  readonly catalogue: RuleCatalogue;
  /** Folder of the job file: the files that rules name are relative to it. */
  readonly folder: string;
  /** The files that rules name, by absolute path. */
  readonly files?: ReadonlyMap<string, ReadFile> | undefined;
  /** That of the whole job, for rules without one of their own. */
  readonly locale?: string | undefined;
  readonly report: Report;
  /** Whether the numbers that the first rule reads are in the plain form, as `round` and `compute` write them. */
  readonly startsPlain?: boolean;
  /** Why an invalid value must not be kept; null: it may be. */
  readonly mustNotKeep?: string | null;
}

/** The rules of a column in a job file, at the key path `path` → their plans. */
export function planRules(given: ColumnRulesInFile, path: KeyPath, planning: RulePlanning): RulePlan[] {
  const rules: readonly RuleInFile[] = Array.isArray(given) ? given : [given];
  const { catalogue, mustNotKeep = null } = planning;
  const within = { ...planning, mustNotKeep: mustNotKeep ?? hidingRule(rules, catalogue) };
  const nameOf = (rule: RuleInFile) =>
    typeof rule === 'string' ? rule : (rulesIn(rule, catalogue)[0] ?? '');
  let at = 0;
  const { read } = readingInTurn(rules, planning.startsPlain ?? false, {
    writingOf: (rule) => catalogue.find(nameOf(rule)) ?? {},
    read: (rule, startsPlain) =>
      planRule(rule, Array.isArray(given) ? [...path, at++] : path, { ...within, startsPlain }),
  });
  return [...read];
}

/** Whether the numbers behind these rules are in the plain form. */
export function endsPlain(rules: readonly RulePlan[], catalogue: RuleCatalogue): boolean {
  const writingOf = ({ rule }: RulePlan) => catalogue.find(rule) ?? {};
  return readingInTurn(rules, false, { writingOf, read: () => null }).endsPlain;
}

/** Why a column with these rules must not keep an invalid value; null: none of them hides it. */
function hidingRule(rules: readonly RuleInFile[], catalogue: RuleCatalogue): string | null {
  const names = rules.map((rule) => (typeof rule === 'string' ? rule : (rulesIn(rule, catalogue)[0] ?? '')));
  const hiding = names.find((name) => catalogue.find(name)?.hides === true);
  return hiding === undefined ? null : `the rule ${hiding} hides this column`;
}

/** One rule: its name, or a mapping with the rule as a key. */
export function planRule(given: RuleInFile, path: KeyPath, planning: RulePlanning): RulePlan {
  const { catalogue, report, mustNotKeep = null } = planning;
  const mapping: Readonly<Record<string, unknown>> = typeof given === 'string' ? { [given]: {} } : given;
  const [name = ''] = rulesIn(mapping, catalogue);
  const rule = catalogue.find(name);
  // The schema is built from the same rules, so an unknown rule is a bug.
  if (rule === undefined) throw new Error(`The schema let the rule ${JSON.stringify(name)} pass`);
  const beside = choiceIn(mapping);
  const { main } = rule;
  const options: Readonly<Record<string, unknown>> =
    main === null || typeof given === 'string' ? Object(mapping[name]) : { [main]: mapping[name] };
  const inside = choiceIn(options);
  if (Object.keys(beside).length > 0 && Object.keys(inside).length > 0) {
    report([...path, Object.keys(beside)[0] as string], {
      message: `what happens to an invalid value is said beside the rule ${name} and inside it`,
      accepted: 'one of the two',
    });
  }
  const isPlain = rule.readsNumbers && planning.startsPlain === true;
  if (isPlain && options.locale !== undefined) {
    report([...path, name, 'locale'], {
      message: 'the number here is one that round or compute wrote: with a point, and in no locale',
      given: JSON.stringify(options.locale),
      accepted: 'a locale only where the text of the data is read',
    });
  }
  const { values, flaws } = readOptions(rule.options, {
    ...(isPlain ? options : withLocale(rule.options, options, planning.locale)),
    ...tableFor(name, options, path, planning),
  });
  const together = flaws.length > 0 ? null : rule.check(values);
  for (const { option, item, given: text, message, accepted } of together === null ? flaws : [together]) {
    report([...path, name, ...(main === null ? [option] : []), ...(item === null ? [] : [item])], {
      message: message === '' ? 'not acceptable' : message,
      given: JSON.stringify(text),
      ...(accepted === '' ? {} : { accepted }),
    });
  }
  return {
    rule: name,
    ...values,
    ...absoluteSecret(values.secret, planning.folder),
    onInvalid: actionOf({ ...inside, ...beside }, [...path, name], mustNotKeep, report),
  };
}

/** The table of a lookup, which the plan has from the file. Reports what is wrong with it. */
function tableFor(
  name: string,
  { file, key, value }: Readonly<Record<string, unknown>>,
  path: KeyPath,
  { folder, files, report }: RulePlanning,
): { readonly table?: readonly string[] } {
  const isLookup = name === 'lookup' && typeof file === 'string';
  if (!isLookup || typeof key !== 'string' || typeof value !== 'string') return {};
  const found = lookupTable(files?.get(resolve(folder, file)), { key, value });
  if ('table' in found) return { table: found.table };
  const { option, ...problem } = found.flaw;
  report([...path, name, option], { given: JSON.stringify({ file, key, value }[option]), ...problem });
  // So that only what is wrong with the file is told.
  return { table: [''] };
}

/** The secret's reference, with an absolute path: a mapper may run in another folder. */
function absoluteSecret(secret: unknown, folder: string): { readonly secret?: string } {
  if (typeof secret !== 'string' || !secret.startsWith('file:')) return {};
  return { secret: `file:${resolve(folder, secret.slice('file:'.length))}` };
}

/** The secrets that planned rules need, each once. */
export function secretsIn(columns: readonly { readonly rules: readonly RulePlan[] }[]): string[] {
  const all = columns.flatMap(({ rules }) => rules.map(({ secret }) => secret));
  return [...new Set(all.filter((secret): secret is string => typeof secret === 'string' && secret !== ''))];
}

/** What a mapping says of invalid values. */
function choiceIn({ invalid, onInvalid }: InvalidChoice): InvalidChoice {
  return {
    ...(invalid === undefined ? {} : { invalid }),
    ...(onInvalid === undefined ? {} : { onInvalid }),
  };
}

/** What happens to an invalid value: by default it is kept, and where it must not be, its record is rejected. */
export function actionOf(
  choice: InvalidChoice,
  path: KeyPath,
  mustNotKeep: string | null,
  report: Report,
): InvalidAction {
  if (mustNotKeep === null) return invalidActionOf(choice);
  if (choice.onInvalid === 'keep') {
    report(path, {
      message: `onInvalid: keep would write a value that must not get out: ${mustNotKeep}`,
      accepted: 'invalid: TEXT, or onInvalid: blank, reject (the default here) or fail',
    });
  }
  return invalidActionOf({ onInvalid: choice.invalid === undefined ? 'reject' : undefined, ...choice });
}
