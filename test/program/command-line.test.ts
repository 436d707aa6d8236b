import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../submit/cli/parse.js';
import { runCommand } from '../../submit/cli/run.js';
import { EXIT } from '../../submit/exit-codes.js';
import { useWorkFolder } from '../support/work-folder.js';

const JOB = 'input: { files: in.csv }\ncolumns: { A: upper }\noutput: { path: out }\n';
const CLUSTER = ['--webhdfs', 'http://127.0.0.1:1', '--fs', 'hdfs://127.0.0.1:2', '--user', 'me'];

describe('options', () => {
  const work = useWorkFolder();
  const plan = async (...args: string[]) => {
    await work().write('job.elt.yaml', JOB);
    await work().write('in.csv', 'A\na\n');
    await work().write('b.csv', 'A\nb\n');
    const { stdout, stderr } = await work().runHere(['plan', '--json', ...args]);
    expect(stderr).toBe('');
    return JSON.parse(stdout).settings;
  };
  const dryRun = async (...args: string[]) => {
    await work().write('job.elt.yaml', JOB);
    await work().write('in.csv', 'A\na\n');
    const { stdout, stderr } = await work().runHere([
      'submit',
      ...args,
      ...CLUSTER,
      '--streaming-jar',
      '/streaming.jar',
      '--dry-run',
    ]);
    expect(stderr).toBe('');
    return stdout;
  };
  const refused = async (...args: string[]) => {
    await work().write('job.elt.yaml', JOB);
    const { stdout, stderr, exitCode } = await work().runHere(['run', 'job.elt.yaml', ...args]);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
    return stderr;
  };

  it('that may be repeated take one value each time, so that the job file may follow', async () => {
    const { 'input.files': one } = await plan('--input', 'b.csv', 'job.elt.yaml');
    expect(one.value.patterns).toEqual(['b.csv']);
    const { 'input.files': two } = await plan('--input', 'b.csv', '--input=in.csv', 'job.elt.yaml');
    expect(two.value.patterns).toEqual(['b.csv', 'in.csv']);
  });

  it('take the last value where one is enough', async () => {
    const settings = await plan('--mode', 'append', 'job.elt.yaml', '--mode', 'replace');
    expect(settings['output.mode'].value).toBe('replace');
  });

  it('take --wait with a time, without one, and nothing else for a time', async () => {
    const parse = async (...argv: string[]) => {
      const request = await parseArguments(['run', ...argv], [runCommand], '0');
      return request.kind === 'command' ? request.args : request.text;
    };
    expect(await parse('job.yaml')).toMatchObject({ job: 'job.yaml', wait: undefined });
    expect(await parse('--wait', 'job.yaml')).toMatchObject({ job: 'job.yaml', wait: 'forever' });
    expect(await parse('--wait', '10m', 'job.yaml')).toMatchObject({ job: 'job.yaml', wait: '10m' });
    expect(await parse('job.yaml', '--wait')).toMatchObject({ job: 'job.yaml', wait: 'forever' });
    expect(await parse('job.yaml', '--wait=30s')).toMatchObject({ wait: '30s' });
    expect(await refused('--wait=soon')).toContain('--wait is "soon"; accepted: a number with a unit');
  });

  it('take properties in both of the spellings of Hadoop, before and after the job file', async () => {
    const command = await dryRun('-D', 'first=1', '-Dsecond.name=2=3', 'job.elt.yaml', '-Dthird=x y');
    expect(command).toContain("-D first=1 -D second.name=2=3 -D 'third=x y'");
  });

  it('take the value of -o behind it', async () => {
    await work().write('job.elt.yaml', JOB);
    expect((await work().runHere(['build', 'job.elt.yaml', '-omapper.mjs'])).exitCode).toBe(0);
    expect(await work().names()).toContain('mapper.mjs');
  });

  it('that lack their value are refused by name, and so is an empty one', async () => {
    expect(await refused('--output')).toBe(
      'hadoop-elt: --output needs a value\n  See hadoop-elt run --help\n',
    );
    expect(await refused('--output', '--mode', 'replace')).toContain('--output needs a value\n');
    expect(await refused('--output', '')).toContain('--output needs a value, but the one given is empty\n');
  });

  it('that take one of a few words name them', async () => {
    expect(await refused('--mode', 'over')).toContain(
      '--mode is "over"; accepted: create, replace, append\n',
    );
  });

  it('that are unknown are told with their dashes, and the nearest one', async () => {
    expect(await refused('--moed', 'append')).toContain('Unknown argument: --moed\n  Did you mean --mode?\n');
  });

  it('are refused in English wherever the program runs', async () => {
    await work().write('job.elt.yaml', JOB);
    const env = { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
    const { stderr } = await work().runHere(['run', 'job.elt.yaml', '--fast'], { env });
    expect(stderr).toContain('Unknown argument: --fast');
  });
});

describe('the help of a command', () => {
  const work = useWorkFolder();
  const help = async (command: string) => (await work().runHere([command, '--help'])).stdout;

  it('shows the options in groups, with their choices and with what holds without them', async () => {
    const text = await help('submit');
    const groups = ['\nJob:\n', '\nOutput:\n', '\nCluster:\n', '\nHadoop:\n'].map((group) =>
      text.indexOf(group),
    );
    expect(groups).toEqual([...groups].sort((one, other) => one - other));
    expect(groups).not.toContain(-1);
    expect(text).toMatch(/^ {2}--mode create\|replace\|append {2,}What happens to an output/m);
    expect(text).toContain('(default: .hadoop-elt beside the job file)');
    expect(text).toMatch(/^ {2}-D NAME=VALUE {2,}Hadoop property for the job; may be repeated$/m);
    expect(text).toMatch(/^ {2}--ship-node {2,}Ship/m);
  });

  it('of the program tells each exit code in a line of its own, none of them broken', async () => {
    const { stdout } = await work().runHere(['--help']);
    const [, codes = ''] = stdout.split('\nExit codes:\n');
    expect(codes.trimEnd().split('\n')).toEqual([
      ...Object.values(EXIT).map((code) => expect.stringMatching(new RegExp(`^ {2}${code} {2,}\\S`))),
      expect.stringMatching(/^ {2}128\+signal {2}interrupted: 130 by Ctrl-C .*, 143 by SIGTERM/),
    ]);
  });

  for (const command of ['map', 'build', 'plan', 'run', 'submit', 'load', 'rollback', 'doctor']) {
    it(`of ${command} has examples that can be copied, each whole in its line`, async () => {
      const text = await help(command);
      expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
      const [, examples = ''] = text.split('\nExamples:\n');
      const lines = examples.split('\n\n')[0]?.trimEnd().split('\n') ?? [];
      expect(lines.length).toBeGreaterThan(1);
      lines.forEach((line, index) => {
        expect(line).toMatch(index % 2 === 0 ? /^ {2}# / : /^ {2}(hadoop-elt|node|head) /);
      });
    });
  }
});
