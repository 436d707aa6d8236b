import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OWN_MAPPER, ownMapperInput, STACK } from '../support/own-mappers.js';
import { PROGRAM, useWorkFolder } from '../support/work-folder.js';

const work = useWorkFolder();

/** A job in a folder of its own, for paths are relative to the job file. */
async function prepare(more = '', mapper = 'my-mapper.ts'): Promise<void> {
  for (const [path, content] of Object.entries(OWN_MAPPER)) await work().write(`jobs/${path}`, content);
  await work().write(
    'jobs/job.yaml',
    `input: { files: [in/*.csv] }\nmapper: ${mapper}\noutput: { path: out }\nrun: { splitSize: 40KiB }\n${more}`,
  );
}

const hadoopElt = (command: string, ...more: string[]) => work().runHere([command, 'jobs/job.yaml', ...more]);

describe('a job with a mapper of my own', () => {
  it('gives the same bytes by run, map and build, in any number of tasks', async () => {
    await prepare();
    await work().write('jobs/in/a.csv', ownMapperInput(5000));
    const run = await hadoopElt('run');
    expect(run.stderr).toMatch(/run +2 tasks, \d/);
    expect(run.stderr).toMatch(/verify +\d+ equations of the proof hold/);
    expect(run.stdout).toMatch(/records in +5,000\n +records out +4,995\n +rejected +5,/);
    expect(run.exitCode).toBe(0);
    const published = await work().joinedParts('jobs/out');
    expect(published.toString().split('\n').slice(0, 3)).toEqual([
      'City,Amount',
      'REYKJAVIK,2',
      'REYKJAVIK,4',
    ]);

    const input = work().read('jobs/in/a.csv');
    const mapped = await work().hadoopElt(['map', 'jobs/job.yaml'], { input });
    expect([mapped.exitCode, mapped.bytes.equals(published)]).toEqual([0, true]);
    const built = await hadoopElt('build', '-o', 'built.mjs');
    expect(built.stdout).toContain('has 2 columns baked in');
    expect((await work().node(['built.mjs'], { input })).bytes.equals(published)).toBe(true);

    const rejects = await work().hadoopElt(['map', 'jobs/job.yaml', '--emit', 'rejects'], { input });
    expect(rejects.stdout.split('\n').slice(0, 2)).toEqual([
      'file,line,column,rule,value,reason,record',
      '-,501,Amount,function,,empty,"reykjavik,"',
    ]);
    // Both tasks of the rejects know the lines before them, and what the input is called.
    const inFolder = (await work().joinedParts('jobs/out/_hadoop-elt/rejects')).toString();
    expect(inFolder.replaceAll(`\n${work().at('jobs/in/a.csv')},`, '\n-,')).toBe(rejects.stdout);
  });

  it('names in the manifest what it ran, and does nothing again until a module changes', async () => {
    await prepare();
    await work().write('jobs/in/a.csv', ownMapperInput(10));
    expect((await hadoopElt('run')).exitCode).toBe(0);
    const manifestOf = () => JSON.parse(work().read('jobs/out/_hadoop-elt/manifest.json').toString());
    const first = manifestOf();
    expect(first.counts.recordsRead).toBe(10);

    expect((await hadoopElt('run')).stdout).toContain('Nothing to do');
    await work().write('jobs/lib/tax.ts', OWN_MAPPER['lib/tax.ts'].replace('* rate', '* rate + 1'));
    const refused = await hadoopElt('run');
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining('exists already')]);
    expect((await hadoopElt('run', '--mode', 'replace')).exitCode).toBe(0);
    expect(manifestOf().fingerprint).not.toBe(first.fingerprint);
    expect(manifestOf().mapperSha256).not.toBe(first.mapperSha256);
  });

  it('is the same from whatever folder it is run', async () => {
    await prepare();
    await work().write('jobs/in/a.csv', ownMapperInput(10));
    await work().hadoopElt(['run', 'jobs/job.yaml']);
    const again = await work().bash('cd jobs && $program run job.yaml');
    expect(again.stdout).toContain('Nothing to do');
  });

  it('takes a file that build has made, with the names of the columns of these inputs', async () => {
    await prepare();
    await work().write('jobs/in/a.csv', ownMapperInput(10));
    await work().write('other.csv', 'Amount,City\n1,oslo\n');
    await work().runHere([
      'build',
      'jobs/my-mapper.ts',
      '-o',
      'jobs/built.mjs',
      '--header-from',
      'other.csv',
    ]);
    await prepare('', 'built.mjs');
    const { exitCode } = await hadoopElt('run');
    expect(exitCode).toBe(0);
    expect((await work().joinedParts('jobs/out')).toString()).toContain('\nREYKJAVIK,2\n');
  });

  it('takes a file that build has made from a job file', async () => {
    await work().write('rules.yaml', 'input: { files: x }\ncolumns: { City: upper }\noutput: { path: o }\n');
    await work().runHere(['build', 'rules.yaml', '-o', 'jobs/built.mjs']);
    await prepare('', 'built.mjs');
    await work().write('jobs/in/a.csv', ownMapperInput(1));
    expect((await hadoopElt('run')).exitCode).toBe(0);
    expect((await work().joinedParts('jobs/out')).toString()).toBe('City,Amount\nREYKJAVIK,1\n');
  });

  it('reads data as the mapper says, but for what the job file says', async () => {
    await work().write(
      'jobs/semicolons.ts',
      `import { defineMapper, upper } from 'hadoop-elt/mapper';
export default defineMapper({ csv: { delimiter: ';', columns: ['A', 'B'] }, columns: { B: upper() }, output: { header: 'drop' } });
`,
    );
    await prepare('', 'semicolons.ts');
    await work().write('jobs/in/a.csv', 'a;b\nc;d\n');
    const plan = await hadoopElt('plan');
    expect(plan.stdout).toMatch(/csv\.delimiter +";" +mapper semicolons\.ts/);
    expect(plan.stdout).toMatch(/csv\.header +false +mapper semicolons\.ts/);
    expect(plan.stdout).toMatch(/\[1\] B +by semicolons\.ts +job file line 2/);
    expect((await hadoopElt('run')).exitCode).toBe(0);
    expect((await work().joinedParts('jobs/out')).toString()).toBe('a;B\nc;D\n');

    await prepare('csv: { columns: [B, A], delimiter: "," }\n', 'semicolons.ts');
    await work().write('jobs/in/a.csv', 'a,b\n');
    const other = await hadoopElt('run', '--output', 'other');
    expect(other.exitCode).toBe(0);
    expect((await work().joinedParts('other')).toString()).toBe('A,b\n');
  });

  it('has a look at the columns that it has rules for before any byte moves', async () => {
    await prepare();
    await work().write('jobs/in/a.csv', 'City,Amounts\nx,1\n');
    const { exitCode, stderr } = await hadoopElt('run');
    expect(stderr).toMatch(
      /Column "Amount" is not in the header[\s\S]*job\.yaml:2\n[\s\S]*Did you mean "Amounts"\?/,
    );
    expect(exitCode).toBe(2);
  });
});

describe('a function of mine that throws', () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])(
    'tells message, stack, and file and line of the record, where lines end by %s',
    async (_name, lineEnd) => {
      await prepare();
      await work().write('jobs/in/a.csv', ownMapperInput(9000, 8000, lineEnd));
      const { exitCode, stderr } = await hadoopElt('run');
      expect(stderr).toMatch(/^hadoop-elt: Task 0000\d failed: a function of the mapper threw\n/m);
      expect(stderr).toContain(`the record: ${work().at('jobs/in/a.csv')}:8001\n`);
      expect(stderr).toMatch(/split that starts at byte [1-9]/);
      expect(stderr).toContain('The record is "reykjavik,boom"');
      expect(stderr).toMatch(STACK);
      expect(exitCode).toBe(6);
      expect(await work().names('jobs')).not.toContain('out');
    },
  );

  it('tells the same in a pipe, by map and by a built file', async () => {
    await prepare();
    await work().write('jobs/in/a.csv', ownMapperInput(10));
    await hadoopElt('build', '-o', 'built.mjs');
    const input = ownMapperInput(10, 7);
    const mapped = await work().hadoopElt(['map', 'jobs/job.yaml'], { input });
    expect([mapped.exitCode, mapped.stderr]).toEqual([6, expect.stringMatching(STACK)]);
    expect(mapped.stderr).toContain('at line 8 of stdin\n  The record is "reykjavik,boom"');
    const built = await work().node(['built.mjs'], { input });
    expect([built.exitCode, built.stderr]).toEqual([15, mapped.stderr]);
    const withMaps = await work().node(['--enable-source-maps', 'built.mjs'], { input });
    expect(withMaps.stderr).toMatch(/at withTax \(.*lib\/tax\.ts:6:11\)\n/);
  });

  it('is told whatever it throws, causes too, cut and safe on a terminal', async () => {
    await work().write(
      'jobs/odd.ts',
      `import { defineMapper } from 'hadoop-elt/mapper';
export default defineMapper({
  columns: {
    City: (text) => {
      if (text === 'text') throw 'just text';
      if (text === 'deep') throw new Error('\\u001b[2Jouter', { cause: new TypeError('inner') });
      throw new Error('x'.repeat(100_000));
    },
  },
});
`,
    );
    await prepare('', 'odd.ts');
    const told = async (city: string) =>
      (await work().hadoopElt(['map', 'jobs/job.yaml'], { input: `City\n${city}\n` })).stderr;
    expect(await told('text')).toContain('It threw string: just text');
    const deep = await told('deep');
    expect(deep).toMatch(
      /Error: \\u001b\[2Jouter\n +at City \(odd\.ts:6:\d+\)\n +Caused by: TypeError: inner\n +at City \(odd\.ts:6/,
    );
    expect((await told('long')).length).toBeLessThan(3000);
  });
});

describe('a mapper that is none', () => {
  it.each([
    ['no file', 'nowhere.ts', null, /there is no such file/],
    ['a folder', 'lib', null, /it is a folder/],
    ['no module', 'notes.txt', 'notes', /neither a TypeScript or JavaScript module .* nor a file made by/],
    ['does not compile', 'broken.ts', 'export default {\n  a: 1 +;\n', /broken\.ts:2:9 Unexpected ";"/],
    ['lacks an import', 'lacks.ts', "import './none';\n", /lacks\.ts:1:8 Could not resolve "\.\/none"/],
    [
      'no default export',
      'none.ts',
      'export const a = 1;\n',
      /no default export[\s\S]*Write: export default/,
    ],
    ['another default', 'other.ts', 'export default 5;\n', /default export of this module is no mapper/],
    ['another program', 'other.mjs', 'process.stdin.pipe(process.stdout);\n', /not made by hadoop-elt build/],
    [
      'an option that is not accepted',
      'bad.ts',
      "import { defineMapper } from 'hadoop-elt/mapper';\n\nexport default defineMapper({ columns: { A: 5 } });\n",
      /MapperDefinitionError: columns\["A"\] is 5; give .*\n +at bad\.ts:3:16\n/,
    ],
    [
      'throws when loaded',
      'thr.ts',
      'const x: any = null;\nexport default x.y;\n',
      /TypeError.*\n +at thr\.ts:2:\d+/,
    ],
    [
      'writes to stdout',
      'log.ts',
      `${OWN_MAPPER['my-mapper.ts']}console.log('hello');\n`,
      /writes to stdout/,
    ],
    ['ends the process', 'exit.ts', `${OWN_MAPPER['my-mapper.ts']}process.exit(0);\n`, /process\.exit/],
    [
      'was changed after it was built',
      'built.mjs',
      '#!/usr/bin/env node\n// A mapper made by hadoop-elt. Run it\nconst HADOOP_ELT_PLAN = {\n',
      /made by hadoop-elt build, but was changed/,
    ],
  ])('%s: says so, and what to do, before anything is done', async (_name, mapper, content, message) => {
    await prepare('', mapper);
    if (content !== null) await work().write(`jobs/${mapper}`, content);
    await work().write('jobs/in/a.csv', 'City,Amount\n');
    for (const command of ['plan', 'run']) {
      const { exitCode, stderr, stdout } = await hadoopElt(command);
      expect(stderr).toMatch(message);
      expect(stderr).toContain(
        `mapper from "${work().at('jobs', mapper)}"\n  asked for at jobs/job.yaml:2\n`,
      );
      expect([exitCode, stdout]).toEqual([2, '']);
    }
    expect(await work().names('jobs')).not.toContain('.hadoop-elt');
  });

  it('is asked for esbuild where it is not installed', async () => {
    await prepare();
    await work().write('alone/hadoop-elt.mjs', readFileSync(PROGRAM));
    const { exitCode, stderr } = await work().node(['alone/hadoop-elt.mjs', 'run', 'jobs/job.yaml']);
    expect(stderr).toContain(
      'needs the package esbuild, which is not installed\n  asked for at jobs/job.yaml:2\n',
    );
    expect(stderr).toContain('npm install --save-dev esbuild');
    expect(exitCode).toBe(2);
  });

  it('does not stand beside rules: the error names both lines', async () => {
    await prepare('columns: { City: upper }\n');
    const { exitCode, stderr } = await hadoopElt('plan');
    expect(stderr).toMatch(/jobs\/job\.yaml:5:1 columns: .* at line 2\n/);
    expect(stderr).toContain('remove columns, or remove mapper');
    expect(exitCode).toBe(2);
  });
});
