import { execa } from 'execa';

/** The Python whose packages read the output. */
export const PYTHON = process.env.HADOOP_ELT_TEST_PYTHON ?? 'python3';
/** What reads, and the package that it needs. */
export const READERS: Readonly<Record<string, string>> = {
  pandas: 'pandas',
  duckdb: 'duckdb',
  polars: 'polars',
  spark: 'pyspark',
};

/** These tests are run to learn whether others can read the output: without them they fail rather than pass by. */
export default async function requireReaders(): Promise<void> {
  const packages = Object.values(READERS);
  const script = `import importlib.util as u; print(*[p for p in ${JSON.stringify(packages)} if u.find_spec(p) is None])`;
  const { stdout = '', failed } = await execa(PYTHON, ['-c', script], { reject: false });
  const missing = failed ? packages : stdout.split(' ').filter((name) => name !== '');
  const problems = missing.length === 0 ? [] : [`${PYTHON} has no ${missing.join(', ')}`];
  if ((await execa('java', ['-version'], { reject: false })).failed)
    problems.push('Spark needs Java, 17 or newer');
  if (problems.length === 0) return;
  throw new Error(
    `Readers are missing: ${problems.join('; ')}\nInstall them: python3 -m venv VENV && VENV/bin/pip install ${packages.join(' ')}\nThen name that Python: HADOOP_ELT_TEST_PYTHON=VENV/bin/python npm run test:readers`,
  );
}
