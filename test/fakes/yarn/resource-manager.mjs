import { CLUSTER } from './cluster.mjs';
import { badRequest, notFound } from './rest-server.mjs';

const STATES = ['NEW', 'NEW_SAVING', 'SUBMITTED', 'ACCEPTED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED'];
const BASE = '/ws/v1/cluster';

/** The resourcemanager's REST (ResourceManagerRest.md, 3.3.5). @param {import('./applications.mjs').Applications} applications */
export function resourceManagerRoutes(applications) {
  return (request) => {
    const [, section, id, what] =
      /^\/ws\/v1\/cluster(?:\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?)?$/.exec(request.path) ?? [];
    switch (section) {
      case 'info':
      case undefined:
        return { json: { clusterInfo: infoOf(applications) } };
      case 'metrics':
        return { json: { clusterMetrics: metricsOf(applications) } };
      case 'nodes':
        return { json: { nodes: { node: CLUSTER.nodes.map(nodeOf) } } };
      case 'scheduler':
        return { json: { scheduler: { schedulerInfo: SCHEDULER } } };
      case 'apps':
        return id === undefined ? list(applications, request) : one(applications, request, id, what);
      default:
        return notFound(`HTTP 404 Not Found: ${request.path}`);
    }
  };
}

function list(applications, { query }) {
  const wanted = (name) => (query.get(name) ?? '').split(',').filter((text) => text !== '');
  const states = wanted('states').map((state) => state.toUpperCase());
  const unknown = states.find((state) => !STATES.includes(state));
  if (unknown !== undefined) {
    return badRequest(
      `java.lang.Exception: Invalid application-state ${unknown} specified. It should be one of [${STATES.join(', ')}]`,
    );
  }
  const tags = wanted('applicationTags').map((tag) => tag.toLowerCase());
  const found = applications.list({ tags, states, users: wanted('user') });
  const app = found.slice(0, Number(query.get('limit') ?? found.length)).map(appOf);
  return { json: { apps: app.length === 0 ? {} : { app } } };
}

function one(applications, request, id, what) {
  if (!id.startsWith('application_')) {
    return badRequest(
      `java.lang.IllegalArgumentException: Invalid ApplicationId prefix: ${id}. The valid ApplicationId should start with prefix application`,
    );
  }
  const application = applications.find(id);
  if (application === undefined) return notFound(`app with id: ${id} not found`);
  if (what === undefined) return { json: { app: appOf(application) } };
  if (what === 'state' && request.method === 'PUT') return setState(application, request);
  if (what === 'state') return { json: { state: application.innerState } };
  if (what === 'appattempts') return { json: { appAttempts: { appAttempt: attemptsOf(application) } } };
  return notFound(`HTTP 404 Not Found: ${request.path}`);
}

/** Without Kerberos any user may kill. A request without a user name is from dr.who (3.3.5). */
function setState(application, { body, user, address }) {
  if (body?.state !== 'KILLED') {
    return badRequest("java.lang.Exception: Only 'KILLED' is allowed as a target state.");
  }
  const { id } = application;
  if (application.hasEnded) return { json: { state: application.state } };
  void application.kill(user ?? 'dr.who');
  return {
    status: 202,
    json: { state: application.innerState },
    headers: { location: `${address}${BASE}/apps/${id}/state` },
  };
}

function infoOf({ startedMs }) {
  return {
    id: startedMs,
    startedOn: startedMs,
    state: 'STARTED',
    haState: 'ACTIVE',
    resourceManagerVersion: CLUSTER.version,
    hadoopVersion: CLUSTER.version,
  };
}

function metricsOf(applications) {
  const count = (...states) => applications.all().filter(({ state }) => states.includes(state)).length;
  const totalMB = CLUSTER.nodes.length * CLUSTER.nodeMib;
  return {
    appsSubmitted: applications.all().length,
    appsCompleted: count('FINISHED'),
    appsPending: count('NEW', 'ACCEPTED'),
    appsRunning: count('RUNNING'),
    appsFailed: count('FAILED'),
    appsKilled: count('KILLED'),
    totalMB,
    availableMB: totalMB,
    totalVirtualCores: CLUSTER.nodes.length * CLUSTER.nodeVcores,
    totalNodes: CLUSTER.nodes.length,
    activeNodes: CLUSTER.nodes.length,
    lostNodes: 0,
    unhealthyNodes: 0,
  };
}

function nodeOf(name) {
  return {
    rack: '/default-rack',
    state: 'RUNNING',
    id: `${name}:34253`,
    nodeHostName: name,
    nodeHTTPAddress: `${name}:8042`,
    version: CLUSTER.version,
    healthReport: '',
    numContainers: 0,
    usedMemoryMB: 0,
    availMemoryMB: CLUSTER.nodeMib,
    availableVirtualCores: CLUSTER.nodeVcores,
  };
}

const QUEUE = { capacity: 100, usedCapacity: 0, maxCapacity: 100 };
const SCHEDULER = {
  type: 'capacityScheduler',
  ...QUEUE,
  queueName: 'root',
  queues: {
    queue: CLUSTER.queues.map((queueName) => ({
      type: 'capacitySchedulerLeafQueueInfo',
      ...QUEUE,
      queueName,
      state: 'RUNNING',
    })),
  },
};

function appOf(application) {
  const { id, user, name, queue, state, finalStatus, progress, diagnostics, tags } = application;
  const { startedMs, finishedMs, hasEnded } = application;
  const wasKilled = state === 'KILLED' || state === 'FAILED';
  const page = wasKilled ? `cluster/app/${id}` : `proxy/${id}/`;
  return {
    id,
    user,
    name,
    queue,
    state,
    finalStatus,
    progress,
    trackingUI: hasEnded ? 'History' : state === 'RUNNING' ? 'ApplicationMaster' : 'UNASSIGNED',
    trackingUrl: `http://resourcemanager:8088/${page}`,
    diagnostics,
    clusterId: Number(id.split('_')[1]),
    applicationType: 'MAPREDUCE',
    applicationTags: [...tags].sort().join(','),
    priority: 0,
    startedTime: startedMs,
    finishedTime: finishedMs,
    elapsedTime: (hasEnded ? finishedMs : Date.now()) - startedMs,
    amContainerLogs: `http://nodemanager1:8042/node/containerlogs/${masterContainer(id)}/${user}`,
    amHostHttpAddress: 'nodemanager1:8042',
    logAggregationStatus: hasEnded ? 'SUCCEEDED' : 'NOT_START',
  };
}

const masterContainer = (id) => `${id.replace('application', 'container')}_01_000001`;

function attemptsOf({ id, startedMs, finishedMs, user }) {
  const containerId = masterContainer(id);
  return [
    {
      id: 1,
      startTime: startedMs,
      finishedTime: finishedMs,
      containerId,
      nodeHttpAddress: 'nodemanager1:8042',
      logsLink: `http://nodemanager1:8042/node/containerlogs/${containerId}/${user}`,
      appAttemptId: `${id.replace('application', 'appattempt')}_000001`,
    },
  ];
}
