import { maskProperties, maskWords } from '../config/secrets.js';
import { isAnyFailure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { ClusterSettings } from '../hadoop/cluster/cluster-settings.js';
import { columnsWithShortYears, type JobPlan } from '../job/plan.js';
import { escapeControls } from '../report/escape.js';
import { formatPlan } from '../report/plan-text.js';
import { requireInputs } from '../run/find-inputs.js';
import { type Preview, previewJob } from '../run/preview.js';
import { shownInput } from '../shown-url.js';
import type { Sink } from '../sinks/sink.js';
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
  const found = await previewJob(plan, ports, makeBundle);
  // Only on this machine: a dry run needs no cluster.
  const preview =
    cluster === null ? { ...found, ...(await changesSince01(plan, ports.sink, context.signal)) } : found;
  const shown = { ...preview, command: maskWords(preview.command) };
  // `plan` lists missing inputs, but a printed hadoop command without them would run a different job.
  if (cluster !== null && plan.settings['input.onMissing'].value === 'fail') {
    requireInputs(plan, ports.source, preview);
  }
  context.stdout.write(
    json
      ? `${JSON.stringify(previewJson(settings, shown), null, 2)}\n`
      : escapeControls(formatPlan(plan, shown, cluster && withoutSecrets(cluster))),
  );
  return EXIT.done;
}

/** Version 0.1 did not count headers that it added, for it kept them where they were. */
async function changesSince01(
  plan: JobPlan,
  sink: Sink,
  signal: AbortSignal,
): Promise<Pick<Preview, 'changesHeaders' | 'changesYears'>> {
  const { value, origin } = plan.settings['output.header'];
  const hasDefaultHeader = origin.from === 'default' && value === 'every-part';
  const columns = columnsWithShortYears(plan).map(({ column }) => column);
  if (!hasDefaultHeader && columns.length === 0) return {};
  try {
    const { manifests } = await sink.published('quick', signal);
    const isOld = manifests.some(({ counts }) => !('headersAdded' in counts));
    return isOld ? { changesHeaders: hasDefaultHeader, changesYears: columns } : {};
  } catch (error) {
    // A run tells it.
    if (isAnyFailure(error)) return {};
    throw error;
  }
}

function previewJson({ plan, cluster }: Settings, preview: Preview): unknown {
  const {
    items: files,
    unmatched,
    left,
    names,
    tasks,
    command,
    changesHeaders: changes,
    changesYears = [],
  } = preview;
  return cluster === null
    ? {
        ...withoutAddresses(plan),
        data: { files, unmatched: unmatched.map(shownInput), left, names, tasks },
        ...(changes === true ? { changesHeaders: true } : {}),
        ...(changesYears.length > 0 ? { changesYears } : {}),
      }
    : {
        ...withoutAddresses(plan),
        cluster: withoutSecrets(cluster),
        data: { files, unmatched: unmatched.map(shownInput), left, names },
        command,
      };
}

/** The plan with inputs as they may be shown. */
function withoutAddresses(plan: Settings['plan']): Settings['plan'] {
  const files = plan.settings['input.files'];
  const value = { ...files.value, patterns: files.value.patterns.map(shownInput) };
  return { ...plan, settings: { ...plan.settings, 'input.files': { ...files, value } } };
}

function withoutSecrets(cluster: ClusterSettings): ClusterSettings {
  const { hadoop, properties } = cluster;
  return {
    ...cluster,
    hadoop: { ...hadoop, value: maskWords(hadoop.value) },
    properties: { ...properties, value: maskProperties(properties.value) },
  };
}
