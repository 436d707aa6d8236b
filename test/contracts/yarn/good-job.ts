import { beforeAll, describe, expect, it } from 'vitest';
import { readAll } from '../../support/store-contract.js';
import { type CommandRun, getHistory, getJson, getLog, jobOf } from '../streaming-run.js';
import { attemptsOf, type FactsContext, runJob, writeInput } from './context.js';

/** Line ends of all kinds, a byte order mark, an empty line, and no line end at the end of the file. */
const ODD_LINES = '\u{feff}bom\r\nlone\rcr\n\nlatin \u{e9}\u{0}\nlast';
const LONG_LINES = Array.from({ length: 1000 }, (_, at) => `line ${at} ${'x'.repeat(at % 61)}\n`).join('');

/** Reports counters and a status, logs its environment and a linked file, and copies each line. */
const MAPPER = [
  'echo reporter:counter:facts,lines seen,2 >&2',
  'echo reporter:counter:facts,one,comma,too many,1 >&2',
  'echo reporter:counter:facts,no number,x >&2',
  'echo reporter:status:read $mapreduce_map_input_start+$mapreduce_map_input_length of $mapreduce_map_input_file >&2',
  'env >&2',
  'stat -L -c "mode %a" linked.txt >&2',
  'cat linked.txt >&2',
  'exec cat',
].join('; ');

interface Task {
  readonly number: number;
  readonly file: string;
  readonly start: number;
  readonly length: number;
}

/** Facts about a job that succeeds: its input, output, logs and counters. */
export function describeGoodJob(context: FactsContext): void {
  describe('a job that succeeds', () => {
    const at = (name: string) => `${context.folder}/good/${name}`;
    let run: CommandRun;
    let tasks: Task[] = [];
    let environment = '';

    beforeAll(async () => {
      await writeInput(context, 'good/in/odd.csv', Buffer.from(ODD_LINES, 'utf8'));
      await writeInput(context, 'good/in/long.csv', LONG_LINES);
      await writeInput(context, 'good/in/empty.csv', '');
      await writeInput(context, 'good/in/.hidden', 'hidden\n');
      await writeInput(context, 'good/in/_hidden', 'hidden\n');
      await writeInput(context, 'good/a+b.txt', 'from the file that came along\n');
      run = await runJob(
        context,
        {
          'mapreduce.job.maps': 3,
          'mapreduce.job.name': 'facts: good',
          'mapreduce.job.tags': 'Facts-Tag,other',
          'mapreduce.map.env.FROM_MAP_ENV': 'map env',
          'stream.map.output': 'keyonlytext',
          'stream.jobconf.truncate.limit': 200,
          'facts.long-value': 'v'.repeat(300),
        },
        [
          ...['-files', `${context.yarn().fs}${at('a%2Bb.txt')}#linked.txt`],
          ...['-mapper', `bash -c '${MAPPER}'`, '-cmdenv', 'FROM_CMDENV=cmdenv'],
          ...['-input', at('in'), '-output', at('out')],
        ],
      );
      expect(run.stderr).toContain('completed successfully');
      const { tasks: told } = await getHistory(context.yarn(), run.applicationId, '/tasks?type=m');
      tasks = await Promise.all(
        told.task.map(async ({ id }: { id: string }) => {
          const [attempt] = await attemptsOf(context, run, id);
          const [, start, length, file = ''] = /^read (\d+)\+(\d+) of (.*)$/.exec(attempt.status) ?? [];
          return { number: Number(id.slice(-6)), file, start: Number(start), length: Number(length) };
        }),
      );
      tasks.sort((a, b) => a.number - b.number);
      const [first] = await attemptsOf(context, run);
      environment = await getLog(context.yarn(), first.assignedContainerId, 'stderr');
    });

    const partOf = ({ number }: Task) => readAll(context.yarn().hdfs, `${at('out')}/part-0000${number}`);
    const tasksOf = (name: string) =>
      tasks.filter(({ file }) => file.endsWith(`/${name}`)).sort((a, b) => a.start - b.start);
    const outputOf = async (name: string) =>
      Buffer.concat(await Promise.all(tasksOf(name).map(partOf))).toString('utf8');

    it('ends with 0, and its log names the application, the job and its end', () => {
      const { applicationId: id } = run;
      expect(run.exitCode).toBe(0);
      expect(run.stdout).toMatch(/^packageJobJar: \[/);
      for (const line of [
        / INFO mapred\.FileInputFormat: Total input files to process : 3$/m,
        / INFO mapreduce\.JobSubmitter: number of splits:5$/m,
        new RegExp(` INFO impl\\.YarnClientImpl: Submitted application ${id}$`, 'm'),
        new RegExp(` INFO mapreduce\\.Job: The url to track the job: http://\\S+/proxy/${id}/$`, 'm'),
        new RegExp(` INFO mapreduce\\.Job: Running job: ${jobOf(id)}$`, 'm'),
        / INFO mapreduce\.Job: {2}map 100% reduce 0%$/m,
        new RegExp(` INFO mapreduce\\.Job: Job ${jobOf(id)} completed successfully$`, 'm'),
        / INFO mapreduce\.Job: Counters: \d+$/m,
        /^\tMap-Reduce Framework\n\t\tMap input records=1006\n\t\tMap output records=1006$/m,
        /^\tfacts\n\t\tlines seen=10$/m,
        / INFO streaming\.StreamJob: Output directory: \S+\/good\/out$/m,
      ]) {
        expect(run.stderr).toMatch(line);
      }
    });

    it('gives each task a piece of one file: the biggest first, in the order of no input', () => {
      expect(tasks.map(({ length }) => length)).toEqual(
        tasks.map(({ length }) => length).sort((a, b) => b - a),
      );
      const size = Math.floor((LONG_LINES.length + Buffer.byteLength(ODD_LINES)) / 3);
      expect(tasksOf('long.csv').map(({ start }) => start)).toEqual([0, size, 2 * size]);
      expect(tasksOf('odd.csv')).toMatchObject([{ start: 0, length: Buffer.byteLength(ODD_LINES) }]);
      expect(tasksOf('empty.csv')).toMatchObject([{ number: 4, start: 0, length: 0 }]);
    });

    it('gives the mapper each line once, wherever splits cut', async () => {
      expect(await outputOf('long.csv')).toBe(LONG_LINES);
    });

    it('ends lines at LF, CRLF and a lone CR, drops a byte order mark and adds an end to the last line', async () => {
      expect(await outputOf('odd.csv')).toBe('bom\nlone\ncr\n\nlatin \u{e9}\u{0}\nlast\n');
    });

    it('leaves one part file for each task, of an empty file too, and _SUCCESS', async () => {
      const names = (await context.yarn().hdfs.list(at('out'))).map(({ name }) => name);
      expect(names).toEqual(['_SUCCESS', ...tasks.map(({ number }) => `part-0000${number}`)]);
      expect(await outputOf('empty.csv')).toBe('');
    });

    it.each([
      /^mapreduce_task_attempt_id=attempt_\d+_\d+_m_000000_0$/m,
      /^mapreduce_task_id=task_\d+_\d+_m_000000$/m,
      /^mapreduce_task_partition=0$/m,
      /^mapreduce_job_id=job_\d+_\d+$/m,
      /^mapreduce_job_name=facts: good$/m,
      /^mapreduce_map_input_file=hdfs:\/\/\S+\/good\/in\/long\.csv$/m,
      /^mapreduce_map_input_start=\d+$/m,
      /^mapreduce_map_input_length=\d+$/m,
      /^mapreduce_task_output_dir=hdfs:\/\/\S+\/good\/out\/_temporary\/1\/_temporary\/attempt_\d+_\d+_m_000000_0$/m,
      /^map_input_file=hdfs:/m,
      /^mapred_task_id=attempt_/m,
      /^facts_long_value=v{200}$/m,
      /^FROM_MAP_ENV=map env$/m,
      /^FROM_CMDENV=cmdenv$/m,
      /^TMPDIR=\/\S+\/tmp$/m,
      /^mode 5[05]5$|^mode 500$/m,
      /^from the file that came along$/m,
    ])('tells the mapper %s', (line) => {
      expect(environment).toMatch(line);
    });

    it('sums counters over tasks, and drops what is none', async () => {
      const { jobCounters } = await getHistory(context.yarn(), run.applicationId, '/counters');
      const groupOf = (name: string) =>
        jobCounters.counterGroup.find(
          (group: { counterGroupName: string }) => group.counterGroupName === name,
        );
      expect(groupOf('facts').counter).toEqual([
        { name: 'lines seen', totalCounterValue: 10, mapCounterValue: 10, reduceCounterValue: 0 },
      ]);
      expect(groupOf('org.apache.hadoop.mapreduce.TaskCounter').counter).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name: 'MAP_INPUT_RECORDS', totalCounterValue: 1006 }),
          expect.objectContaining({ name: 'MAP_OUTPUT_RECORDS', totalCounterValue: 1006 }),
        ]),
      );
    });

    it('is known to YARN by its tags in lower case', async () => {
      const { resourceManager, user } = context.yarn();
      const apps = `${resourceManager}/ws/v1/cluster/apps`;
      const { json } = await getJson(`${apps}/${run.applicationId}`);
      expect(json.app).toMatchObject({
        id: run.applicationId,
        user,
        name: 'facts: good',
        queue: 'default',
        state: 'FINISHED',
        finalStatus: 'SUCCEEDED',
        diagnostics: '',
        applicationTags: 'facts-tag,other',
      });
      const withTag = await getJson(`${apps}?applicationTags=facts-tag&states=FINISHED`);
      expect(withTag.json.apps.app.map(({ id }: { id: string }) => id)).toContain(run.applicationId);
      const running = await getJson(`${apps}?applicationTags=facts-tag&states=NEW,ACCEPTED,RUNNING`);
      expect(running).toEqual({ status: 200, json: { apps: {} } });
    });

    it('is known to the history server, with its tasks and their attempts', async () => {
      const { job } = await getHistory(context.yarn(), run.applicationId);
      expect(job).toMatchObject({
        id: jobOf(run.applicationId),
        state: 'SUCCEEDED',
        diagnostics: '',
        mapsTotal: 5,
      });
      expect(job).toMatchObject({ mapsCompleted: 5, failedMapAttempts: 0, successfulMapAttempts: 5 });
      const { tasks: told } = await getHistory(context.yarn(), run.applicationId, '/tasks?type=m');
      const [{ id, successfulAttempt }] = told.task;
      expect(successfulAttempt).toBe(`${id.replace('task', 'attempt')}_0`);
      expect(await attemptsOf(context, run, id)).toMatchObject([
        {
          id: successfulAttempt,
          state: 'SUCCEEDED',
          diagnostics: '',
          nodeHttpAddress: expect.stringMatching(/:\d+$/),
          assignedContainerId: expect.stringMatching(/^container_\d+_\d+_01_\d{6}$/),
        },
      ]);
    });

    it('has logs, whose ends can be asked for', async () => {
      const [{ assignedContainerId: container }] = await attemptsOf(context, run);
      const end = await getLog(context.yarn(), container, 'stderr?size=-11');
      expect(end).toMatch(
        /^LogType:stderr\nLogLastModifiedTime:.*\nLogLength:\d+\nLogContents:\ncame along\n/m,
      );
      const syslog = await getLog(context.yarn(), container, 'syslog');
      expect(syslog).toMatch(/MapTask: Processing split: hdfs:\/\/\S+\/good\/in\/long\.csv:\d+\+\d+$/m);
    });
  });
}
