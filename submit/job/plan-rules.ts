import type { RulePlan } from '../../mapper/contract.js';
import {
  type InvalidChoice,
  invalidActionOf,
  type RuleCatalogue,
  readOptions,
} from '../../mapper/rules/catalogue.js';
import type { KeyPath } from '../config/key-path.js';
import type { JobFileProblem } from '../errors.js';
import { type ColumnRulesInFile, type RuleInFile, rulesIn } from './sections/columns.js';

/** Reports a problem at a key of the job file. */
export type Report = (
  keys: KeyPath,
  problem: Pick<JobFileProblem, 'message'> & Partial<JobFileProblem>,
) => void;

/** What rules are planned with. */
export interface RulePlanning {
  readonly catalogue: RuleCatalogue;
  readonly report: Report;
}

/** The rules of a column in a job file, at the key path `path` → their plans. */
export function planRules(given: ColumnRulesInFile, path: KeyPath, planning: RulePlanning): RulePlan[] {
  if (!Array.isArray(given)) return [planRule(given, path, planning)];
  return given.map((rule, index) => planRule(rule, [...path, index], planning));
}

/** One rule: its name, or a mapping with the rule as a key. */
export function planRule(given: RuleInFile, path: KeyPath, { catalogue, report }: RulePlanning): RulePlan {
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
  const { values, flaws } = readOptions(rule.options, options);
  for (const { option, item, given: text, message, accepted } of flaws) {
    report([...path, name, ...(main === null ? [option] : []), ...(item === null ? [] : [item])], {
      message: message === '' ? 'not acceptable' : message,
      given: JSON.stringify(text),
      ...(accepted === '' ? {} : { accepted }),
    });
  }
  return { rule: name, ...values, onInvalid: invalidActionOf({ ...inside, ...beside }) };
}

/** What a mapping says of invalid values. */
function choiceIn({ invalid, onInvalid }: InvalidChoice): InvalidChoice {
  return {
    ...(invalid === undefined ? {} : { invalid }),
    ...(onInvalid === undefined ? {} : { onInvalid }),
  };
}
