import { execa } from 'execa';

/** The Python that tests ask. */
export const PYTHON = process.env.HADOOP_ELT_TEST_PYTHON ?? 'python3';
/** Set where a missing Python is an error. */
const REQUIRED = 'HADOOP_ELT_REQUIRE_PYTHON';

/** Whether there is a Python. Throws where it is required and missing. */
export async function hasPython(): Promise<boolean> {
  const { exitCode, shortMessage } = await execa(PYTHON, ['-c', 'import csv'], { reject: false });
  if (exitCode !== 0 && process.env[REQUIRED] !== undefined) {
    throw new Error(`${REQUIRED} is set, but Python does not work here: ${shortMessage}`);
  }
  return exitCode === 0;
}
