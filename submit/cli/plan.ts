import { splitInputs } from '../engines/splits.js';
import { EXIT } from '../exit-codes.js';
import { agreeOnNames } from '../job/plan.js';
import { escapeControls } from '../report/escape.js';
import { formatPlan } from '../report/plan-text.js';
import { isGzip } from '../sources/decoding.js';
import { expandInputs } from '../sources/expand-inputs.js';
import { readHeaders } from '../sources/read-headers.js';
import { defineCommand } from './define-command.js';
import { loadPlan, OVERRIDE_OPTIONS } from './job-options.js';

export const planCommand = defineCommand({
  name: 'plan',
  positional: { name: 'job', describe: 'job file', required: true },
  describe: 'Print what a run would do, with every value and where it came from; nothing is changed',
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
    const plan = await loadPlan(context, args.job, args);
    const { files, unmatched } = await expandInputs(plan.settings['input.files'].value);
    const names = agreeOnNames(plan, await readHeaders(files, plan.settings));
    const inputs = files.map(({ path, sizeBytes }) => ({
      path,
      sizeBytes,
      splittable: !isGzip(path) && plan.settings['csv.quotedLineBreaks'].value !== 'yes',
      startsWithBom: false,
    }));
    const data = {
      files,
      unmatched,
      names,
      tasks: splitInputs(inputs, plan.settings['run.splitSize'].value).length,
    };
    context.stdout.write(
      args.json === true
        ? `${JSON.stringify({ ...plan, data }, null, 2)}\n`
        : escapeControls(formatPlan(plan, data)),
    );
    return EXIT.done;
  },
});
