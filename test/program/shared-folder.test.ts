import { chmod, mkdir } from 'node:fs/promises';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = (more: string) => `input: { files: in.csv }\noutput: { path: out${more} }\n`;
/** Runs a command as the user nobody. */
const AS_NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups';

/** Node may lie in a folder that only root may enter. */
const nobodyHasNode =
  process.getuid?.() === 0 &&
  // As nobody, a program starts another, as a run does.
  execaSync('sh', ['-c', `${AS_NOBODY} sh -c '"$0" --version' "${process.execPath}"`], { reject: false })
    .exitCode === 0;

describe.skipIf(!nobodyHasNode)('two users whose outputs lie in one folder (as root)', () => {
  const work = useWorkFolder();

  it('are told whose runs lock outputs there, and what to do', async () => {
    await chmod(work().path, 0o755);
    await mkdir(work().at('shared'), { mode: 0o777 });
    await chmod(work().at('shared'), 0o777);
    // It keeps the previous output, so that the folder for locks and earlier outputs stays.
    await work().write('one/job.yaml', JOB(', mode: replace, keepPrevious: 1'));
    await work().write('two/job.yaml', JOB(''));
    for (const user of ['one', 'two']) await work().write(`${user}/in.csv`, 'A\na\n');
    await chmod(work().at('two'), 0o777);
    const run = (user: string) => `$program run ${user}/job.yaml --output shared/${user}`;
    for (let times = 0; times < 2; times += 1) expect((await work().bash(run('one'))).exitCode).toBe(0);

    const second = await work().bash(`${AS_NOBODY} ${run('two')}`);
    expect(second.stderr).toMatch(/Can't make the folder ".*\/_hadoop-elt\/two\/lock": no permission\n/);
    expect(second.stderr).toContain(
      `${work().at('shared/_hadoop-elt')} belongs to the user with id 0, whose runs lock their outputs there. Run again when`,
    );
    expect(second.exitCode).toBe(3);
    expect(await work().names('shared')).toEqual(['_hadoop-elt', 'one']);

    await chmod(work().at('shared/_hadoop-elt'), 0o1777);
    const third = await work().bash(`${AS_NOBODY} ${run('two')}`);
    expect(third.exitCode, third.stderr).toBe(0);
    expect(await work().names('shared')).toEqual(['_hadoop-elt', 'one', 'two']);
  });
});
