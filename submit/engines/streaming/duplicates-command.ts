import type { DuplicatesRequest } from '../engine.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import {
  escapeInputPath,
  nodeCommand,
  ownProperties,
  refuseReservedProperties,
  shippedFiles,
  uriOf,
} from './streaming-arguments.js';

const PROGRAM_LINK = 'keys.mjs';
const REDUCER_BYTES = 256 * 1024 ** 2;
const MAX_REDUCERS = 32;

/** Where a search puts its program, and its reducers their results. */
export function pathsOf({ workFolder }: Pick<DuplicatesRequest, 'workFolder'>) {
  return { program: `${workFolder}/${PROGRAM_LINK}`, results: `${workFolder}/results` };
}

/**
 * The command line that looks for duplicate keys, one argument an item. `inputs`: paths of folders and parts. Throws
 * `usage`. Pure.
 */
export function duplicatesCommand(
  { settings, streamingJar, nodeArchive }: Pick<HadoopCluster, 'settings' | 'streamingJar' | 'nodeArchive'>,
  request: DuplicatesRequest,
  inputs: readonly string[],
): string[] {
  refuseReservedProperties(settings.properties.value);
  const { folders } = request;
  const paths = pathsOf(request);
  const archive = nodeArchive?.path ?? null;
  const job = { ...request, inputs: [], compression: 'none', splitSize: null } as const;
  // Each part as a whole: its records may span lines.
  const own = ownProperties({ ...job, wholeFiles: true }, settings);
  const properties = {
    ...own,
    ...forReducers(own),
    ...settings.properties.value,
    'mapreduce.job.reduces': String(reducersFor(folders)),
    // The key ends at the first tab; there is none in it.
    'stream.map.output': 'text',
  };
  const program = nodeCommand(settings, archive, PROGRAM_LINK);
  return [
    ...settings.hadoop.value,
    'jar',
    streamingJar,
    ...Object.entries(properties).flatMap(([name, value]) => ['-D', `${name}=${value}`]),
    ...shippedFiles(settings, [{ path: paths.program, link: PROGRAM_LINK }], archive),
    '-mapper',
    [...program, 'map'].join(' '),
    '-reducer',
    [...program, 'reduce'].join(' '),
    ...inputs.flatMap((path) => ['-input', escapeInputPath(uriOf(settings, path))]),
    '-output',
    uriOf(settings, paths.results),
  ];
}

/** What is set for mappers, for reducers as well. */
function forReducers(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => name.startsWith('mapreduce.map.'))
      .map(([name, value]) => [name.replace('mapreduce.map.', 'mapreduce.reduce.'), value]),
  );
}

function reducersFor(folders: DuplicatesRequest['folders']): number {
  const sizes = folders.flatMap(({ parts }) => parts.map(({ sizeBytes }) => sizeBytes));
  const total = sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0);
  return Math.min(MAX_REDUCERS, Math.max(1, Math.ceil(total / REDUCER_BYTES)));
}
