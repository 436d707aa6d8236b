import { EXIT } from '../exit-codes.js';
import { escapeControls } from '../report/escape.js';
import { formatPlan } from '../report/plan-text.js';
import { requireInputs } from '../run/find-inputs.js';
import { type Preview, previewJob } from '../run/preview.js';
import { CONNECTIONS, openPorts, type Settings } from './connections.js';
import type { LoadedJob } from './job-options.js';

/** Prints what a run on the named engine would do; sends and changes nothing. Returns the exit code. */
export async function printPreview(
  engineName: string,
  settings: Settings & Pick<LoadedJob, 'makeBundle'>,
  json: boolean,
): Promise<number> {
  const { context, plan, makeBundle, cluster } = settings;
  const ports = await openPorts(CONNECTIONS, engineName, settings, []);
  const preview = await previewJob(plan, ports, makeBundle);
  // `plan` lists missing inputs, but a printed hadoop command without them would run a different job.
  if (cluster !== null && plan.settings['input.onMissing'].value === 'fail') {
    requireInputs(plan, ports.source, preview);
  }
  context.stdout.write(
    json
      ? `${JSON.stringify(previewJson(settings, preview), null, 2)}\n`
      : escapeControls(formatPlan(plan, preview, cluster)),
  );
  return EXIT.done;
}

function previewJson({ plan, cluster }: Settings, preview: Preview): unknown {
  const { items: files, unmatched, left, names, tasks, command } = preview;
  return cluster === null
    ? { ...plan, data: { files, unmatched, left, names, tasks } }
    : { ...plan, cluster, data: { files, unmatched, left, names }, command };
}
