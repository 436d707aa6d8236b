/** The defaults of mapred-default.xml (3.3.5) that this fake uses. */
const DEFAULTS = {
  'mapreduce.job.maps': '2',
  'mapreduce.job.name': 'streamjob.jar',
  'mapreduce.job.queuename': 'default',
  'mapreduce.job.reduces': '1',
  'mapreduce.job.tags': '',
  'mapreduce.map.failures.maxpercent': '0',
  'mapreduce.map.maxattempts': '4',
  'mapreduce.map.memory.mb': '1024',
  'mapreduce.reduce.maxattempts': '4',
  'mapreduce.task.stuck.timeout-ms': '600000',
  'mapreduce.task.timeout': '600000',
  'mapreduce.task.max.status.length': '512',
  'mapreduce.input.fileinputformat.split.minsize': '0',
  'mapreduce.output.fileoutputformat.compress': 'false',
  'mapreduce.output.fileoutputformat.compress.codec': 'org.apache.hadoop.io.compress.DefaultCodec',
  'mapreduce.output.textoutputformat.separator': '\t',
  'mapreduce.fileoutputcommitter.algorithm.version': '2',
  'mapreduce.fileoutputcommitter.marksuccessfuljobs': 'true',
  'stream.jobconf.truncate.limit': '-1',
  'stream.non.zero.exit.is.failure': 'true',
  'stream.stderr.reporter.prefix': 'reporter:',
};

/** Deprecated names of properties; setting either name sets both (Configuration). */
const OLD_NAMES = {
  'mapreduce.job.id': 'mapred.job.id',
  'mapreduce.job.maps': 'mapred.map.tasks',
  'mapreduce.job.name': 'mapred.job.name',
  'mapreduce.job.queuename': 'mapred.job.queue.name',
  'mapreduce.job.reduces': 'mapred.reduce.tasks',
  'mapreduce.input.fileinputformat.inputdir': 'mapred.input.dir',
  'mapreduce.input.fileinputformat.split.minsize': 'mapred.min.split.size',
  'mapreduce.map.input.file': 'map.input.file',
  'mapreduce.map.input.length': 'map.input.length',
  'mapreduce.map.input.start': 'map.input.start',
  'mapreduce.map.maxattempts': 'mapred.map.max.attempts',
  'mapreduce.reduce.maxattempts': 'mapred.reduce.max.attempts',
  'mapreduce.output.fileoutputformat.compress': 'mapred.output.compress',
  'mapreduce.output.fileoutputformat.outputdir': 'mapred.output.dir',
  'mapreduce.task.attempt.id': 'mapred.task.id',
  'mapreduce.task.id': 'mapred.tip.id',
  'mapreduce.task.ismap': 'mapred.task.is.map',
  'mapreduce.task.output.dir': 'mapred.work.output.dir',
  'mapreduce.task.partition': 'mapred.task.partition',
  'mapreduce.task.timeout': 'mapred.task.timeout',
};
const NEW_NAMES = Object.fromEntries(Object.entries(OLD_NAMES).map(([now, old]) => [old, now]));

/** The configuration of a job: properties by name, defaults and deprecated names included. */
export class JobConf {
  #values = new Map(Object.entries(DEFAULTS));

  /** @param {Record<string, string>} properties */
  constructor(properties = {}) {
    for (const [name, value] of Object.entries(properties)) this.set(name, value);
  }

  get(name) {
    return this.#values.get(name);
  }

  number(name) {
    return Number(this.get(name));
  }

  flag(name) {
    return this.get(name)?.trim() === 'true';
  }

  set(name, value) {
    const current = NEW_NAMES[name] ?? name;
    this.#values.set(current, String(value));
    const old = OLD_NAMES[current];
    if (old !== undefined) this.#values.set(old, String(value));
  }

  copy() {
    return new JobConf(Object.fromEntries(this.#values));
  }

  entries() {
    return [...this.#values];
  }
}

/** Variables of the nodemanager that containers inherit (yarn.nodemanager.env-whitelist). */
const PASSED = ['PATH', 'LANG', 'TZ', 'JAVA_HOME'];

/**
 * The environment of a mapper: the container's, then the job configuration, then the pairs of `-cmdenv` (PipeMapRed).
 * In names of properties, `_` replaces each character that is not a letter or digit; values may be truncated.
 *
 * @param {JobConf} conf
 * @param {{ user: string, folder: string, node: string, containerId: string }} container
 */
export function taskEnvironment(conf, { user, folder, node, containerId }) {
  const environment = {
    HOME: '/home/',
    USER: user,
    LOGNAME: user,
    SHELL: '/bin/bash',
    PWD: folder,
    LOCAL_DIRS: folder,
    CONTAINER_ID: containerId,
    NM_HOST: node,
  };
  for (const name of PASSED) {
    if (process.env[name] !== undefined) environment[name] = process.env[name];
  }
  for (const [name, value] of conf.entries()) {
    const own = /^mapreduce\.map\.env\.(.+)$/.exec(name)?.[1];
    if (own !== undefined) environment[own] = value;
  }
  const limit = conf.number('stream.jobconf.truncate.limit');
  for (const [name, value] of conf.entries()) {
    environment[name.replaceAll(/[^A-Za-z0-9]/g, '_')] = limit > -1 ? value.slice(0, limit) : value;
  }
  for (const pair of (conf.get('stream.addenvironment') ?? '').split(' ')) {
    const at = pair.indexOf('=');
    if (at !== -1) environment[pair.slice(0, at)] = pair.slice(at + 1);
  }
  environment.TMPDIR = `${folder}/tmp`;
  return environment;
}
