import { CATALOGUE, type Rule, readOptions } from '../../mapper/rules/catalogue.js';
import { isFailure } from '../errors.js';
import { parseJobFile } from '../job/job-file.js';
import { planJob } from '../job/plan.js';

/** A rule as a job file writes it: its name, and its options by name. */
export interface InferredRule {
  readonly rule: string;
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** What becomes of a rule: it can be written, this version does not know it, or it finds one of the values invalid. */
export type RuleTrial = 'right' | 'unknown' | 'wrong';

/** Tries a rule on values that were seen: by the job file's own schema and checks, and then by applying it. */
export function tryRule({ rule: name, options }: InferredRule, values: readonly string[]): RuleTrial {
  const given = Object.keys(options).length === 0 ? name : { [name]: options };
  const text = JSON.stringify({
    input: { files: ['-'] },
    csv: { header: true },
    columns: { column: given },
    output: { path: '-' },
  });
  try {
    const plan = planJob(parseJobFile('job', text), {}, { jobFile: '/job', cwd: '/', cpuCount: 1 });
    const rule: Rule | undefined = CATALOGUE.rules.find((known) => known.name === name);
    const [planned] = plan.columns[0]?.rules ?? [];
    if (rule === undefined || planned === undefined) return 'unknown';
    const { values: optionValues, flaws } = readOptions(rule.options, planned);
    if (flaws.length > 0) return 'unknown';
    const made = rule.make(optionValues);
    return values.every((value) => made.apply(value).ok) ? 'right' : 'wrong';
  } catch (error) {
    if (isFailure(error, 'job-file-invalid') || error instanceof RangeError) return 'unknown';
    throw error;
  }
}
