import { createLocalEngine } from '../engines/local/local-engine.js';
import { nodePrograms } from '../engines/node-programs.js';
import { EXIT } from '../exit-codes.js';
import { jsonReporter, textReporter } from '../report/reporters.js';
import { runSteps } from '../run/run.js';
import { localStore } from '../stores/local/local-store.js';
import { nodeFileSystem } from '../stores/local/node-file-system.js';
import { type Command, textOf } from './command.js';
import { loadPlan, OVERRIDE_OPTIONS } from './job-options.js';

export const runCommand: Command = {
  name: 'run',
  positional: { name: 'job', describe: 'job file', required: true },
  describe: 'Run all steps of a job on this machine: check, scan, upload, mapper, run, verify, publish',
  options: {
    ...OVERRIDE_OPTIONS,
    json: { type: 'boolean', describe: 'One JSON event a line on stdout' },
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
    const plan = await loadPlan(context, textOf(args, 'job') ?? '', args);
    const report =
      args.json === true
        ? jsonReporter(context.stdout)
        : textReporter(context.stdout, context.stderr, context.now);
    const engine = createLocalEngine({
      nodePath: context.nodePath,
      files: nodeFileSystem,
      programs: nodePrograms,
      store: localStore,
      sharedFolder: plan.settings.stateDir.value,
    });
    await runSteps(plan, engine, context, report);
    return EXIT.done;
  },
};
