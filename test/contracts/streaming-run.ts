import { execa } from 'execa';
import { vi } from 'vitest';
import type { WebHdfsStore } from '../../submit/stores/hdfs/webhdfs-store.js';

/** A YARN to test, real or fake, and its HDFS. */
export interface YarnUnderTest {
  readonly resourceManager: string;
  readonly historyServer: string;
  /** The words of the hadoop command. */
  readonly hadoop: readonly string[];
  readonly streamingJar: string;
  readonly fs: string;
  readonly user: string;
  readonly hdfs: WebHdfsStore;
  close(): Promise<void>;
}

/** How a hadoop command ended. */
export interface CommandRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The application of the job that it submitted; empty if it submitted none. */
  readonly applicationId: string;
}

/** A JSON answer of any status. */
export interface JsonAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tests check the shape of the answer
  readonly json: any;
}

/** Runs `hadoop WORDS` as the user under test. */
export async function runHadoop(yarn: YarnUnderTest, words: readonly string[]): Promise<CommandRun> {
  const [program = '', ...args] = yarn.hadoop;
  const { exitCode, stdout, stderr } = await execa(program, [...args, ...words], {
    stdin: 'ignore',
    reject: false,
    env: { HADOOP_USER_NAME: yarn.user },
  });
  const applicationId = /Submitted application (application_\d+_\d+)/.exec(stderr)?.[1] ?? '';
  return { exitCode, stdout, stderr, applicationId };
}

/** `application_1_0002` → `job_1_0002`. */
export function jobOf(applicationId: string): string {
  return applicationId.replace('application', 'job');
}

export async function getJson(url: string): Promise<JsonAnswer> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  return { status: response.status, json: await response.json() };
}

/** Requests a change of an application's state. */
export async function putState(
  { resourceManager }: YarnUnderTest,
  applicationId: string,
  state: string,
  user: string | null,
): Promise<JsonAnswer> {
  const query = user === null ? '' : `?user.name=${user}`;
  const response = await fetch(`${resourceManager}/ws/v1/cluster/apps/${applicationId}/state${query}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
  return { status: response.status, json: await response.json() };
}

/** The history server's answer about a job, as soon as it has the job. `path` is appended to the job's id. */
export function getHistory(
  { historyServer }: YarnUnderTest,
  applicationId: string,
  path = '',
  // biome-ignore lint/suspicious/noExplicitAny: the tests check the shape of the answer
): Promise<any> {
  const url = `${historyServer}/ws/v1/history/mapreduce/jobs/${jobOf(applicationId)}${path}`;
  return vi.waitFor(
    async () => {
      const { status, json } = await getJson(url);
      if (status !== 200) throw new Error(`${url}: ${status}`);
      return json;
    },
    { timeout: 30_000, interval: 100 },
  );
}

/** A container's log from the history server, as soon as it is available. */
export function getLog(
  { historyServer }: YarnUnderTest,
  containerId: string,
  fileAndQuery: string,
): Promise<string> {
  const url = `${historyServer}/ws/v1/history/containerlogs/${containerId}/${fileAndQuery}`;
  return vi.waitFor(
    async () => {
      const response = await fetch(url);
      const text = await response.text();
      if (!response.ok || !text.includes('LogContents:')) throw new Error(`${url}: ${response.status}`);
      return text;
    },
    { timeout: 60_000, interval: 250 },
  );
}
