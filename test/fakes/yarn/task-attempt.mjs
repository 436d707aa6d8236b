import { rm } from 'node:fs/promises';
import { DELAYS } from './cluster.mjs';
import { commandWords, findProgram, StartError } from './command-words.mjs';
import { Counters } from './counters.mjs';
import {
  brokenPipeDiagnostics,
  exitDiagnostics,
  startDiagnostics,
  timeoutDiagnostics,
} from './diagnostics.mjs';
import { taskEnvironment } from './job-conf.mjs';
import { piecesOf } from './lines.mjs';
import { runMapper } from './piped-mapper.mjs';
import { corrupted, partBytes, partName, spoil } from './task-output.mjs';
import { TaskStderr } from './task-stderr.mjs';

/** Why an attempt failed, with Hadoop's message. */
class AttemptFailure extends Error {}

/**
 * One attempt of a task: a program that reads lines and writes records. A subclass says by `kind`, `properties`,
 * `lines` and `finish` what they are, and what becomes of the output.
 */
export class TaskAttempt {
  state = 'RUNNING';
  diagnostics = '';
  status = '';
  counters = new Counters();
  startMs = Date.now();
  finishMs = 0;
  #stop = new AbortController();
  #lastSignMs = Date.now();

  /**
   * @param {object} options
   * @param {string} options.id `attempt_1795257365945_0001_m_000007_0`
   * @param {number} options.number
   * @param {{ id: string, number: number, kind: 'map' | 'reduce' }} options.task
   * @param {{ id: string, node: string }} options.container
   * @param {import('./application.mjs').Application} options.application
   * @param {import('./committer.mjs').Committer} options.committer
   * @param {{ hdfs: object, localFiles: object, faults: import('./faults.mjs').Faults }} options.services
   */
  constructor({ id, number, task, container, application, committer, services }) {
    Object.assign(this, { id, number, task, container, application, committer, services });
    const { conf } = application;
    this.stderr = new TaskStderr({
      prefix: conf.get('stream.stderr.reporter.prefix'),
      maxStatusChars: conf.number('mapreduce.task.max.status.length'),
    });
  }

  /** Runs to the end; never rejects. */
  async run() {
    try {
      await this.#runTask();
      this.state = 'SUCCEEDED';
    } catch (error) {
      if (this.state === 'RUNNING') this.state = 'FAILED';
      this.diagnostics ||=
        error instanceof AttemptFailure ? error.message : `Error: java.io.IOException: ${error.message}\n`;
      // The history server keeps the status only of attempts that succeeded.
      this.status = '';
    } finally {
      this.finishMs = Date.now();
    }
  }

  kill(diagnostics) {
    if (this.state !== 'RUNNING') return;
    this.state = 'KILLED';
    this.diagnostics = diagnostics;
    this.#stop.abort();
  }

  /** The container's log of this name, or undefined. */
  log(name) {
    return { stderr: this.stderr.log, stdout: '', syslog: this.firstLog + this.stderr.syslog }[name];
  }

  async #runTask() {
    const { application, services, task } = this;
    const conf = this.#conf();
    const fault =
      task.kind === 'map'
        ? services.faults.next('task', { task: task.number, attempt: this.number, job: application.name })
        : undefined;
    if (fault?.do === 'exit') throw new AttemptFailure(exitDiagnostics(fault.code));
    const folder = await services.localFiles.taskFolder(application.resources);
    try {
      const container = {
        user: application.user,
        folder,
        node: this.container.node,
        containerId: this.container.id,
      };
      const environment = taskEnvironment(conf, container);
      const { stdout, inputRecords } = await this.#pipe(conf, folder, environment, fault?.do);
      this.#stop.signal.throwIfAborted();
      const outputRecords = await this.finish({ stdout, inputRecords, conf, how: fault?.do });
      this.status = this.stderr.status ?? `Records R/W=${inputRecords}/${outputRecords}`;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** The job's configuration with the properties of this task. */
  #conf() {
    const { application, task } = this;
    const conf = application.conf.copy();
    const output = `${conf.get('mapreduce.output.fileoutputformat.outputdir')}`;
    const properties = {
      'mapreduce.job.id': application.jobId,
      'mapreduce.job.application.attempt.id': 1,
      'mapreduce.job.user.name': application.user,
      'mapreduce.task.id': task.id,
      'mapreduce.task.attempt.id': this.id,
      'mapreduce.task.partition': task.number,
      'mapreduce.task.ismap': task.kind === 'map',
      'mapreduce.task.output.dir': `${output}/_temporary/1/_temporary/${this.id}`,
      ...this.properties(),
    };
    for (const [name, value] of Object.entries(properties)) conf.set(name, value);
    return conf;
  }

  async #pipe(conf, folder, environment, fault) {
    let inputRecords = 0;
    const lines = fault === 'corrupt-input' ? withOtherEnd(await this.lines()) : await this.lines();
    const watch = setInterval(() => this.#checkTime(conf), DELAYS.timeoutCheckMs);
    try {
      const [program, ...args] = commandWords(decode(conf.get(`stream.${this.task.kind}.streamprocessor`)));
      const { exitCode, isBroken, stdout } = await runMapper({
        words: [findProgram(program, folder, environment.PATH ?? ''), ...args],
        folder,
        environment,
        pieces: piecesOf(lines, () => {
          inputRecords += 1;
        }),
        onErrorLine: (line) => this.stderr.push(line),
        onActivity: () => {
          this.#lastSignMs = Date.now();
        },
        signal: this.#stop.signal,
      });
      this.#stop.signal.throwIfAborted();
      const isFailure = exitCode !== 0 && conf.flag('stream.non.zero.exit.is.failure');
      if (isFailure) throw new AttemptFailure(exitDiagnostics(exitCode));
      if (isBroken) throw new AttemptFailure(brokenPipeDiagnostics());
      return { stdout, inputRecords };
    } catch (error) {
      throw error instanceof StartError ? new AttemptFailure(startDiagnostics(error)) : error;
    } finally {
      clearInterval(watch);
    }
  }

  #checkTime(conf) {
    const limitMs = conf.number('mapreduce.task.timeout');
    if (limitMs === 0 || Date.now() - this.#lastSignMs <= limitMs || this.state !== 'RUNNING') return;
    this.state = 'FAILED';
    this.diagnostics = timeoutDiagnostics(this.id, conf);
    this.#stop.abort();
  }

  /** Writes records to the part file of the task; returns its bytes. */
  async commit(records, conf, how) {
    const bytes = partBytes(spoil(records, how), conf);
    const { committer, services, application, task } = this;
    const path = `${committer.folderOf(this.id)}/${partName(task.number, conf)}`;
    await services.hdfs.write(path, bytes, application.user);
    await committer.commitTask(this.id, task.id);
    return bytes.length;
  }
}

/**
 * The lines, each but the first with another last byte: a file of the same size and with the same header that took the
 * place of the input.
 */
function* withOtherEnd(lines) {
  let nth = 0;
  for (const line of lines) yield nth++ === 0 ? line : corrupted(line);
}

/** StreamJob writes the command into the configuration form-encoded. */
const decode = (text) => decodeURIComponent(text.replaceAll('+', ' '));
