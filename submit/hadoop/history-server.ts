import type { Http } from './http.js';
import { asList, createRestClient, orNull, RestError } from './rest-client.js';

/** One attempt of a task. */
export interface TaskAttempt {
  readonly id: string;
  readonly state: string;
  /** The last status that the task set. */
  readonly status: string;
  readonly diagnostics: string;
  readonly node: string;
  readonly containerId: string;
  /** Milliseconds since 1970; 0 if it has not. */
  readonly startedMs: number;
  readonly endedMs: number;
}

export interface HistoryJob {
  readonly state: string;
  readonly diagnostics: string;
}

export interface HistoryTask {
  readonly id: string;
}

/** Counters by group and name. */
export type JobCounters = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The REST API of the job history server (HistoryServerRest.md, Hadoop 3.3). Every call may throw RestError. */
export interface HistoryServer {
  readonly address: string;
  /** Throws RestError if no history server answers. */
  check(): Promise<void>;
  /** Null while the history server does not list the job. */
  job(jobId: string): Promise<HistoryJob | null>;
  counters(jobId: string): Promise<JobCounters>;
  /** The map tasks, sorted by number. */
  tasks(jobId: string): Promise<readonly HistoryTask[]>;
  attempts(jobId: string, taskId: string): Promise<readonly TaskAttempt[]>;
  /** A setting of the cluster as this server has it (ConfServlet, Hadoop 3.3); null if it has none of that name. */
  setting(name: string): Promise<string | null>;
  /** The end of a container's log; null if there is none (yet). */
  logTail(containerId: string, file: 'stderr' | 'syslog', maxBytes: number): Promise<string | null>;
}

/** Creates a client of the history server at an address, for one user. */
export function createHistoryServer(address: string, user: string | null, http?: Http): HistoryServer {
  const client = createRestClient(address, user, http);
  const base = '/ws/v1/history';
  const jobPath = (jobId: string) => `${base}/mapreduce/jobs/${jobId}`;
  return {
    address,
    async check() {
      const { historyInfo } = (await client.getJson(`${base}/info`)) as { historyInfo?: unknown };
      if (historyInfo === undefined)
        throw new RestError(`${address} does not answer as a history server`, 200);
    },
    async setting(name) {
      const answer = await orNull(client.getJson(`/conf?name=${encodeURIComponent(name)}`));
      return (answer as { property?: { value?: string } } | null)?.property?.value ?? null;
    },
    async job(jobId) {
      const answer = await orNull(client.getJson(jobPath(jobId)));
      const job = (answer as { job?: Partial<HistoryJob> } | null)?.job;
      if (job === undefined) return null;
      const { state = '', diagnostics = '' } = job;
      return { state, diagnostics };
    },
    async counters(jobId) {
      const { jobCounters } = (await client.getJson(`${jobPath(jobId)}/counters`)) as {
        jobCounters?: { counterGroup?: readonly CounterGroup[] };
      };
      return new Map(
        (jobCounters?.counterGroup ?? []).map(({ counterGroupName, counter }) => [
          counterGroupName,
          new Map(asList(counter).map(({ name, totalCounterValue }) => [name, totalCounterValue])),
        ]),
      );
    },
    async tasks(jobId) {
      const { tasks } = (await client.getJson(`${jobPath(jobId)}/tasks?type=m`)) as {
        tasks?: { task?: readonly HistoryTask[] } | null;
      };
      return asList(tasks?.task)
        .map(({ id }) => ({ id }))
        .sort((a, b) => taskNumberOf(a.id) - taskNumberOf(b.id));
    },
    async attempts(jobId, taskId) {
      const { taskAttempts } = (await client.getJson(`${jobPath(jobId)}/tasks/${taskId}/attempts`)) as {
        taskAttempts?: { taskAttempt?: readonly RawAttempt[] } | null;
      };
      return asList(taskAttempts?.taskAttempt).map((attempt) => ({
        id: attempt.id ?? '',
        state: attempt.state ?? '',
        status: attempt.status ?? '',
        diagnostics: attempt.diagnostics ?? '',
        node: (attempt.nodeHttpAddress ?? '').replace(/:\d+$/, ''),
        containerId: attempt.assignedContainerId ?? '',
        startedMs: attempt.startTime ?? 0,
        endedMs: attempt.finishTime ?? 0,
      }));
    },
    async logTail(containerId, file, maxBytes) {
      const path = `${base}/containerlogs/${containerId}/${file}?size=-${maxBytes}`;
      const text = (await orNull(client.getText(path))) as string | null;
      return text === null ? null : contentOfLog(text);
    },
  };
}

interface CounterGroup {
  readonly counterGroupName: string;
  readonly counter?: readonly { readonly name: string; readonly totalCounterValue: number }[];
}

interface RawAttempt {
  readonly id?: string;
  readonly state?: string;
  readonly status?: string;
  readonly diagnostics?: string;
  readonly nodeHttpAddress?: string;
  readonly assignedContainerId?: string;
  readonly startTime?: number;
  readonly finishTime?: number;
}

/** `task_1795257365945_0001_m_000007` → 7. */
export function taskNumberOf(taskId: string): number {
  return Number(/_m_(\d+)/.exec(taskId)?.[1] ?? Number.NaN);
}

/** Strips the lines that the server puts around a log; null if there is no log. */
function contentOfLog(text: string): string | null {
  const start = /^LogContents:\n/m.exec(text);
  if (start === null) return null;
  const content = text.slice(start.index + start[0].length);
  const end = content.lastIndexOf('\nEnd of LogType:');
  return end === -1 ? content : content.slice(0, end);
}
