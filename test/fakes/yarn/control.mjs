import { recordedJob } from './recorded-jobs.mjs';

/**
 * The private interface at the resourcemanager's port, below /fake/: for the fake hadoop command, instead of Hadoop's
 * RPC, and for tests that change the cluster.
 *
 * @param {object} cluster
 * @param {import('./applications.mjs').Applications} cluster.applications
 * @param {import('./faults.mjs').Faults} cluster.faults
 * @param {object[]} cluster.log
 * @param {string} cluster.fs
 * @param {object} cluster.services what applications need to run
 */
export function controlRoutes({ applications, faults, log, fs, services }) {
  return ({ method, path, body }) => {
    const id = /^\/fake\/applications\/([^/]+)$/.exec(path)?.[1];
    if (method === 'GET' && id !== undefined) return reportOf(applications.find(id), faults);
    switch (`${method} ${path}`) {
      case 'GET /fake/cluster':
        return { json: { fs } };
      case 'POST /fake/submissions':
        return { json: beginSubmission(applications, faults, body) };
      case 'POST /fake/applications':
        return { json: { refused: applications.submit(body, services) } };
      case 'POST /fake/faults':
        faults.add(body);
        return { json: {} };
      case 'DELETE /fake/faults':
        faults.clear();
        return { json: {} };
      case 'GET /fake/log':
        return { json: log };
      case 'DELETE /fake/log':
        log.length = 0;
        return { json: {} };
      default:
        return { status: 404, json: { error: `unknown: ${method} ${path}` } };
    }
  };
}

/** Gives the command an id for its job, and the fault it has to show. */
function beginSubmission(applications, faults, { user }) {
  if (faults.next('resourcemanager') !== undefined) return { isDown: true };
  const id = applications.newId();
  const fault = faults.next('submit');
  if (fault?.do !== 'error') return { id, fault };
  const { lines, exitCode, application } = recordedJob(fault.like, { id, user });
  if (application !== null) applications.add(application);
  return { id, replay: { lines, exitCode } };
}

function reportOf(application, faults) {
  if (application === undefined) return { status: 404, json: { error: 'no such application' } };
  const report = application.report();
  // A short job may have ended before the first request for its report.
  const hasStarted = report.jobState !== 'PREP';
  const fault = hasStarted ? faults.next('running', { do: 'die', who: 'command' }) : undefined;
  return { json: { ...report, mustDie: fault !== undefined } };
}
