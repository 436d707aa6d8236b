import { ENGINE_OF } from './connections.js';
import { defineCommand } from './define-command.js';
import { DAYS_OPTIONS, eachDay } from './each-day.js';
import { loadJob, OVERRIDE_OPTIONS } from './job-options.js';
import { flagsOf, runOnEngine, START_OPTIONS } from './run-job.js';

export const runCommand = defineCommand({
  name: 'run',
  positional: { name: 'job', describe: 'job file', required: true },
  describe:
    'Run all steps of a job on this machine: check, scan, upload, mapper, run, verify, checks, publish',
  options: {
    ...OVERRIDE_OPTIONS,
    ...DAYS_OPTIONS,
    ...START_OPTIONS,
    json: { type: 'flag', group: 'Output', describe: 'One JSON event per line on stdout' },
  },
  examples: [
    ['hadoop-elt run sales.elt.yaml', 'run the job, publish its output'],
    [
      'hadoop-elt run sales.elt.yaml --output /tmp/try --mode replace',
      'into another folder, again and again',
    ],
    [
      'hadoop-elt run sales.elt.yaml --from 2026-11-01 --to yesterday',
      'a run for each day, where the paths of the job have a date',
    ],
    ['hadoop-elt run sales.elt.yaml --wait 10m', 'wait for another run of the job to end'],
    ['hadoop-elt run sales.elt.yaml --split-size 64KiB --parallel 2', 'many small tasks, two at once'],
  ],
  async run(context, args) {
    return eachDay(
      context,
      'run',
      args,
      (dated) => loadJob(context, args.job, dated),
      (job, heard) =>
        runOnEngine(ENGINE_OF.run, { context, ...job, cluster: null }, flagsOf(args), undefined, heard),
    );
  },
});
