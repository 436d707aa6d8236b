/** FileOutputCommitter (3.3.5) in the fake HDFS. */
export class Committer {
  /** @param {{ hdfs: object, output: string, user: string, conf: import('./job-conf.mjs').JobConf }} job */
  constructor({ hdfs, output, user, conf }) {
    this.hdfs = hdfs;
    this.output = output;
    this.user = user;
    this.conf = conf;
    this.work = `${output}/_temporary/1`;
  }

  setUpJob() {
    return this.hdfs.makeDirectories(this.work, this.user);
  }

  /** The folder that an attempt writes to. */
  folderOf(attemptId) {
    return `${this.work}/_temporary/${attemptId}`;
  }

  /** Algorithm version 2, the default, moves files into the output before the job has succeeded. */
  async commitTask(attemptId, taskId) {
    const folder = this.folderOf(attemptId);
    if (this.#version === 1) return this.hdfs.rename(folder, `${this.work}/${taskId}`);
    await this.#move(folder, this.output);
    await this.hdfs.remove(folder);
  }

  async commitJob() {
    if (this.#version === 1) {
      for (const { name } of await this.hdfs.list(this.work)) {
        if (name !== '_temporary') await this.#move(`${this.work}/${name}`, this.output);
      }
    }
    await this.abortJob();
    if (this.conf.flag('mapreduce.fileoutputcommitter.marksuccessfuljobs')) {
      await this.hdfs.write(`${this.output}/_SUCCESS`, Buffer.alloc(0), this.user);
    }
  }

  /** The output folder stays, with the files of committed tasks. */
  async abortJob() {
    await this.hdfs.remove(`${this.output}/_temporary`);
  }

  get #version() {
    return this.conf.number('mapreduce.fileoutputcommitter.algorithm.version');
  }

  async #move(from, to) {
    for (const { name } of await this.hdfs.list(from))
      await this.hdfs.rename(`${from}/${name}`, `${to}/${name}`);
  }
}
