import { setTimeout as sleep } from 'node:timers/promises';
import { CLUSTER, TASKS_AT_ONCE } from './cluster.mjs';
import { Committer } from './committer.mjs';
import { Counters } from './counters.mjs';
import { masterDiagnostics, memoryDiagnostics } from './diagnostics.mjs';
import { MapAttempt } from './map-attempt.mjs';
import { ReduceAttempt } from './reduce-attempt.mjs';

/** Runs the job of an application: its tasks, each with the allowed number of attempts, and the commit. */
export class ApplicationMaster {
  jobState = 'PREP';
  diagnostics = '';
  counters = new Counters();
  startMs = Date.now();
  #containers = 1;
  #stop = new AbortController();

  /**
   * @param {import('./application.mjs').Application} application
   * @param {{ hdfs: object, localFiles: object, faults: import('./faults.mjs').Faults }} services
   */
  constructor(application, services) {
    this.application = application;
    this.services = services;
    const ids = application.jobId.replace('job', 'task');
    const { conf, user } = application;
    this.maps = application.splits.map((split, number) => ({ ...newTask(ids, 'map', number), split }));
    const outputs = () => this.maps.map(({ attempts }) => attempts.at(-1).output);
    const reduces = Array.from({ length: conf.number('mapreduce.job.reduces') });
    this.reduces = reduces.map((_, number) => ({ ...newTask(ids, 'reduce', number), outputs }));
    this.tasks = [...this.maps, ...this.reduces];
    const output = conf.get('mapreduce.output.fileoutputformat.outputdir').replace(/^[a-z]+:\/\/[^/]*/, '');
    this.committer = new Committer({ hdfs: services.hdfs, output, user, conf });
  }

  get progress() {
    return shareEnded(this.tasks);
  }

  get mapProgress() {
    return shareEnded(this.maps);
  }

  get reduceProgress() {
    return this.reduces.length === 0 ? 0 : shareEnded(this.reduces);
  }

  /** The failed attempts that were retried, for the command's log. */
  failedAttempts() {
    return this.tasks.flatMap(({ attempts }) =>
      attempts
        .filter(({ state }, at) => state === 'FAILED' && at < attempts.length - 1)
        .map(({ id, diagnostics }) => ({ id, diagnostics })),
    );
  }

  /** Runs the job; returns how the application ends, and the record for the history server. */
  async run() {
    const problem = await this.#prepare();
    if (problem !== null)
      return { state: 'FAILED', finalStatus: 'FAILED', diagnostics: problem, history: null };
    this.jobState = 'RUNNING';
    try {
      await this.#runJob();
    } catch (error) {
      await this.#endJob('FAILED', `Job setup failed : ${error.message}`);
    }
    await this.#removeStaging();
    const succeeded = this.jobState === 'SUCCEEDED';
    const diagnostics = succeeded ? '' : `${this.diagnostics}\n`;
    return { state: 'FINISHED', finalStatus: this.jobState, diagnostics, history: this.#history() };
  }

  /** The command has copied the local files of `-files` there (MRAppMaster.cleanupStagingDir, 3.3.5). */
  #removeStaging() {
    const { user, jobId } = this.application;
    return this.services.hdfs.remove(`/tmp/hadoop-yarn/staging/${user}/.staging/${jobId}`);
  }

  kill() {
    this.#stop.abort();
    this.#killAttempts('');
  }

  /** Returns null, or why the master itself failed. */
  async #prepare() {
    const { application, services } = this;
    try {
      for (const resource of application.resources) await services.localFiles.provide(resource);
    } catch (error) {
      return masterDiagnostics(application.id, -1000, error.message);
    }
    const fault = services.faults.next('running', { who: 'master' });
    if (fault?.do === 'die') return masterDiagnostics(application.id, 137, 'Container killed on request.');
    if (fault?.do === 'slow') await this.#sleep(fault.ms);
    if (fault?.do === 'hang') await this.#sleep(2 ** 30);
    return null;
  }

  #sleep(ms) {
    return sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  async #runJob() {
    const { conf } = this.application;
    await this.committer.setUpJob();
    const memoryMib = conf.number('mapreduce.map.memory.mb');
    if (memoryMib > CLUSTER.maxContainerMib) {
      for (const task of this.tasks) task.state = 'KILLED';
      await this.#endJob('KILLED', memoryDiagnostics(memoryMib, CLUSTER, this.tasks.length));
      return;
    }
    await this.#runTasks(
      this.maps,
      (this.maps.length * conf.number('mapreduce.map.failures.maxpercent')) / 100,
    );
    if (!this.#stop.signal.aborted) await this.#runTasks(this.reduces, 0);
    const failed = this.tasks.find(({ state }) => state === 'FAILED');
    if (this.#stop.signal.aborted) await this.#failJob(failed);
    else {
      await this.committer.commitJob();
      await this.#endJob('SUCCEEDED', '');
    }
  }

  /** Runs tasks until more than the allowed number have failed. */
  async #runTasks(tasks, allowed) {
    const waiting = [...tasks];
    const worker = async () => {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        await this.#runTask(task);
        const failed = tasks.filter(({ state }) => state === 'FAILED');
        if (failed.length > allowed || this.#stop.signal.aborted) {
          this.#stop.abort();
          this.#killAttempts('Container killed by the ApplicationMaster.');
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: TASKS_AT_ONCE }, worker));
  }

  async #runTask(task) {
    const { application, committer, services } = this;
    const attemptsAllowed = Math.max(1, application.conf.number(`mapreduce.${task.kind}.maxattempts`));
    const Attempt = task.kind === 'map' ? MapAttempt : ReduceAttempt;
    task.state = 'RUNNING';
    for (let number = 0; number < attemptsAllowed && !this.#stop.signal.aborted; number += 1) {
      const id = `${task.id.replace('task', 'attempt')}_${number}`;
      const container = this.#newContainer();
      const attempt = new Attempt({ id, number, task, container, application, committer, services });
      task.attempts.push(attempt);
      await attempt.run();
      if (attempt.state !== 'FAILED') {
        task.state = attempt.state;
        return;
      }
    }
    task.state = this.#stop.signal.aborted ? 'KILLED' : 'FAILED';
  }

  #newContainer() {
    this.#containers += 1;
    const number = String(this.#containers).padStart(6, '0');
    const id = `${this.application.id.replace('application', 'container')}_01_${number}`;
    return { id, node: CLUSTER.nodes[this.#containers % CLUSTER.nodes.length] };
  }

  #killAttempts(diagnostics) {
    for (const { attempts } of this.tasks) attempts.at(-1)?.kill(diagnostics);
  }

  async #failJob(failed) {
    for (const task of this.tasks) {
      if (task.state === 'SCHEDULED' || task.state === 'RUNNING') task.state = 'KILLED';
    }
    // The application was killed, so its master is gone and cannot abort the job.
    if (failed === undefined) return;
    const [maps, reduces] = failed.kind === 'map' ? [1, 0] : [0, 1];
    const said = `Task failed ${failed.id}\nJob failed as tasks failed. failedMaps:${maps} failedReduces:${reduces} killedMaps:0 killedReduces: 0`;
    await this.#endJob('FAILED', said);
  }

  async #endJob(state, diagnostics) {
    if (state !== 'SUCCEEDED') await this.committer.abortJob();
    this.#count(state === 'SUCCEEDED');
    this.diagnostics = diagnostics;
    this.jobState = state;
  }

  #count(isSuccess) {
    const attemptsOf = (tasks) => tasks.flatMap((task) => task.attempts);
    for (const [kind, tasks] of [
      ['MAPS', this.maps],
      ['REDUCES', this.reduces],
    ]) {
      const failed = attemptsOf(tasks).filter(({ state }) => state === 'FAILED').length;
      const killed = tasks.filter(({ state }) => state === 'KILLED').length;
      if (failed > 0) this.counters.addOfJob(`NUM_FAILED_${kind}`, failed);
      if (killed > 0) this.counters.addOfJob(`NUM_KILLED_${kind}`, killed);
    }
    const maps = attemptsOf(this.maps);
    this.counters.addOfJob('TOTAL_LAUNCHED_MAPS', maps.length);
    if (this.reduces.length > 0) {
      this.counters.addOfJob('TOTAL_LAUNCHED_REDUCES', attemptsOf(this.reduces).length);
    }
    this.counters.addOfJob('RACK_LOCAL_MAPS', maps.length);
    const spentMs = maps.reduce((sum, { startMs, finishMs }) => sum + Math.max(0, finishMs - startMs), 0);
    this.counters.addOfJob('MILLIS_MAPS', spentMs);
    if (!isSuccess) return;
    for (const attempt of attemptsOf(this.tasks)) {
      if (attempt.state === 'SUCCEEDED') this.counters.addAll(attempt.counters);
    }
    const fault = this.services.faults.next('counters', { do: 'lie' });
    for (const [group, amounts] of Object.entries(fault?.counters ?? {})) {
      for (const [name, amount] of Object.entries(amounts)) this.counters.set(group, name, amount);
    }
  }

  #history() {
    const { application, startMs, tasks, jobState } = this;
    return {
      state: jobState,
      diagnostics: this.diagnostics,
      startMs,
      finishMs: Date.now(),
      submitMs: application.startedMs,
      tasks,
      // For a job that did not succeed, only the command's log has counters (3.3.5).
      counters: jobState === 'SUCCEEDED' ? this.counters.toJson() : null,
    };
  }
}

/** @param {'map' | 'reduce'} kind */
function newTask(ids, kind, number) {
  const id = `${ids}_${kind.charAt(0)}_${String(number).padStart(6, '0')}`;
  return { id, kind, number, state: 'SCHEDULED', attempts: [] };
}

function shareEnded(tasks) {
  const ended = tasks.filter(({ state }) => state !== 'SCHEDULED' && state !== 'RUNNING').length;
  return tasks.length === 0 ? 1 : ended / tasks.length;
}
