import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { MapperPlan, OutputStyle } from '../../../../mapper/contract.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { agreeOnHeader, mapperPlanOf, planJob } from '../../../../submit/job/plan.js';
import { runMapperOn } from '../../../support/mapper-harness.js';
import { hasPython, PYTHON } from '../../../support/python.js';
import { isThorough } from '../../../support/thoroughness.js';
import { PROJECT } from '../../../support/work-folder.js';

const SCRIPT = join(PROJECT, 'test', 'witnesses', 'dialects.py');
const CASES = isThorough ? 6_000 : 1_500;
/** Other cases each day; `DIALECTS_SEED` repeats those of a failure. */
const SEED = process.env.DIALECTS_SEED ?? String(Math.floor(Date.now() / 86_400_000));

/** What Python has written, and how. */
interface WrittenCase {
  readonly csv: { readonly delimiter: string; readonly quote: string; readonly escape: string };
  readonly data: string;
}

const canAsk = await hasPython();
const AROUND = { jobFile: '/work/job.yaml', cwd: '/work', cpuCount: 2, hdfsHome: null };
/** In which the output is written, in turn. Python's reader doubles quotes by default. */
const OUTPUTS = [',', ';', '\t', '|'].flatMap((delimiter) =>
  (['minimal', 'all'] as const).map((quote) => ({ delimiter, quote })),
);
const CHUNKS = [1, 2, 3, 7, 64, 65_536];

async function ask(args: readonly string[], input = ''): Promise<readonly string[]> {
  const { stdout } = await execa(PYTHON, [SCRIPT, ...args], {
    input,
    env: { PYTHONIOENCODING: 'utf-8' },
    maxBuffer: 2 ** 30,
  });
  return stdout.split('\n').filter((line) => line !== '');
}

describe("what Python's csv module writes in any dialect", () => {
  it.skipIf(!canAsk)(
    `is read as Python reads it, and Python reads what is written of it${canAsk ? '' : ' (skipped: there is no Python here)'}`,
    async () => {
      const cases = (await ask(['write', SEED, String(CASES)])).map(
        (line) => JSON.parse(line) as WrittenCase,
      );
      const mapped = cases.map((written, nth) => {
        const { csv, data } = written;
        const output = OUTPUTS[nth % OUTPUTS.length] as (typeof OUTPUTS)[number];
        const outcome = runMapperOn(planOf(csv, output), Buffer.from(data, 'base64'), {
          path: nth % 3 === 0 ? 'reference' : 'kernel',
          chunkBytes: CHUNKS[nth % CHUNKS.length] as number,
        });
        expect(outcome.failure, `seed ${SEED}: ${JSON.stringify(written)}`).toBe(null);
        return { ...written, output, mapped: Buffer.from(outcome.output, 'latin1').toString('base64') };
      });
      const differing = await ask(['judge'], mapped.map((one) => `${JSON.stringify(one)}\n`).join(''));
      expect(differing.slice(0, 3), `seed ${SEED}: ${differing.length} of ${CASES}`).toEqual([]);
    },
    600_000,
  );
});

const plans = new Map<string, MapperPlan>();

/** By way of a job file, so that its words are tried too. */
function planOf(csv: WrittenCase['csv'], output: (typeof OUTPUTS)[number]): MapperPlan {
  const key = JSON.stringify(csv);
  const plan = plans.get(key) ?? planOfJob(csv);
  plans.set(key, plan);
  const { delimiter, quote } = output;
  const style: OutputStyle = { delimiter, ...(quote === 'all' && { quote }) };
  return { ...plan, output: { header: 'keep', csv: style } };
}

function planOfJob(csv: WrittenCase['csv']): MapperPlan {
  const text = JSON.stringify({ input: { files: ['in.csv'] }, csv, columns: {}, output: { path: 'out' } });
  const plan = planJob(parseJobFile('job.yaml', text), {}, AROUND);
  return mapperPlanOf(plan, { ...agreeOnHeader(plan, []), quotedLineBreaks: 'yes', firstYear: 2026 });
}
