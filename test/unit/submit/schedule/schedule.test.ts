import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DagOptions, formatDag } from '../../../../submit/schedule/airflow.js';
import { agreeAtStarts, nextStarts, parseCron } from '../../../../submit/schedule/cron.js';
import { formatCrontab, putIntoCrontab } from '../../../../submit/schedule/crontab.js';
import type { ScheduledJob } from '../../../../submit/schedule/scheduled-job.js';
import { calendarsOf, formatSystemd } from '../../../../submit/schedule/systemd.js';
import { formatTask } from '../../../../submit/schedule/task-scheduler.js';

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const NOW = Date.parse('2026-01-10T00:00:00Z');
const jobOf = (cron: string, more: Partial<ScheduledJob> = {}): ScheduledJob => ({
  name: 'sales',
  cron: parseCron(cron),
  zone: 'Europe/Berlin',
  words: ['/bin/true', 'scheduled', '/srv/100% "it\'s" $HOME/a b\\c.elt.yaml', '--mode', 'replace'],
  folder: '/tmp',
  environment: { PATH: '/usr/bin:/bin:/opt/my hadoop/bin', HADOOP_CONF_DIR: '/etc/a b' },
  account: null,
  retries: 0,
  retryDelayMs: 300_000,
  timeLimitMs: null,
  ...more,
});

const EXPRESSIONS = [
  '15 2 * * *',
  '*/10 6-20 * * mon-fri',
  '0 0 1,15 * *',
  '30 4 * jan,jul sun',
  '0 12 31 */2 *',
  '5 0 13 * fri',
  '@hourly',
  '0 3 * * 7',
];

describe('a cron expression', () => {
  it.each([
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '0 0 0 * *',
    '0 0 * 13 *',
    '* * * * * *',
    '0 0 L * *',
    'x * * * *',
    '@reboot',
  ])('is refused, with what is accepted: %j', (text) => {
    expect(() => parseCron(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('has its next starts in a zone, over its changes of clock', () => {
    const starts = nextStarts(
      parseCron('30 2 * * *'),
      'Europe/Berlin',
      Date.parse('2026-03-27T12:00:00Z'),
      3,
    );
    const times = starts.map((ms) => new Date(ms).toISOString());
    expect(times[0]).toBe('2026-03-28T01:30:00.000Z');
    expect(times[2]).toBe('2026-03-30T00:30:00.000Z');
  });

  it('is at the same time in two zones only if it is so all the year', () => {
    const cron = parseCron('0 2 * * *');
    expect(agreeAtStarts(cron, 'UTC', 'Etc/UTC', NOW)).toBe(true);
    expect(agreeAtStarts(cron, 'Europe/Berlin', 'Europe/Vienna', NOW)).toBe(true);
    expect(agreeAtStarts(cron, 'Europe/Berlin', 'Africa/Lagos', NOW)).toBe(false);
    expect(agreeAtStarts(cron, 'Europe/Berlin', 'UTC', NOW)).toBe(false);
  });
});

describe.skipIf(!has('systemd-analyze'))('the units of systemd', () => {
  it.each(EXPRESSIONS)('start a job when cron would: %s', (text) => {
    const cron = parseCron(text);
    const expected = nextStarts(cron, 'UTC', NOW, 5).map((ms) =>
      new Date(ms).toISOString().slice(0, 19).replace('T', ' '),
    );
    const found = calendarsOf(cron).flatMap((calendar) => {
      const args = ['calendar', '--base-time=2026-01-10 00:00:00 UTC', '--iterations=5', `${calendar} UTC`];
      const { status, stdout, stderr } = spawnSync('systemd-analyze', args, {
        encoding: 'utf8',
        env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
      });
      expect([status, stderr]).toEqual([0, '']);
      return [...stdout.matchAll(/(?:Next elapse|Iter(?:ation|\.) #\d+): \w+ (\S+ \S+) UTC/g)].map(
        ([, time]) => time,
      );
    });
    expect([...new Set(found)].sort().slice(0, 5)).toEqual(expected);
  });

  it('are accepted by systemd-analyze verify, whatever is in their words', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-units-'));
    try {
      const units = formatSystemd(
        jobOf('15 2 * * *', { retries: 2, timeLimitMs: 7_200_000, account: 'root' }),
      );
      writeFileSync(join(folder, units.serviceName), units.service);
      writeFileSync(join(folder, units.timerName), units.timer);
      const { status, stderr } = spawnSync(
        'systemd-analyze',
        ['verify', join(folder, units.serviceName), join(folder, units.timerName)],
        { encoding: 'utf8' },
      );
      expect([status, stderr.split('\n').filter((line) => line.includes('hadoop-elt'))]).toEqual([0, []]);
      expect(units.timer).toContain('OnCalendar=*-*-* 02:15:00 Europe/Berlin\n');
      expect(units.service).toContain('"/srv/100%% \\"it\'s\\" $$HOME/a b\\\\c.elt.yaml"');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the lines of a crontab', () => {
  it('give sh the words as they are', () => {
    const line =
      formatCrontab(jobOf('15 2 * * *'))
        .split('\n')
        .find((one) => one.startsWith('15')) ?? '';
    // cron takes the backslashes off, and the first five fields.
    const command = line
      .replace('15 2 * * *  ', '')
      .replaceAll('\\%', '%')
      .replace('/bin/true', 'printf "%s|"');
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    expect(stdout.split('|').slice(1, 2)).toEqual(['/srv/100% "it\'s" $HOME/a b\\c.elt.yaml']);
    expect(line).not.toMatch(/[^\\]%/);
  });

  it('take the place of those that were there, and leave all else alone', () => {
    const other = 'MAILTO=me\n# mine\n1 1 * * *  do\n';
    const first = putIntoCrontab(other, { name: 'sales' }, formatCrontab(jobOf('15 2 * * *')));
    const second = putIntoCrontab(first, { name: 'sales' }, formatCrontab(jobOf('20 2 * * *')));
    expect(first.startsWith(other)).toBe(true);
    expect(second).toBe(first.replace('15 2', '20 2'));
    expect(putIntoCrontab(second, { name: 'sales' }, '')).toBe(other);
    expect(putIntoCrontab(second, { name: 'other' }, '')).toBe(second);
  });

  it.skipIf(!has('crontab'))('are accepted by crontab', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-crontab-'));
    try {
      const path = join(folder, 'crontab');
      for (const expression of EXPRESSIONS) {
        writeFileSync(path, formatCrontab(jobOf(expression)));
        // -n only checks; not every crontab has it.
        const { status, stderr } = spawnSync('crontab', ['-n', path], { encoding: 'utf8' });
        if (/invalid option|usage/i.test(stderr)) return;
        expect([expression, status, stderr.replace(/.*successfully.*\n/, '')]).toEqual([expression, 0, '']);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the XML of Task Scheduler', () => {
  const SCHEMA = join(import.meta.dirname, 'task-scheduler.xsd');
  it.skipIf(!has('xmllint')).each(EXPRESSIONS)('is valid: %s', (expression) => {
    const xml = formatTask(
      jobOf(expression, { retries: 2, timeLimitMs: 7_200_000, account: 'DOMAIN\\elt & co' }),
      '2026-01-10',
    );
    const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', SCHEMA, '-'], {
      input: xml,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '- validates\n']);
  });

  it('has one trigger for times at one distance, and one for each other time', () => {
    const triggers = (cron: string) =>
      formatTask(jobOf(cron), '2026-01-10').match(/<CalendarTrigger>/g)?.length;
    expect(triggers('*/10 * * * *')).toBe(1);
    expect(triggers('*/10 6-20 * * mon-fri')).toBe(1);
    expect(triggers('0,20 2,4 * * *')).toBe(4);
    expect(triggers('5 0 13 * fri')).toBe(2);
    expect(() => triggers('*/7 * * * *')).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('quotes arguments as Windows reads them, and has UTC where that was asked for', () => {
    const xml = formatTask(
      jobOf('15 2 * * *', { zone: 'UTC', words: ['C:\\n.exe', 'C:\\a b\\', 'say "x"'] }),
      '2026-01-10',
    );
    expect(xml).toContain('<Arguments>&quot;C:\\a b\\\\&quot; &quot;say \\&quot;x\\&quot;&quot;</Arguments>');
    expect(xml).toContain('<StartBoundary>2026-01-10T02:15:00Z</StartBoundary>');
  });
});

describe('the variables that a job reads', () => {
  const job = jobOf('15 2 * * *', { needs: ['SALT', 'PING_URL'] });
  const READS = 'The job reads SALT and PING_URL from its environment';

  it('are named where cron has none of them, and gone with the lines', () => {
    const text = formatCrontab(job);
    expect(text).toContain(`# ${READS}, which cron does not have: set each in a line of its own above,\n`);
    const put = putIntoCrontab('1 1 * * *  do\n', { name: 'sales' }, text);
    expect(put).toContain('# such as SALT=...');
    expect(putIntoCrontab(put, { name: 'sales' }, '')).toBe('1 1 * * *  do\n');
    expect(formatCrontab(jobOf('15 2 * * *'))).not.toContain('reads');
  });

  it('have a file for systemd, which need not be there', () => {
    const { service, serviceName } = formatSystemd(job);
    expect(service).toContain(`# ${READS}: write each as a line NAME=value into this file`);
    expect(service).toContain('EnvironmentFile=-%E/hadoop-elt/sales.env\n');
    expect(formatSystemd(jobOf('15 2 * * *')).service).not.toContain('EnvironmentFile');
    if (!has('systemd-analyze')) return;
    const folder = mkdtempSync(join(tmpdir(), 'hadoop-elt-units-'));
    try {
      writeFileSync(join(folder, serviceName), service);
      const verified = spawnSync('systemd-analyze', ['verify', join(folder, serviceName)], {
        encoding: 'utf8',
      });
      expect(verified.stderr.split('\n').filter((line) => line.includes('hadoop-elt'))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are told in the description of a task, and in a DAG where no Connection has them', () => {
    expect(formatTask(job, '2026-01-10')).toContain(
      `. ${READS}: set each for the account that runs it, by setx`,
    );
    expect(formatDag(job, dagOf())).toContain(
      '# The job reads PING_URL from its environment: to be set for the workers',
    );
    expect(formatDag(jobOf('15 2 * * *', { needs: ['SALT'] }), dagOf())).not.toContain('The job reads');
  });
});

const NASTY_FILE = '/srv/100% "it\'s" $HOME/{{ a }} b\\c.elt.yaml';
const dagOf = (more: Partial<DagOptions> = {}): DagOptions => ({
  startDay: '2026-01-10',
  tasks: 'steps',
  program: ['/bin/true'],
  jobFile: NASTY_FILE,
  scheduledOptions: ['--parallel', '2', '--logs', '/var/log'],
  stepOptions: ['--parallel', '2'],
  variables: [{ name: 'mode', environment: 'HADOOP_ELT_MODE', byDefault: 'replace' }],
  connections: [{ environment: 'SALT', connection: 'my_salt', field: 'password' }],
  daysBack: null,
  emails: [],
  dependsOnPast: false,
  catchup: false,
  sensorMs: null,
  ...more,
});

describe.skipIf(!has('python3'))('the DAG of Airflow', () => {
  /** What Python reads: the commands by task, and the default arguments. */
  const read = (dag: string) => {
    const script = `
import ast, json, sys
tree = ast.parse(sys.stdin.read())
calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
words = lambda call: {word.arg: word.value for word in call.keywords}
operators = [words(call) for call in calls if getattr(call.func, "id", "") in ("BashOperator", "BashSensor")]
dag = [words(call) for call in calls if getattr(call.func, "id", "") == "DAG"][0]
defaults = {key.value: value for key, value in zip(dag["default_args"].keys, dag["default_args"].values)}
print(json.dumps({
    "commands": {one["task_id"].value: ast.literal_eval(one["bash_command"]) for one in operators},
    "env": ast.literal_eval(defaults["env"]),
    "defaults": {name: ast.unparse(value) for name, value in defaults.items()},
}))
`;
    const { status, stdout, stderr } = spawnSync('python3', ['-c', script], { input: dag, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Record<'commands' | 'env' | 'defaults', Record<string, string>>;
  };
  /** The words that a shell makes of a command, once the template is rendered. */
  const wordsOf = (command: string) =>
    spawnSync(
      'sh',
      [
        '-c',
        command
          .replace(/^\{% raw %\}/, '')
          .replace(/\{% endraw %\} $/, '')
          .replace('/bin/true', 'printf "%s|"'),
      ],
      {
        encoding: 'utf8',
        env: { ...process.env, HADOOP_ELT_RUN: 'dag/run 1' },
      },
    ).stdout.split('|');

  it('has a task for each step, data and mapper side by side, and the words as they are', () => {
    const text = formatDag(jobOf('15 2 * * *', { retries: 2, timeLimitMs: 7_200_000 }), dagOf());
    const { commands, defaults } = read(text);
    expect(Object.keys(commands)).toEqual([
      'check',
      'load_data',
      'load_mapper',
      'run_job',
      'verify_and_publish',
    ]);
    expect(wordsOf(commands.run_job ?? '')).toEqual([
      'step',
      'run',
      '--job',
      NASTY_FILE,
      '--parallel',
      '2',
      '--run',
      'dag/run 1',
      '',
    ]);
    expect(text).toContain('    [load_data, load_mapper] >> run_job\n');
    expect(text).toContain('tz="Europe/Berlin"');
    expect(defaults).toMatchObject({
      retries: '2',
      execution_timeout: 'timedelta(seconds=7500)',
      depends_on_past: 'False',
    });
  });

  it('has a sensor that waits for the job, and no worker, where that is asked for', () => {
    const text = formatDag(jobOf('15 2 * * *', { timeLimitMs: 7_200_000 }), dagOf({ sensorMs: 90_000 }));
    const { commands } = read(text);
    expect(Object.keys(commands)).toEqual([
      ...['check', 'load_data', 'load_mapper', 'run_job', 'job_ended', 'verify_and_publish'],
    ]);
    expect(wordsOf(commands.run_job ?? '').slice(0, 2)).toEqual(['step', 'submit']);
    expect(wordsOf(commands.job_ended ?? '')).toEqual([
      ...['step', 'run', '--job', NASTY_FILE, '--parallel', '2', '--look', '--run', 'dag/run 1', ''],
    ]);
    expect(text).toContain('    run_job >> job_ended\n    job_ended >> verify_and_publish\n');
    expect(text).toMatch(
      /retry_exit_code=99,\n +mode="reschedule",\n +poke_interval=90,\n +timeout=timedelta\(seconds=7500\),/,
    );
    expect(formatDag(jobOf('15 2 * * *'), dagOf())).not.toContain('Sensor');
  });

  it('has one task where that is asked for, with the options of scheduled', () => {
    const { commands, env } = read(formatDag(jobOf('15 2 * * *'), dagOf({ tasks: 'one' })));
    expect(Object.keys(commands)).toEqual(['run']);
    expect(wordsOf(commands.run ?? '')).toEqual([
      'scheduled',
      NASTY_FILE,
      '--parallel',
      '2',
      '--logs',
      '/var/log',
      '',
    ]);
    expect(env).not.toHaveProperty('HADOOP_ELT_RUN');
  });

  it('takes settings from Variables, secrets from Connections, and the day from its run', () => {
    const text = formatDag(
      jobOf('15 2 * * *', { environment: { PATH: '/bin', X: '{{ no }}' } }),
      dagOf({ daysBack: 1, emails: ['ops@example.org'] }),
    );
    const { env, defaults } = read(text);
    expect(env).toEqual({
      PATH: '/bin',
      X: '{% raw %}{{ no }}{% endraw %}',
      HADOOP_ELT_MODE:
        '{{ var.value.get("hadoop_elt_sales_mode", var.value.get("hadoop_elt_mode", "replace")) }}',
      SALT: '{{ conn.my_salt.password }}',
      HADOOP_ELT_DATE: '{{ day(logical_date or dag_run.run_after, 1) }}',
      HADOOP_ELT_RUN: '{{ dag.dag_id }}/{{ run_id }}',
    });
    expect(text).toContain('user_defined_macros={"day": day}');
    expect(defaults).toMatchObject({ email: "['ops@example.org']", email_on_failure: 'True' });
  });
});
