import { execa } from 'execa';

/** Set where a missing program of others is an error, not a reason to skip tests. */
const REQUIRED = 'HADOOP_ELT_REQUIRE_TOOLS';

/** Whether programs are there that tests ask what they think of our files. Throws where they are required and missing. */
export async function hasTools(...programs: readonly string[]): Promise<boolean> {
  for (const program of programs) {
    const { exitCode } = await execa('sh', ['-c', `command -v ${program}`], { reject: false });
    if (exitCode === 0) continue;
    if (process.env[REQUIRED] !== undefined)
      throw new Error(`${REQUIRED} is set, but there is no ${program}`);
    return false;
  }
  return true;
}
