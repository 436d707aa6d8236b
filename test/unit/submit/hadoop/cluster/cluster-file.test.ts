import { describe, expect, it } from 'vitest';
import { Failure } from '../../../../../submit/errors.js';
import { parseClusterFile } from '../../../../../submit/hadoop/cluster/cluster-file.js';
import {
  type ClusterOverrides,
  resolveCluster,
} from '../../../../../submit/hadoop/cluster/cluster-settings.js';
import {
  type FoundHadoop,
  findAddresses,
  parseHadoopConfiguration,
} from '../../../../../submit/hadoop/cluster/site-configuration.js';
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
    const found = { webhdfs: { value: 'http://nn:9870', source: 'core-site.xml fs.defaultFS' } };
    expect(settle('', { found }).webhdfs).toEqual({
      value: 'http://nn:9870',
      origin: { from: 'Hadoop', name: 'core-site.xml fs.defaultFS' },
    });
    expect(settle('webhdfs: http://other:9870/', { found }).webhdfs.value).toBe('http://other:9870');
  });
});

describe("Hadoop's configuration", () => {
  const variable = (name: string) => `\${${name}}`;
  const site = (properties: Record<string, string>) =>
    `<configuration>${Object.entries(properties)
      .map(([name, value]) => `<property><name>${name}</name>\n<value>${value}</value></property>`)
      .join(
        '',
      )}<!-- <property><name>fs.defaultFS</name><value>hdfs://old</value></property> --></configuration>`;
  const addresses = (properties: Record<string, string>, env = {}) => {
    const found = findAddresses(parseHadoopConfiguration({ 'core-site.xml': site(properties) }, env));
    return Object.fromEntries(Object.entries(found).map(([key, { value }]) => [key, value]));
  };

  it('gives the usual ports on the hosts that it names', () => {
    expect(
      addresses({
        'fs.defaultFS': 'hdfs://nn.example:8020/',
        'yarn.resourcemanager.hostname': 'rm.example',
        'mapreduce.jobhistory.address': 'jhs.example:10020',
      }),
    ).toEqual({
      fs: 'hdfs://nn.example:8020',
      webhdfs: 'http://nn.example:9870',
      resourceManager: 'http://rm.example:8088',
      historyServer: 'http://jhs.example:19888',
    });
  });

  it('puts the real host in place of 0.0.0.0 and fills in variables', () => {
    expect(
      addresses(
        {
          'fs.defaultFS': `hdfs://${variable('env.NAMENODE:-nn')}:8020`,
          'dfs.namenode.http-address': '0.0.0.0:50070',
          'yarn.resourcemanager.hostname': 'rm',
          'yarn.resourcemanager.webapp.address': `${variable('yarn.resourcemanager.hostname')}:18088`,
        },
        { NAMENODE: 'other' },
      ),
    ).toMatchObject({ webhdfs: 'http://other:50070', resourceManager: 'http://rm:18088' });
  });

  it('names every namenode of a pair', () => {
    expect(
      addresses({
        'fs.defaultFS': 'hdfs://prod',
        'dfs.ha.namenodes.prod': 'nn1, nn2',
        'dfs.namenode.http-address.prod.nn1': 'a:9870',
        'dfs.namenode.http-address.prod.nn2': 'b:9870',
        'yarn.resourcemanager.ha.rm-ids': 'rm1,rm2',
        'yarn.resourcemanager.webapp.address.rm1': 'c:8088',
      }),
    ).toMatchObject({
      fs: 'hdfs://prod',
      webhdfs: 'http://a:9870,http://b:9870',
      resourceManager: 'http://c:8088',
    });
  });
});
