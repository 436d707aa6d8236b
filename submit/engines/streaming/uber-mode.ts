import type { HistoryServer } from '../../hadoop/history-server.js';
import type { JobRequest } from '../engine.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import { orNothing, type Services } from './services.js';

/** So few bytes that one process maps them sooner than a container starts. */
const MOST_BYTES = 16 * 1024 ** 2;
/** The values that Hadoop 3.3 takes where none is set. */
const DEFAULT_MASTER_MIB = 1536;
const DEFAULT_MAP_MIB = 1024;
const MASTER_MEMORY = 'yarn.app.mapreduce.am.resource.mb';
const MAP_MEMORY = 'mapreduce.map.memory.mb';
const MAP_ENVIRONMENT = 'mapreduce.map.env';
const MASTER_ENVIRONMENT = 'yarn.app.mapreduce.am.env';
/** Of nodes that maps run on alone. */
const MAP_LABEL = 'mapreduce.map.node-label-expression';
/** Properties of maps that a map in its master would not have, and those that decide where it runs. */
const SETS_MAPS =
  /^(?:mapreduce\.map\.(?:env|java|memory|cpu|resource|node-label|maxattempts)|mapreduce\.admin\.|mapred\.(?:child|map\.(?:child|max))|mapreduce\.job\.ubertask|yarn\.app\.mapreduce\.am)/;

/**
 * The properties by which a job of one small input runs its map in its application master (uber mode): it need not wait for
 * a second container. Hadoop does so where a master has at least the memory of a map, so the master gets that much; that is less
 * than both. Empty where a map would lack something: the job or the cluster sets maps' environment, memory, place or
 * attempts, Node is shipped, or the history server does not tell the cluster's settings. Never throws.
 */
export async function uberProperties(
  { settings, nodeArchive }: Pick<HadoopCluster, 'settings' | 'nodeArchive'>,
  { historyServer }: Pick<Services, 'historyServer'>,
  {
    inputs,
    splitSizeIsChosen,
  }: Pick<JobRequest, 'splitSizeIsChosen'> & { readonly inputs: readonly { readonly sizeBytes: number }[] },
): Promise<Readonly<Record<string, string>>> {
  const [input, ...others] = inputs;
  // More maps would run one after the other there, and write into one log.
  if (input === undefined || others.length > 0 || splitSizeIsChosen || input.sizeBytes > MOST_BYTES)
    return {};
  if (historyServer === null || nodeArchive !== null || settings.taskMemory.value !== null) return {};
  // Hadoop tries such a map once.
  if (settings.attempts.value !== null) return {};
  if (Object.keys(settings.properties.value).some((name) => SETS_MAPS.test(name))) return {};
  return (await orNothing(() => ofCluster(historyServer))) ?? {};
}

async function ofCluster(historyServer: HistoryServer): Promise<Record<string, string>> {
  const [masterMib, mapMib, mapEnvironment, masterEnvironment, label] = await Promise.all(
    [MASTER_MEMORY, MAP_MEMORY, MAP_ENVIRONMENT, MASTER_ENVIRONMENT, MAP_LABEL].map((name) =>
      historyServer.setting(name),
    ),
  );
  if ((label ?? '') !== '') return {};
  if ((mapEnvironment ?? '') !== '' && mapEnvironment !== masterEnvironment) return {};
  const master = positive(masterMib) ?? DEFAULT_MASTER_MIB;
  const map = positive(mapMib) ?? DEFAULT_MAP_MIB;
  return {
    'mapreduce.job.ubertask.enable': 'true',
    ...(master < map ? { [MASTER_MEMORY]: String(map) } : {}),
  };
}

function positive(text: string | null | undefined): number | null {
  const value = Number(text ?? '');
  return value > 0 ? value : null;
}
