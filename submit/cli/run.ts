import { ENGINE_OF } from './connections.js';
import { defineCommand } from './define-command.js';
import { loadJob, OVERRIDE_OPTIONS } from './job-options.js';
import { flagsOf, runOnEngine, START_OPTIONS } from './run-job.js';

export const runCommand = defineCommand({
  name: 'run',
  positional: { name: 'job', describe: 'job file', required: true },
  describe:
    'Run all steps of a job on this machine: check, scan, upload, mapper, run, verify, checks, publish',
  options: {
    ...OVERRIDE_OPTIONS,
    ...START_OPTIONS,
    json: { type: 'flag', group: 'Output', describe: 'One JSON event per line on stdout' },
  },
  examples: [
    ['hadoop-elt run sales.elt.yaml', 'run the job, publish its output'],
    [
      'hadoop-elt run sales.elt.yaml --output /tmp/try --mode replace',
      'into another folder, again and again',
    ],
    ['hadoop-elt run sales.elt.yaml --wait 10m', 'wait for another run of the job to end'],
    ['hadoop-elt run sales.elt.yaml --split-size 64KiB --parallel 2', 'many small tasks, two at once'],
  ],
  async run(context, args) {
    const job = await loadJob(context, args.job, args);
    return runOnEngine(ENGINE_OF.run, { context, ...job, cluster: null }, flagsOf(args));
  },
});
