import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationMaster } from './application-master.mjs';
import { CLUSTER, DELAYS } from './cluster.mjs';

const FINAL_STATES = ['FINISHED', 'FAILED', 'KILLED'];

/** An application in the resourcemanager, with the master that runs its job. */
export class Application {
  state = 'NEW';
  finalStatus = 'UNDEFINED';
  diagnostics = '';
  startedMs = Date.now();
  finishedMs = 0;
  /** @type {ApplicationMaster | null} */
  master = null;
  /** The record for the history server; null if the master did not write one. */
  history = null;
  #killedBy = null;

  /**
   * @param {object} options
   * @param {string} options.id `application_1795257365945_0001`
   * @param {string} options.user
   * @param {import('./job-conf.mjs').JobConf} options.conf
   * @param {{ path: string, uri: string, start: number, length: number }[]} options.splits in the order of the tasks
   * @param {{ kind: 'file' | 'archive', uri: string, path: string, fileId: number, link: string }[]} options.resources
   */
  constructor({ id, user, conf, splits, resources }) {
    Object.assign(this, { id, user, conf, splits, resources });
    this.jobId = id.replace('application', 'job');
    this.name = conf.get('mapreduce.job.name');
    this.queue = conf.get('mapreduce.job.queuename');
    const tags = conf.get('mapreduce.job.tags').split(',');
    this.tags = tags.map((tag) => tag.trim().toLowerCase()).filter((tag) => tag !== '');
  }

  get hasEnded() {
    return FINAL_STATES.includes(this.state);
  }

  /** The resourcemanager's internal state (RMAppState), which has more values than YARN shows elsewhere. */
  get innerState() {
    return this.#killedBy !== null && !this.hasEnded ? 'KILLING' : this.state;
  }

  get progress() {
    return this.hasEnded ? 100 : (this.master?.progress ?? 0) * 100;
  }

  /** Whether its queue exists. If not, the application has failed. */
  accept() {
    if (CLUSTER.queues.includes(this.queue)) return true;
    this.end(
      'FAILED',
      'FAILED',
      `Application ${this.id} submitted by user ${this.user} to unknown queue: ${this.queue}`,
    );
    return false;
  }

  /** Goes through its states to the end. Never rejects. */
  async run(services) {
    this.state = 'ACCEPTED';
    await sleep(DELAYS.acceptedMs);
    if (this.hasEnded) return;
    this.state = 'RUNNING';
    this.master = new ApplicationMaster(this, services);
    await sleep(DELAYS.masterMs);
    if (this.#killedBy !== null) return;
    const { state, finalStatus, diagnostics, history } = await this.master.run();
    if (this.#killedBy !== null) return;
    this.history = history;
    this.end(state, finalStatus, diagnostics);
  }

  /** Kills it after a short delay, whatever its state. The history server does not get the job then (3.3.5). */
  async kill(user) {
    if (this.hasEnded || this.#killedBy !== null) return;
    this.#killedBy = user;
    this.master?.kill();
    await sleep(DELAYS.killMs);
    this.end('KILLED', 'KILLED', `Application ${this.id} was killed by user ${user}`);
  }

  end(state, finalStatus, diagnostics) {
    Object.assign(this, { state, finalStatus, diagnostics, finishedMs: Date.now() });
  }

  /** The job's report for the hadoop command. */
  report() {
    const { master } = this;
    const isKilled = this.state === 'KILLED' || this.state === 'FAILED';
    const jobState = isKilled ? this.state : (master?.jobState ?? 'PREP');
    return {
      jobState,
      mapProgress: master?.mapProgress ?? 0,
      reduceProgress: master?.reduceProgress ?? 0,
      failureInfo: isKilled ? this.diagnostics : `${master?.diagnostics ?? ''}\n`,
      counters: isKilled ? ['Counters: 0'] : (master?.counters.toLines() ?? []),
      failedAttempts: master?.failedAttempts() ?? [],
    };
  }
}
