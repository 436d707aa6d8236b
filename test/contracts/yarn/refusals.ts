import { beforeAll, describe, expect, it } from 'vitest';
import { getJson, runHadoop } from '../streaming-run.js';
import { type FactsContext, runJob, writeInput } from './context.js';

/** Facts about messages and exit codes of the hadoop command when it submits no job. */
export function describeRefusals(context: FactsContext): void {
  describe('the hadoop command', () => {
    const at = (name: string) => `${context.folder}/refusals/${name}`;
    beforeAll(async () => {
      await writeInput(context, 'refusals/in/a.csv', 'a\n');
      await writeInput(context, 'refusals/nested/below/a.csv', 'a\n');
    });
    const job = (...words: string[]) => runJob(context, {}, words);

    it('tells its version', async () => {
      const { exitCode, stdout } = await runHadoop(context.yarn(), ['version']);
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^Hadoop 3\.\d+\.\d+\n/)]);
    });

    it('ends with 255 without its jar', async () => {
      const { exitCode, stderr } = await runHadoop(context.yarn(), ['jar', '/nosuch/streaming.jar']);
      expect([exitCode, stderr]).toEqual([
        255,
        'JAR does not exist or is not a normal file: /nosuch/streaming.jar',
      ]);
    });

    it('says that the streaming jar got no arguments', async () => {
      const yarn = context.yarn();
      const { exitCode, stdout, stderr } = await runHadoop(yarn, ['jar', yarn.streamingJar]);
      expect([exitCode, stderr]).toEqual([1, 'No Arguments Given!']);
      expect(stdout).toMatch(/^Usage: mapred streaming \[options\]/);
    });

    it('takes generic options only before all others', async () => {
      const words = ['-mapper', 'cat', '-input', at('in'), '-output', at('late'), '-D', 'a=b'];
      const { exitCode, stdout, stderr } = await job(...words);
      expect(stderr).toMatch(/ERROR streaming\.StreamJob: Unrecognized option: -D\n/);
      expect(stdout).toMatch(/^Usage: \$HADOOP_HOME/);
      expect(exitCode).toBe(1);
    });

    it.each([
      ['input', ['-output', '/tmp/out'], /^Required argument: -input <name>$/m],
      ['output', ['-input', '/tmp/in'], /^Required argument: -output $/m],
    ])('wants an %s', async (_, words, message) => {
      const { exitCode, stderr } = await job('-mapper', 'cat', ...words);
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^Streaming Command Failed!$/m);
      expect(exitCode).toBe(1);
    });

    it('looks for its files before anything else', async () => {
      const words = ['-mapper', 'cat', '-input', at('in'), '-output', at('files')];
      const local = await job('-files', '/nosuch/file', ...words);
      expect(local.stderr).toMatch(
        /^Exception in thread "main" java\.io\.FileNotFoundException: File \/nosuch\/file does not exist$/m,
      );
      const name = `${context.yarn().fs}/nosuch/file#link`;
      const remote = await job('-files', name, ...words);
      expect(remote.stderr).toContain(`java.io.FileNotFoundException: File does not exist: ${name}`);
      expect([local.exitCode, remote.exitCode]).toEqual([1, 1]);
    });

    it('takes no files whose names have a space, encoded or not', async () => {
      await writeInput(context, 'refusals/a b.txt', '');
      const name = `${context.yarn().fs}${at('a%20b.txt')}#link`;
      const words = ['-mapper', 'cat', '-input', at('in'), '-output', at('space')];
      const { exitCode, stderr } = await job('-files', name, ...words);
      expect(stderr).toContain(
        `java.lang.IllegalArgumentException: Error parsing files argument. Argument must be a valid URI: ${name.replace('%20', ' ')}`,
      );
      expect(exitCode).toBe(1);
    });

    it('ends with 5 where inputs are missing, and names them all', async () => {
      const words = ['-mapper', 'cat', '-input', at('no1'), '-input', `${at('no2')},${at('in')}`];
      const { exitCode, stderr } = await job(...words, '-output', at('missing'));
      const { fs } = context.yarn();
      expect(stderr).toContain(
        `ERROR streaming.StreamJob: Error Launching job : Input path does not exist: ${fs}${at('no1')}\nInput path does not exist: ${fs}${at('no2')}\nStreaming Command Failed!`,
      );
      expect(exitCode).toBe(5);
    });

    it('ends with 5 where a pattern matches nothing', async () => {
      const { exitCode, stderr } = await job('-mapper', 'cat', '-input', at('in/x*'), '-output', at('glob'));
      expect(stderr).toContain(`Input Pattern ${context.yarn().fs}${at('in/x*')} matches 0 files\n`);
      expect(exitCode).toBe(5);
    });

    it('ends with 5 where the output is there', async () => {
      const { exitCode, stderr } = await job('-mapper', 'cat', '-input', at('in'), '-output', at('in'));
      expect(stderr).toContain(
        `Error Launching job : Output directory ${context.yarn().fs}${at('in')} already exists\n`,
      );
      expect(exitCode).toBe(5);
    });

    it('does not go into folders of an input folder', async () => {
      const words = ['-mapper', 'cat', '-input', at('nested'), '-output', at('deep')];
      const { exitCode, stderr } = await job(...words);
      expect(stderr).toContain(
        `Error Launching job : Not a file: ${context.yarn().fs}${at('nested/below')}\n`,
      );
      expect(exitCode).toBe(5);
    });

    it('ends with 5 where YARN does not know the queue, which knows the application as failed', async () => {
      const words = ['-mapper', 'cat', '-input', at('in'), '-output', at('queue')];
      const { exitCode, stderr } = await runJob(context, { 'mapreduce.job.queuename': 'nosuch' }, words);
      const { user, resourceManager } = context.yarn();
      const [said, id = ''] =
        /Application (application_\d+_\d+) submitted by user \S+ to unknown queue: nosuch/.exec(stderr) ?? [];
      expect(stderr).toContain(
        `org.apache.hadoop.yarn.exceptions.YarnException: Failed to submit ${id} to YARN : ${said}`,
      );
      expect(exitCode).toBe(5);
      const { json } = await getJson(`${resourceManager}/ws/v1/cluster/apps/${id}`);
      expect(json.app).toMatchObject({ state: 'FAILED', finalStatus: 'FAILED', user, diagnostics: said });
    });
  });
}
