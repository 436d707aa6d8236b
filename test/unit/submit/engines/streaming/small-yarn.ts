import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An application as the servers tell of it; a test changes it. */
export interface SmallApplication {
  id: string;
  tags: readonly string[];
  state: string;
  finalStatus: string;
  progress: number;
  diagnostics: string;
}

/** A resourcemanager and a history server over HTTP that tell what a test puts there. */
export interface SmallYarn {
  readonly address: string;
  readonly applications: SmallApplication[];
  /** Statuses of the tasks of every job that has ended. */
  statuses: readonly string[];
  counters: Readonly<Record<string, number>>;
  /** Answers every request by 500. */
  isBroken: boolean;
  readonly requests: string[];
  /** Adds an application that runs. */
  run(...tags: string[]): SmallApplication;
  close(): Promise<void>;
}

const FINAL = ['FINISHED', 'FAILED', 'KILLED'];

export async function startSmallYarn(): Promise<SmallYarn> {
  const answerTo = (method: string, url: URL): { status: number; json?: unknown } => {
    const [, kind = '', rest = ''] = /^\/ws\/v1\/(cluster|history)\/(.*)$/.exec(url.pathname) ?? [];
    if (yarn.isBroken) return { status: 500, json: {} };
    if (rest === 'info') {
      return { status: 200, json: { clusterInfo: { state: 'STARTED' }, historyInfo: {} } };
    }
    if (kind === 'cluster') return ofResourceManager(method, url, rest);
    return ofHistory(rest);
  };
  const ofResourceManager = (method: string, url: URL, rest: string) => {
    if (rest === 'apps') {
      const tag = url.searchParams.get('applicationTags') ?? '';
      const states = (url.searchParams.get('states') ?? '').split(',');
      const app = yarn.applications.filter(({ tags, state }) => tags.includes(tag) && states.includes(state));
      return { status: 200, json: { apps: app.length === 0 ? null : { app } } };
    }
    const [, id, action] = /^apps\/([^/]+)(\/state)?$/.exec(rest) ?? [];
    const app = yarn.applications.find((application) => application.id === id);
    if (app === undefined) return { status: 404, json: {} };
    if (action === undefined || method !== 'PUT') {
      return { status: 200, json: { app: { ...app, trackingUrl: `http://rm/proxy/${id}/` } } };
    }
    if (!FINAL.includes(app.state)) Object.assign(app, { state: 'KILLED', finalStatus: 'KILLED' });
    return { status: 202, json: {} };
  };
  const ofHistory = (rest: string) => {
    const [, number = '', what = ''] = /^mapreduce\/jobs\/job_([^/]+)(.*)$/.exec(rest) ?? [];
    const app = yarn.applications.find(({ id }) => id === `application_${number}`);
    if (app === undefined || !FINAL.includes(app.state)) return { status: 404, json: {} };
    if (what === '') {
      const state = app.finalStatus === 'SUCCEEDED' ? 'SUCCEEDED' : app.finalStatus;
      return { status: 200, json: { job: { state, diagnostics: app.diagnostics, failedMapAttempts: 0 } } };
    }
    if (what === '/counters') {
      const counter = Object.entries(yarn.counters).map(([name, totalCounterValue]) => ({
        name,
        totalCounterValue,
      }));
      const counterGroup = [{ counterGroupName: 'hadoop-elt', counter }];
      return { status: 200, json: { jobCounters: { counterGroup } } };
    }
    const [, task] = /_m_(\d+)\/attempts$/.exec(what) ?? [];
    if (task !== undefined) {
      const status = yarn.statuses[Number(task)];
      return { status: 200, json: { taskAttempts: { taskAttempt: [{ state: 'SUCCEEDED', status }] } } };
    }
    const tasks = yarn.statuses.map((_, at) => ({ id: `task_${number}_m_00000${at}`, state: 'SUCCEEDED' }));
    return { status: 200, json: { tasks: { task: tasks } } };
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    yarn.requests.push(`${request.method} ${url.pathname}`);
    const { status, json } = answerTo(request.method ?? 'GET', url);
    request.resume().on('end', () => response.writeHead(status).end(JSON.stringify(json)));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const yarn: SmallYarn = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    applications: [],
    statuses: [],
    counters: {},
    isBroken: false,
    requests: [],
    run(...tags) {
      const id = `application_1795257365945_000${yarn.applications.length + 1}`;
      const application = {
        id,
        tags,
        state: 'RUNNING',
        finalStatus: 'UNDEFINED',
        progress: 40,
        diagnostics: '',
      };
      yarn.applications.push(application);
      return application;
    },
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
  return yarn;
}
