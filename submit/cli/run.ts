import { createLocalEngine } from '../engines/local/local-engine.js';
import { EXIT } from '../exit-codes.js';
import { jsonReporter, textReporter } from '../report/reporters.js';
import { runSteps } from '../run/run.js';
import { defineCommand } from './define-command.js';
import { loadPlan, OVERRIDE_OPTIONS } from './job-options.js';

export const runCommand = defineCommand({
  name: 'run',
  positional: { name: 'job', describe: 'job file', required: true },
  describe: 'Run all steps of a job on this machine: check, scan, upload, mapper, run, verify, publish',
  options: {
    ...OVERRIDE_OPTIONS,
    json: { type: 'flag', group: 'Output', describe: 'One JSON event a line on stdout' },
  },
  examples: [
    ['hadoop-elt run sales.elt.yaml', 'run the job, publish its output'],
    [
      'hadoop-elt run sales.elt.yaml --output /tmp/try --mode replace',
      'into another folder, again and again',
    ],
    ['hadoop-elt run sales.elt.yaml --split-size 64KiB --parallel 2', 'many small tasks, two at once'],
  ],
  async run(context, args) {
    const plan = await loadPlan(context, args.job, args);
    const report =
      args.json === true
        ? jsonReporter(context.stdout)
        : textReporter(context.stdout, context.stderr, context.now);
    await runSteps(plan, createLocalEngine(context.nodePath), context, report);
    return EXIT.done;
  },
});
