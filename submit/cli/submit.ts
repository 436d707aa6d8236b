import { CLUSTER_OPTIONS, HADOOP_OPTIONS, loadCluster } from './cluster-options.js';
import { ENGINE_OF } from './connections.js';
import { defineCommand } from './define-command.js';
import { DAYS_OPTIONS, eachDay } from './each-day.js';
import { loadJobFile, OVERRIDE_OPTIONS, prepareJob } from './job-options.js';
import { hdfsOf } from './open-cluster.js';
import { printPreview } from './preview.js';
import { flagsOf, runOnEngine, START_OPTIONS } from './run-job.js';

const { parallel: _localOnly, ...JOB_OPTIONS } = OVERRIDE_OPTIONS;

export const submitCommand = defineCommand({
  name: 'submit',
  positional: { name: 'job', describe: 'job file', required: true },
  describe: 'Run all steps of a job on Hadoop: check, scan, upload, mapper, run, verify, checks, publish',
  options: {
    ...JOB_OPTIONS,
    ...DAYS_OPTIONS,
    ...CLUSTER_OPTIONS,
    ...HADOOP_OPTIONS,
    ...START_OPTIONS,
    'dry-run': {
      type: 'flag',
      group: 'Job',
      describe: 'Print the plan and the exact command; nothing is sent or changed',
    },
    json: { type: 'flag', group: 'Output', describe: 'One JSON event per line on stdout' },
  },
  examples: [
    ['hadoop-elt submit sales.elt.yaml --cluster cluster.yaml', 'run the job there, publish its output'],
    ['hadoop-elt submit sales.elt.yaml --dry-run', 'on an edge node: see what would run'],
    [
      'hadoop-elt submit sales.elt.yaml --queue nightly -D mapreduce.task.timeout=60000',
      'choose the queue, set a property of Hadoop',
    ],
  ],
  epilogue:
    'Paths of output and uploads are relative to the home folder in HDFS. Inputs written hdfs://… are read where they are.',
  onlyAnswers: (args) => args['dry-run'] === true,
  async run(context, args) {
    const job = await loadJobFile(context, args.job);
    const cluster = await loadCluster(context, args, job);
    return eachDay(
      context,
      'submit',
      args,
      (dated) => prepareJob(context, job, dated, hdfsOf(cluster)),
      (prepared, heard) => {
        const settings = { context, ...prepared, cluster };
        return args['dry-run'] === true
          ? printPreview(ENGINE_OF.submit, settings, args.json === true)
          : runOnEngine(ENGINE_OF.submit, settings, flagsOf(args), undefined, heard);
      },
    );
  },
});
