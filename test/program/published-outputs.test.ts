import { cp, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT, useWorkFolder } from '../support/work-folder.js';

const JOB = `name: old
input: { files: in/*.csv }
columns:
  City: upper
  Amount: { round: { places: 1, onInvalid: reject } }
output: { path: out }
`;
const HEADER = 'City,Amount\n';
const OSLO = `${HEADER}oslo,1.25\n`;
const BONN = `${HEADER}bonn,2\n`;
const LIMA = `${HEADER}lima,3\n`;

const work = useWorkFolder();

async function prepare(job = JOB): Promise<void> {
  await work().write('job.yaml', job);
  await work().write('in/a.csv', OSLO);
}
const run = (...args: string[]) => work().runHere(['run', 'job.yaml', ...args]);
const append = (...args: string[]) => run('--mode', 'append', ...args);
const withOutput = (more: string) => JOB.replace('path: out', `path: out, ${more}`);

/** Runs, and expects the exit code. */
async function expectRun(exitCode: number, ended: ReturnType<typeof run>) {
  const result = await ended;
  expect(result.exitCode, result.stdout + result.stderr).toBe(exitCode);
  return result;
}

/** The records of all batches, sorted, without headers. */
async function recordsOf(output = 'out'): Promise<string[]> {
  const batches = (await work().names(output)).filter((name) => name.startsWith('batch='));
  const parts = await Promise.all(batches.map((batch) => work().joinedParts(output, batch)));
  const lines = parts.flatMap((part) => part.toString().split('\n'));
  return lines.filter((line) => line !== '' && `${line}\n` !== HEADER).sort();
}

describe('append', () => {
  it('does not load content again that was renamed, moved, copied or linked, and says so', async () => {
    await prepare();
    await expectRun(0, append());
    await rename(work().at('in/a.csv'), work().at('in/renamed.csv'));
    const renamed = await expectRun(0, append());
    expect(renamed.stdout).toContain('Nothing to do: every input is in a published batch');
    expect(renamed.stderr).toMatch(
      /Not loaded again: ".*renamed\.csv" has the content of ".*a\.csv", loaded by run \d{8}T/,
    );
    await cp(work().at('in'), work().at('moved'), { recursive: true });
    await symlink(work().at('in'), work().at('linked'));
    await work().write('moved/b.csv', BONN);
    const moved = await expectRun(0, append('--input', 'moved/*.csv', '--input', 'linked/*.csv'));
    expect(moved.stderr.match(/Not loaded again/g)).toHaveLength(2);
    expect(await recordsOf()).toEqual(['BONN,2.0', 'OSLO,1.2']);
  });

  it('refuses an output of create with the remedy, and makes it the first batch with --adopt', async () => {
    await prepare();
    await expectRun(0, run());
    await work().write('in/b.csv', BONN);
    const refused = await expectRun(3, append());
    expect(refused.stderr).toContain('it is not made of batches\n  Run once with --adopt');
    expect(refused.stderr).not.toContain('scan');
    const adopted = await expectRun(0, append('--adopt'));
    expect(adopted.stderr).toMatch(/Adopted: what run \S+ published is now the first batch/);
    expect(await recordsOf()).toEqual(['BONN,2.0', 'OSLO,1.2']);
    // As a message of 0.1 told users to do, which doubled all records: replace, then append.
    await expectRun(0, run('--mode', 'replace'));
    const nothing = await expectRun(0, append('--adopt'));
    expect(nothing.stdout).toContain('Nothing to do');
    expect(nothing.stderr).toContain('Adopted');
    await expectRun(0, append());
    expect(await recordsOf()).toEqual(['BONN,2.0', 'OSLO,1.2']);
  });

  it('says what to do about a changed input, and does it', async () => {
    await prepare();
    await work().write('in/b.csv', BONN);
    await expectRun(0, append());
    await work().write('in/c.csv', LIMA);
    await expectRun(0, append());
    await work().write('in/b.csv', `${HEADER}bern,4\n`);
    const failed = await expectRun(3, append());
    expect(failed.stderr).toMatch(/b\.csv" has changed: its content is not what run \S+ loaded/);
    expect(failed.stderr).toContain('Set output.onChangedInput: append loads its new content too, reload');
    expect(await recordsOf()).toEqual(['BONN,2.0', 'LIMA,3.0', 'OSLO,1.2']);

    await work().write('job.yaml', withOutput('onChangedInput: reload'));
    const reloaded = await expectRun(0, append());
    expect(reloaded.stderr).toMatch(/An input has changed: what run \S+ published is made again/);
    expect(await recordsOf()).toEqual(['BERN,4.0', 'LIMA,3.0', 'OSLO,1.2']);
    expect(await work().names('out')).toHaveLength(2);
    expect((await expectRun(0, append())).stdout).toContain('Nothing to do');

    await work().write('job.yaml', withOutput('onChangedInput: append'));
    await work().write('in/b.csv', `${HEADER}bari,5\n`);
    await expectRun(0, append());
    expect(await recordsOf()).toEqual(['BARI,5.0', 'BERN,4.0', 'LIMA,3.0', 'OSLO,1.2']);

    // a.csv is gone, so its batch can't be made again: OSLO would be lost.
    await work().write('job.yaml', withOutput('onChangedInput: reload'));
    await rm(work().at('in/a.csv'));
    await work().write('in/b.csv', `${HEADER}bruges,6\n`);
    const incomplete = await expectRun(3, append());
    expect(incomplete.stderr).toMatch(
      /what run \S+ published can't be made again: its input ".*a\.csv" is not among the inputs\n.*Put it back/,
    );
    expect(await recordsOf()).toContain('OSLO,1.2');
  });

  it('warns of inputs of one run with the same content, and loads them all', async () => {
    await prepare();
    await work().write('in/b.csv', OSLO);
    const { stderr } = await expectRun(0, append());
    expect(stderr).toMatch(/Warning: the same content is loaded 2 times: .*a\.csv, .*b\.csv/);
    expect(await recordsOf()).toEqual(['OSLO,1.2', 'OSLO,1.2']);
    expect((await expectRun(0, append())).stdout).toContain('Nothing to do');
  });

  it('leaves old batches as they are when the rules change, and says so', async () => {
    await prepare();
    await expectRun(0, append());
    await work().write('job.yaml', JOB.replace('upper', 'lower'));
    await work().write('in/b.csv', BONN);
    const { stderr } = await expectRun(0, append());
    expect(stderr).toMatch(/The rules of this job have changed since 1 batch was published: \S+; what is/);
    expect(await recordsOf()).toEqual(['OSLO,1.2', 'bonn,2.0']);
  });

  it.each([
    ['damaged', (path: string) => writeFile(path, '{"formatVersion": 2')],
    ['missing', (path: string) => rm(path)],
  ])('does not load again what a %s manifest named', async (what, damage) => {
    await prepare();
    await expectRun(0, append());
    const [batch = ''] = await work().names('out');
    await damage(work().at('out', batch, '_hadoop-elt', 'manifest.json'));
    const { stderr } = await expectRun(3, append());
    expect(stderr).toContain(what === 'missing' ? 'it is missing' : 'it is not valid JSON');
    expect(stderr).toContain(
      `or move the folder away, so that its inputs are loaded again: mv ${work().at('out')}`,
    );
    expect(await work().names('out')).toEqual([batch]);
  });

  it.each(['content', 'path+content'])('goes by %s', async (identity) => {
    await prepare(JOB.replace('in/*.csv', `in/*.csv, identity: ${identity}`));
    await expectRun(0, append());
    await rename(work().at('in/a.csv'), work().at('in/b.csv'));
    await expectRun(0, append());
    expect(await recordsOf()).toHaveLength(identity === 'content' ? 1 : 2);
  });
});

describe('nothing to do', () => {
  it('is not said of parts that have changed: by size, by bytes, and with --verify deep whatever else they show', async () => {
    await prepare();
    await expectRun(0, run());
    const part = work().at('out', 'part-00000');
    const published = await readFile(part);
    const { mtime } = await import('node:fs').then(({ statSync }) => statSync(part));
    expect((await expectRun(0, run('--verify', 'deep'))).stdout).toContain('Nothing to do');
    await writeFile(part, published.toString().replace('1.2', '9.9'));
    const { stderr } = await expectRun(3, run());
    expect(stderr).toContain(`The published file "${part}" has changed: its bytes are not those`);
    expect(stderr).toContain('Put the published file back, or publish everything again with --mode replace');
    // As if a disk had changed the bytes: no fact of the file shows it.
    const manifest = work().at('out', '_hadoop-elt', 'manifest.json');
    const stamped = JSON.parse(await readFile(manifest, 'utf8'));
    await utimes(part, mtime, mtime);
    const { statSync } = await import('node:fs');
    const { mtimeMs, dev, ino } = statSync(part);
    stamped.parts[0].stamp = { modifiedMs: mtimeMs, identity: `${dev}:${ino}` };
    await writeFile(manifest, JSON.stringify(stamped));
    expect((await expectRun(0, run())).stdout).toContain('Nothing to do');
    expect((await expectRun(3, run('--verify', 'deep'))).stderr).toContain('its bytes are not those');
    // What is known to be the job's own may be replaced.
    await expectRun(0, run('--mode', 'replace'));
    expect(await readFile(part)).toEqual(published);
  });

  it('create makes the output again for a changed input only where the job says reload', async () => {
    await prepare();
    await expectRun(0, run());
    await work().write('in/a.csv', BONN);
    expect((await expectRun(3, run())).stderr).toContain('an input has changed since it was published');
    await work().write('job.yaml', withOutput('onChangedInput: reload'));
    await expectRun(0, run());
    expect((await work().joinedParts('out')).toString()).toBe(`${HEADER}BONN,2.0\n`);
    expect(await work().names()).not.toContain('_hadoop-elt');
  });
});

describe('replace', () => {
  it('names a file of others in the output, and how to move it away', async () => {
    await prepare();
    await expectRun(0, run());
    const notes = await work().write('out/notes.txt', 'mine');
    for (const mode of ['create', 'replace', 'append']) {
      const { stderr } = await expectRun(3, run('--mode', mode, '--adopt'));
      expect(stderr).toContain(`"${notes}" was not published by hadoop-elt`);
      expect(stderr).toContain(`or move it away first: mv ${notes} ELSEWHERE`);
    }
    expect(work().read('out/notes.txt').toString()).toBe('mine');
  });

  it('keeps as many previous outputs as the job says, and rollback puts one back', async () => {
    await prepare(withOutput('keepPrevious: 1'));
    await expectRun(0, run('--mode', 'replace'));
    const none = await expectRun(3, work().runHere(['rollback', 'job.yaml']));
    expect(none.stderr).toMatch(
      /There is no previous output of ".*out" to put back\n {2}Set output\.keepPrevious/,
    );
    for (const text of [BONN, LIMA]) {
      await work().write('in/a.csv', text);
      await expectRun(0, run('--mode', 'replace'));
    }
    expect(await work().names('_hadoop-elt/out/previous')).toHaveLength(1);
    const back = await expectRun(0, work().runHere(['rollback', 'job.yaml']));
    expect(back.stdout).toMatch(
      /^Put back the previous output of \S+out\n {2}of run \S+, published 20\S+\nWhat run \S+ published is kept: /,
    );
    expect((await work().joinedParts('out')).toString()).toContain('BONN');
    const again = await expectRun(0, work().runHere(['rollback', 'job.yaml', '--json']));
    expect(JSON.parse(again.stdout)).toMatchObject({ event: 'rolled-back', output: work().at('out') });
    expect((await work().joinedParts('out')).toString()).toContain('LIMA');
    expect(await work().names('_hadoop-elt/out')).toEqual(['previous']);
    const unknown = await expectRun(3, work().runHere(['rollback', 'job.yaml', '--to', 'r9']));
    expect(unknown.stderr).toMatch(/"r9" is not among the previous ones .*\n {2}kept: \d{8}T/);
  });

  it.each(['run', 'rollback'])(
    '%s puts back what a run left aside that was killed between its renames, whatever the lock knows',
    async (command) => {
      await prepare(JOB.replace('path: out', 'path: out, mode: replace'));
      await expectRun(0, run());
      await work().write('_hadoop-elt/out/staging/dead/records/part-00000', 'x');
      await rename(work().at('out'), work().at('_hadoop-elt/out/staging/dead/replaced'));
      // The run after it fails early.
      await work().write('in/a.csv', `${HEADER}"oslo\n`);
      const ended = await work().runHere([command, 'job.yaml']);
      expect(ended.exitCode).not.toBe(0);
      expect(ended.stderr).toContain(`Mended ${work().at('out')}, which run dead was changing`);
      expect((await work().joinedParts('out')).toString()).toContain('OSLO');
    },
  );
});

describe('outputs of version 0.1', () => {
  /** Copies what version 0.1 published from in/a.csv; the batches also from in/b.csv. */
  async function prepareOld(): Promise<void> {
    const outputs = join(PROJECT, 'test', 'program', 'outputs-of-0.1');
    await cp(outputs, work().path, { recursive: true });
    const folders = [
      'create',
      'replace',
      ...(await work().names('append')).map((batch) => join('append', batch)),
    ];
    for (const folder of folders) {
      const path = work().at(folder, '_manifest.json');
      await writeFile(path, (await readFile(path, 'utf8')).replaceAll('WORK', work().path));
    }
  }

  it('are known in every mode, where their manifests lie', async () => {
    await prepareOld();
    // Version 0.1 kept headers where they were; with today's default the parts would differ.
    const job = await readFile(work().at('job.yaml'), 'utf8');
    await work().write('job.yaml', job.replace('path: out', 'path: out, header: keep'));
    expect((await expectRun(0, append('--output', 'append'))).stdout).toContain('Nothing to do');
    await rm(work().at('in/b.csv'));
    await work().write('today.yaml', job.replace('path: out', 'path: create'));
    const today = await expectRun(3, work().runHere(['run', 'today.yaml']));
    expect(today.stderr).toContain('the job has changed');
    for (const output of ['create', 'replace']) {
      expect((await expectRun(0, run('--output', output))).stdout).toContain('Nothing to do');
    }
    await work().write('in/c.csv', LIMA);
    await expectRun(0, append('--output', 'append'));
    expect(await recordsOf('append')).toEqual(['BONN,2.0', 'LIMA,3.0', 'OSLO,1.2']);
    await expectRun(3, append('--output', 'create'));
    await expectRun(0, append('--output', 'create', '--adopt'));
    expect(await recordsOf('create')).toEqual(['LIMA,3.0', 'OSLO,1.2']);
    await expectRun(0, run('--output', 'replace', '--mode', 'replace'));
    await expectRun(0, run('--output', 'append', '--mode', 'replace'));
    expect(await work().names('append')).toEqual(['_SUCCESS', '_hadoop-elt', 'part-00000']);
  });

  it('are told of by plan where their years of two digits mean something else now', async () => {
    await prepareOld();
    const dated =
      'name: old\ninput: { files: in/a.csv }\ncolumns: { City: { date: { from: d.M.yy, to: yyyy, century: 1950 } } }\n';
    await work().write('dated.yaml', `${dated}output: { path: create, header: keep }\n`);
    const { stdout } = await expectRun(0, work().hadoopElt(['plan', 'dated.yaml']));
    expect(stdout).toContain(
      'Warning: version 0.1 published this output, and read years of two digits as 20yy',
    );
    expect(stdout).toContain('yy needs century, and y takes no two digits: City');
    await work().write(
      'dated.yaml',
      `${dated.replace('d.M.yy', 'd.M.yyyy')}output: { path: create, header: keep }\n`,
    );
    expect((await expectRun(0, work().hadoopElt(['plan', 'dated.yaml']))).stdout).not.toContain('Warning');
  });

  it('are not published over when their manifest is damaged', async () => {
    await prepareOld();
    for (const [output, ...mode] of [['create'], ['replace', '--mode', 'replace']] as const) {
      await writeFile(work().at(output, '_manifest.json'), 'null');
      const { stderr } = await expectRun(3, run('--output', output, ...mode));
      expect(stderr).toContain(`Can't use the manifest "${work().at(output, '_manifest.json')}": it is not`);
    }
  });
});
