import { describe, expect, it } from 'vitest';
import { clusterOverridesOf } from '../../../../../submit/cli/cluster-options.js';
import { Failure } from '../../../../../submit/errors.js';
import { parseClusterFile } from '../../../../../submit/hadoop/cluster/cluster-file.js';
import { clusterFileJsonSchema } from '../../../../../submit/hadoop/cluster/cluster-schema.js';
import {
  type ClusterOverrides,
  resolveCluster,
} from '../../../../../submit/hadoop/cluster/cluster-settings.js';
import type { FoundHadoop } from '../../../../../submit/hadoop/cluster/site-configuration.js';
import { parseJobFile } from '../../../../../submit/job/job-file.js';

const settle = (
  yaml: string,
  {
    job = '',
    overrides = {},
    found = {},
  }: { job?: string; overrides?: ClusterOverrides; found?: FoundHadoop } = {},
) =>
  resolveCluster({
    overrides,
    file: parseClusterFile('cluster.yaml', yaml),
    folder: '/etc/elt',
    job: parseJobFile('j.yaml', `input: {files: a.csv}\noutput: {path: out}\n${job}`),
    found,
  });
const problemOf = (yaml: string) => {
  try {
    parseClusterFile('cluster.yaml', yaml);
  } catch (error) {
    return error instanceof Failure ? { code: error.code, ...error.details } : undefined;
  }
};

describe('a cluster file', () => {
  it('may be empty', () => {
    expect(settle('').webhdfs).toEqual({ value: null, origin: { from: 'default' } });
  });

  it('names line and nearest key of a mistake', () => {
    expect(problemOf('user: etl\nwebhdf: http://nn:9870\n')).toMatchObject({
      code: 'cluster-file-invalid',
      problems: [{ line: 2, key: 'webhdf', message: 'unknown key "webhdf"', nearest: 'webhdfs' }],
    });
  });

  it.each([
    ['webhdfs: namenode:9870', 'http://namenode:9870'],
    ['webhdfs: "http://a:9870,http://b:9870"', 'a list of addresses'],
    ['webhdfs: [http://a:9870, b:9870]', 'a list of addresses'],
    ['webhdfs: []', 'at least 1'],
    ['webhdfs: { a: 1 }', 'a list'],
    ['resourceManager: "http://a:8088,http://b:8088"', 'a list of addresses'],
    ['historyServer: [http://a:19888]', 'text'],
    ['datanodes: { dn1: "localhost:9864" }', 'host:port'],
    ['tags: ["two words"]', 'spaces'],
    ['blockSize: big', 'MiB'],
  ])('refuses %s and says what it takes', (yaml, accepted) => {
    expect(JSON.stringify(problemOf(yaml))).toContain(accepted);
  });

  it('has its command relative to itself only where it starts by a dot', () => {
    expect(settle('hadoop: ./bin/hadoop').hadoop.value).toEqual(['/etc/elt/bin/hadoop']);
    expect(settle('hadoop: [docker, exec, -i, c, hadoop]').hadoop.value).toEqual([
      'docker',
      'exec',
      '-i',
      'c',
      'hadoop',
    ]);
  });
});

describe('the JSON Schema of a cluster file', () => {
  it('takes one address or a list of them', () => {
    const { properties } = clusterFileJsonSchema() as {
      properties: Record<string, { anyOf?: readonly { type: string }[] }>;
    };
    for (const key of ['webhdfs', 'resourceManager']) {
      expect(properties[key]?.anyOf?.map(({ type }) => type)).toEqual(['string', 'array']);
    }
  });
});

describe('cluster settings', () => {
  const overrides: ClusterOverrides = {
    queue: { texts: ['typed'], origin: { from: 'flag', name: '--queue' } },
  };

  it('are settled flag first, then cluster file, then job file', () => {
    const job = 'hadoop: { queue: of-job }';
    expect(settle('queue: of-cluster', { job, overrides }).queue).toEqual({
      value: 'typed',
      origin: { from: 'flag', name: '--queue' },
    });
    expect(settle('queue: of-cluster', { job }).queue).toEqual({
      value: 'of-cluster',
      origin: { from: 'cluster file', line: 1 },
    });
    expect(settle('', { job }).queue).toEqual({ value: 'of-job', origin: { from: 'job file', line: 3 } });
  });

  it('merge the properties of all, the strongest winning each', () => {
    const typed: ClusterOverrides = {
      properties: { texts: ['a=typed=1'], origin: { from: 'flag', name: '-D' } },
    };
    const { value } = settle('properties: { a: 2, b: true }', {
      job: 'hadoop: { properties: { b: 3, c: x } }',
      overrides: typed,
    }).properties;
    expect(value).toEqual({ a: 'typed=1', b: 'true', c: 'x' });
  });

  it('come from Hadoop itself where nothing else says them', () => {
    const found = { webhdfs: { value: ['http://nn:9870'], source: 'core-site.xml fs.defaultFS' } };
    expect(settle('', { found }).webhdfs).toEqual({
      value: ['http://nn:9870'],
      origin: { from: 'Hadoop', name: 'core-site.xml fs.defaultFS' },
    });
    expect(settle('webhdfs: http://other:9870/', { found }).webhdfs.value).toEqual(['http://other:9870']);
  });

  it('are lists of addresses where servers stand in for each other', () => {
    const yaml = 'webhdfs: [http://a:9870/, http://b:9870]\nresourceManager: [http://c:8088, http://d:8088]';
    const { webhdfs, resourceManager } = settle(yaml);
    expect(webhdfs).toEqual({
      value: ['http://a:9870', 'http://b:9870'],
      origin: { from: 'cluster file', line: 1 },
    });
    expect(resourceManager.value).toEqual(['http://c:8088', 'http://d:8088']);
  });

  it('take such a list from a flag or a variable with commas between', () => {
    const typed = clusterOverridesOf(
      { env: { HADOOP_ELT_RESOURCE_MANAGER: 'http://c:8088,http://d:8088/' } },
      { webhdfs: 'http://a:9870, http://b:9870' },
    );
    const { webhdfs, resourceManager } = settle('webhdfs: http://x:9870', { overrides: typed });
    expect(webhdfs).toEqual({
      value: ['http://a:9870', 'http://b:9870'],
      origin: { from: 'flag', name: '--webhdfs' },
    });
    expect(resourceManager).toEqual({
      value: ['http://c:8088', 'http://d:8088'],
      origin: { from: 'environment', name: 'HADOOP_ELT_RESOURCE_MANAGER' },
    });
  });

  it('name the one item of a list that is no address', () => {
    const typed = clusterOverridesOf({ env: {} }, { webhdfs: 'http://a:9870,b:9870' });
    expect(() => settle('', { overrides: typed })).toThrow(
      expect.objectContaining({
        code: 'usage',
        details: { problem: expect.stringMatching(/^--webhdfs is "b:9870"; accepted: .*commas between/) },
      }),
    );
  });
});
