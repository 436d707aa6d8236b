import { runChecks } from '../doctor/run-checks.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { addressedPath } from '../job/sections/surroundings.js';
import { checkJson, formatCheck } from '../report/doctor-text.js';
import { CLUSTER_OPTIONS, HADOOP_OPTIONS, loadCluster } from './cluster-options.js';
import { defineCommand } from './define-command.js';
import { loadJobFile, OVERRIDE_OPTIONS, planOf } from './job-options.js';
import { clusterChecks, hdfsOf } from './open-cluster.js';

export const doctorCommand = defineCommand({
  name: 'doctor',
  positional: { name: 'job', describe: 'job file whose output path is checked', required: false },
  describe: 'Check everything that a submission depends on, and say how to fix what fails',
  options: {
    ...CLUSTER_OPTIONS,
    output: OVERRIDE_OPTIONS.output,
    queue: HADOOP_OPTIONS.queue,
    'ship-node': HADOOP_OPTIONS['ship-node'],
    deep: {
      type: 'flag',
      group: 'Hadoop',
      describe: 'Also run a job of one task, to see whether the nodemanagers have Node (15 s)',
    },
    json: { type: 'flag', group: 'Output', describe: 'One JSON object per check on stdout' },
  },
  examples: [
    ['hadoop-elt doctor --cluster cluster.yaml', 'before the first submission'],
    ['hadoop-elt doctor sales.elt.yaml --cluster cluster.yaml --deep', 'and when one has failed'],
  ],
  epilogue: 'The exit code is 0 when no check fails (warnings are allowed), else that of the first failure.',
  onlyAnswers: () => true,
  async run(context, args) {
    const { job: jobFile, output: typed } = args;
    const job = jobFile === undefined ? null : await loadJobFile(context, jobFile);
    const settings = await loadCluster(context, args, job);
    const hdfs = hdfsOf(settings);
    const output =
      job !== null
        ? planOf(context, job, args, hdfs).settings['output.path'].value
        : typed === undefined
          ? null
          : addressedPath(typed, hdfs.home, { fs: hdfs.fs, hdfsHome: hdfs.home });
    const results = await runChecks(
      clusterChecks(settings, context, { output, deep: args.deep === true }),
      (result) => context.stdout.write(`${args.json === true ? checkJson(result) : formatCheck(result)}\n`),
      context.signal,
    );
    for (const result of results) if (result.status === 'fail') return exitCodeOf(result.failure);
    return EXIT.done;
  },
});
