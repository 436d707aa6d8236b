import { CLUSTER, DELAYS } from './cluster.mjs';
import { notFound } from './rest-server.mjs';

/**
 * The history server's REST (HistoryServerRest.md, 3.3.5). A job appears shortly after it has ended, and the logs of
 * its tasks a little later.
 *
 * @param {import('./applications.mjs').Applications} applications
 */
export function historyServerRoutes(applications, faults) {
  return (request) => {
    const { path } = request;
    if (path === '/ws/v1/history/info') return { json: { historyInfo: infoOf(applications) } };
    const job = /^\/ws\/v1\/history\/mapreduce\/jobs\/([^/]+)(?:\/(.*))?$/.exec(path);
    if (job !== null) return jobAnswer(applications, faults, job[1], job[2], request);
    const log = /^\/ws\/v1\/history\/containerlogs\/([^/]+)\/([^/]+)$/.exec(path);
    if (log !== null) return logAnswer(applications, log[1], log[2], request);
    return notFound(`HTTP 404 Not Found: ${path}`);
  };
}

const infoOf = ({ startedMs }) => ({ startedOn: startedMs, hadoopVersion: CLUSTER.version });

function hasPassed({ finishedMs }, delayMs) {
  return finishedMs > 0 && Date.now() - finishedMs >= delayMs;
}

function jobAnswer(applications, faults, jobId, what, { query }) {
  if (!/^job_\d+_\d+$/.test(jobId)) return notFound(`JobId string : ${jobId} is not properly formed`);
  const application = applications.find(jobId.replace('job', 'application'));
  const history = application?.history ?? null;
  if (
    history === null ||
    !hasPassed(application, DELAYS.historyMs) ||
    faults.next('history', { do: 'missing' })
  ) {
    return notFound(`job, ${jobId}, is not found`);
  }
  if (what === undefined) return { json: { job: jobOf(application, history) } };
  if (what === 'counters') {
    const { counters } = history;
    return { json: { jobCounters: { id: jobId, ...(counters === null ? {} : { counterGroup: counters }) } } };
  }
  if (what === 'conf') return { json: { conf: confOf(application) } };
  if (what === 'jobattempts')
    return { json: { jobAttempts: { jobAttempt: [{ id: 1, startTime: history.startMs }] } } };
  const [section, taskId, rest] = what.split('/');
  if (section !== 'tasks') return notFound(`HTTP 404 Not Found: ${what}`);
  if (taskId === undefined) return { json: { tasks: tasksOf(history, query.get('type')) } };
  const task = history.tasks.find(({ id }) => id === taskId);
  if (task === undefined) return notFound(`task not found with id ${taskId}`);
  if (rest === undefined) return { json: { task: taskOf(task) } };
  if (rest === 'attempts')
    return { json: { taskAttempts: { taskAttempt: task.attempts.map(attemptOf).reverse() } } };
  return notFound(`HTTP 404 Not Found: ${what}`);
}

function jobOf({ jobId, name, queue, user }, { state, diagnostics, tasks, ...times }) {
  const maps = tasks.filter(({ kind }) => kind === 'map');
  const reduces = tasks.filter(({ kind }) => kind === 'reduce');
  const attempts = maps.flatMap((task) => task.attempts);
  const inState = (wanted) => attempts.filter((attempt) => attempt.state === wanted).length;
  return {
    submitTime: times.submitMs,
    startTime: times.startMs,
    finishTime: times.finishMs,
    id: jobId,
    name,
    queue,
    user,
    state,
    mapsTotal: maps.length,
    // Tasks that failed are counted as well (3.3.5).
    mapsCompleted: maps.filter((task) => task.state !== 'KILLED').length,
    reducesTotal: reduces.length,
    reducesCompleted: reduces.filter((task) => task.state !== 'KILLED').length,
    uberized: false,
    diagnostics,
    failedMapAttempts: inState('FAILED'),
    killedMapAttempts: inState('KILLED'),
    successfulMapAttempts: inState('SUCCEEDED'),
  };
}

/** Hadoop gives tasks in no defined order, often the last one first. This fake always does so. */
function tasksOf({ tasks }, type) {
  const kind = { m: 'map', r: 'reduce' }[type];
  const asked = tasks.filter((task) => kind === undefined || task.kind === kind);
  return asked.length === 0 && kind === 'reduce' ? {} : { task: asked.map(taskOf).reverse() };
}

function taskOf({ id, kind, state, attempts }) {
  const good = attempts.find((attempt) => attempt.state === 'SUCCEEDED');
  const startTime = attempts[0]?.startMs ?? 0;
  const finishTime = attempts.at(-1)?.finishMs ?? 0;
  const times = { startTime, finishTime, elapsedTime: finishTime - startTime };
  return { ...times, progress: 100, id, state, type: kind.toUpperCase(), successfulAttempt: good?.id ?? '' };
}

function attemptOf({ id, task, state, status, diagnostics, container, startMs, finishMs }) {
  return {
    startTime: startMs,
    finishTime: finishMs,
    elapsedTime: finishMs - startMs,
    progress: 100,
    id,
    rack: '/default-rack',
    state,
    status,
    nodeHttpAddress: `${container.node}:8042`,
    diagnostics,
    type: task.kind.toUpperCase(),
    assignedContainerId: container.id,
  };
}

function confOf({ jobId, conf }) {
  const property = conf.entries().map(([name, value]) => ({ name, value, source: ['job.xml'] }));
  return { path: `/mr-history/done/${jobId}_conf.xml`, property };
}

const LINE = '='.repeat(71);

/** `size` limits the answer to the log's first bytes, or to its last bytes if negative. */
function logAnswer(applications, containerId, file, { query }) {
  const id = containerId.replace(/^container_(\d+_\d+)_.*$/, 'application_$1');
  const application = applications.find(id);
  const tasks = application?.history?.tasks ?? application?.master?.tasks ?? [];
  const attempt = tasks
    .flatMap((task) => task.attempts)
    .find(({ container }) => container.id === containerId);
  const text = attempt?.log(file);
  if (application === undefined || !hasPassed(application, DELAYS.logsMs) || text === undefined) {
    const said = `Can not find remote application directory for the application:${id}`;
    return { status: 500, text: `HTTP ERROR 500 java.io.IOException: ${said}\n` };
  }
  const bytes = Buffer.from(text);
  const size = query.get('size') === null ? bytes.length : Number(query.get('size'));
  const part = size < 0 ? bytes.subarray(Math.max(0, bytes.length + size)) : bytes.subarray(0, size);
  const head = [
    `Container: ${containerId} on ${attempt.container.node}_34253`,
    'LogAggregationType: AGGREGATED',
    LINE,
    `LogType:${file}`,
    `LogLastModifiedTime:${new Date(application.finishedMs).toUTCString()}`,
    `LogLength:${bytes.length}`,
    'LogContents:',
  ];
  return { text: `${head.join('\n')}\n${part}\nEnd of LogType:${file}\n${'*'.repeat(71)}\n\n\n` };
}
