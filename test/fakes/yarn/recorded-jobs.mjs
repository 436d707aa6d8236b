import { readFileSync } from 'node:fs';
import { Application } from './application.mjs';
import { JobConf } from './job-conf.mjs';

const FOLDER = new URL('../../unit/submit/engines/streaming/logs/', import.meta.url);

/**
 * Replays the end of a real job: the lines and exit code of its command, and its application in YARN and the history
 * server, or null if it never reached YARN. Its ids are replaced by `id`.
 */
export function recordedJob(name, { id, user }) {
  const numbers = id.replace('application_', '');
  const text = readFileSync(new URL(`${name}.json`, FOLDER), 'utf8').replaceAll(/\d{13}_\d{4}/g, numbers);
  const { exitCode, log, application, jobDiagnostics, attempt } = JSON.parse(text);
  return { lines: log, exitCode, application: application && replay(application) };

  function replay({ state, diagnostics }) {
    const conf = new JobConf({ 'mapreduce.job.name': name });
    const known = new Application({ id, user, conf, splits: [], resources: [] });
    const jobState = exitCode === 0 ? 'SUCCEEDED' : 'FAILED';
    known.end(state, state === 'FINISHED' ? jobState : state, diagnostics);
    if (state === 'FINISHED') known.history = historyOf(known, jobState);
    return known;
  }

  function historyOf({ startedMs }, state) {
    const times = { submitMs: startedMs, startMs: startedMs, finishMs: startedMs };
    const task = { id: attempt?.taskId, kind: 'map', state: 'FAILED', attempts: [] };
    if (attempt !== null) task.attempts.push({ ...attemptOf(startedMs), task });
    const tasks = attempt === null ? [] : [task];
    return { ...times, state, diagnostics: jobDiagnostics, tasks, counters: null };
  }

  function attemptOf(startMs) {
    return {
      id: attempt.attemptId,
      state: 'FAILED',
      status: '',
      diagnostics: attempt.diagnostics,
      container: { id: `container_${numbers}_01_000002`, node: attempt.node },
      startMs,
      finishMs: startMs,
      log: (file) => ({ stderr: attempt.stderrTail ?? '', stdout: '', syslog: '' })[file],
    };
  }
}
