import { ENGINE_OF } from './connections.js';
import { defineCommand } from './define-command.js';
import { loadJob, OVERRIDE_OPTIONS } from './job-options.js';
import { printPreview } from './preview.js';

export const planCommand = defineCommand({
  name: 'plan',
  positional: { name: 'job', describe: 'job file', required: true },
  describe: 'Print what a run would do, with every value and where it came from; changes nothing',
  options: {
    ...OVERRIDE_OPTIONS,
    json: { type: 'flag', group: 'Output', describe: 'The plan as JSON' },
  },
  examples: [
    ['hadoop-elt plan sales.elt.yaml', 'look before you run'],
    ['hadoop-elt plan sales.elt.yaml --split-size 1MiB', 'see what a flag changes'],
  ],
  onlyAnswers: () => true,
  async run(context, args) {
    const job = await loadJob(context, args.job, args);
    // The plan of a run on this machine does not name the mapper, and to make it takes a part of each start.
    const makeBundle = () => ({ text: '', sha256: '' });
    return printPreview(ENGINE_OF.plan, { context, ...job, makeBundle, cluster: null }, args.json === true);
  },
});
