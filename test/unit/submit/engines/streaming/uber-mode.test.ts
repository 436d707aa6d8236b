import { describe, expect, it } from 'vitest';
import { withFailures } from '../../../../../submit/engines/streaming/services.js';
import { uberProperties } from '../../../../../submit/engines/streaming/uber-mode.js';
import { parseClusterFile } from '../../../../../submit/hadoop/cluster/cluster-file.js';
import { resolveCluster } from '../../../../../submit/hadoop/cluster/cluster-settings.js';
import { createHistoryServer } from '../../../../../submit/hadoop/history-server.js';
import { NOWHERE, useFakeServices } from '../../../../support/fake-services.js';

const serve = useFakeServices();
const ENABLED = { 'mapreduce.job.ubertask.enable': 'true' };
const SMALL = [{ path: '/in/a.csv', sizeBytes: 1000 }];

interface Asked {
  /** The settings that the history server has. */
  readonly has?: Readonly<Record<string, string>>;
  readonly inputs?: readonly { readonly path: string; readonly sizeBytes: number }[];
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly address?: string;
  readonly shipsNode?: boolean;
  readonly splitSizeIsChosen?: boolean;
}

async function propertiesOf({
  has = {},
  inputs = SMALL,
  splitSizeIsChosen = false,
  cluster = {},
  address,
  shipsNode = false,
}: Asked) {
  const answers = Object.entries(has).map(([key, value]) => [
    `/conf?name=${key}`,
    { property: { key, value } },
  ]);
  const settings = resolveCluster({
    overrides: {},
    file: parseClusterFile('cluster.yaml', JSON.stringify({ webhdfs: 'http://nn:9870', ...cluster })),
    folder: '/',
    job: null,
    found: {},
  });
  const historyServer = createHistoryServer(address ?? (await serve(Object.fromEntries(answers))), null);
  const nodeArchive = shipsNode ? { path: '/node.tar.gz', send: async () => undefined } : null;
  const services = withFailures({ resourceManager: null, historyServer });
  return uberProperties({ settings, nodeArchive }, services, { inputs, splitSizeIsChosen });
}

describe('a small job runs its maps in its application master', () => {
  it('which gets the memory of a map, where it has less', async () => {
    const has = { 'yarn.app.mapreduce.am.resource.mb': '512', 'mapreduce.map.memory.mb': '2048' };
    expect(await propertiesOf({ has })).toEqual({ ...ENABLED, 'yarn.app.mapreduce.am.resource.mb': '2048' });
  });

  it('which keeps its memory, where that is enough', async () => {
    expect(await propertiesOf({})).toEqual(ENABLED);
    expect(await propertiesOf({ has: { 'mapreduce.map.memory.mb': '-1' } })).toEqual(ENABLED);
    expect(await propertiesOf({ has: { 'mapreduce.map.memory.mb': '1536' } })).toEqual(ENABLED);
  });

  it('where maps have no environment that it lacks', async () => {
    const of = (map: string, master: string) =>
      propertiesOf({ has: { 'mapreduce.map.env': map, 'yarn.app.mapreduce.am.env': master } });
    expect(await of('HADOOP_MAPRED_HOME=/opt/hadoop', 'HADOOP_MAPRED_HOME=/opt/hadoop')).toEqual(ENABLED);
    expect(await of('PATH=/opt/node/bin', '')).toEqual({});
  });

  it.each<[string, Asked]>([
    ['of more than 16 MiB', { inputs: [{ path: '/in/a.csv', sizeBytes: 16 * 1024 ** 2 + 1 }] }],
    ['of two files', { inputs: [...SMALL, ...SMALL] }],
    ['whose split size was chosen', { splitSizeIsChosen: true }],
    ['that has its number of attempts', { cluster: { attempts: 2 } }],
    [
      'whose maps run on nodes of their own',
      { cluster: { properties: { 'mapreduce.map.node-label-expression': 'x' } } },
    ],
    ['on a cluster whose maps do', { has: { 'mapreduce.map.node-label-expression': 'x' } }],
    [
      'whose maps have an environment',
      { cluster: { properties: { 'mapreduce.map.env.NODE_OPTIONS': '-r x' } } },
    ],
    ['that decides for itself', { cluster: { properties: { 'mapreduce.job.ubertask.enable': 'false' } } }],
    ['whose tasks have a memory', { cluster: { taskMemory: '2GiB' } }],
    ['that ships Node', { shipsNode: true }],
    ['whose history server does not answer', { address: NOWHERE }],
  ])('but not one %s', async (_what, asked) => {
    expect(await propertiesOf(asked)).toEqual({});
  });
});
