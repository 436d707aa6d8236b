/**
 * Compares kernel and reference on generated plans and inputs for a given time, and prints the seed, with which the
 * same cases come again. Exit code 1 on a difference.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { build } from 'esbuild';
import fc from 'fast-check';

const HELP = `npm run fuzz -- [options]

  --seconds N   how long (30)
  --seed N      of the generated cases; default: another one each time
  --path P      what a difference was reported with: runs that case alone
`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    path: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await fuzz(Number(values.seconds), Number(values.seed), values.path);

async function fuzz(seconds, seed, path) {
  const { kernelCases, outcomeOf } = await importCases();
  let cases = 0;
  let records = 0;
  const isSame = (kernelCase) => {
    const expected = outcomeOf({ ...kernelCase, chunkBytes: 1_000_000 }, 'reference');
    cases++;
    records += expected.counts?.recordsRead ?? 0;
    return isDeepStrictEqual(outcomeOf(kernelCase, 'kernel'), expected);
  };
  const result = fc.check(fc.property(kernelCases, isSame), {
    seed,
    ...(path === undefined ? {} : { path }),
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: seconds * 1000,
  });
  const counterexample = result.counterexample?.[0];
  process.stdout.write(`Seed ${seed}: ${cases} cases, ${records} records compared\n`);
  if (!result.failed || counterexample === undefined) return 0;
  const differ = {
    case: counterexample,
    kernel: outcomeOf(counterexample, 'kernel'),
    reference: outcomeOf({ ...counterexample, chunkBytes: 1_000_000 }, 'reference'),
  };
  process.stdout.write(`${JSON.stringify(differ, null, 2)}\n`);
  process.stdout.write(
    `Kernel and reference differ. Again: npm run fuzz -- --seed ${seed} --path "${result.counterexamplePath}"\n`,
  );
  return 1;
}

/** The cases are TypeScript, and so is what they try. */
async function importCases() {
  const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-fuzz-'));
  try {
    const outfile = join(folder, 'kernel-cases.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL('../support/kernel-cases.ts', import.meta.url))],
      bundle: true,
      outfile,
      platform: 'node',
      format: 'esm',
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
