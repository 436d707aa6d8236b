import { describe, expect, it } from 'vitest';
import { quoteForShell } from '../../../../../submit/engines/programs.js';
import {
  escapeInputPath,
  type StreamingJob,
  streamingArguments,
  tagOfRun,
} from '../../../../../submit/engines/streaming/streaming-arguments.js';
import { parseClusterFile } from '../../../../../submit/hadoop/cluster/cluster-file.js';
import { resolveCluster } from '../../../../../submit/hadoop/cluster/cluster-settings.js';

const job: StreamingJob = {
  runId: '20261121T101502Z-3F9A2C',
  jobName: 'sales',
  inputs: [{ path: '/user/etl/sales/a.csv', sizeBytes: 300 }],
  wholeFiles: false,
  splitSize: null,
  mapperPath: '/user/etl/.hadoop-elt/mappers/sales-1.mjs',
  nodeArchivePath: null,
  emit: 'records',
  outputPath: '/user/etl/_staging/records',
  compression: 'none',
};
const settingsOf = (yaml: string) =>
  resolveCluster({
    overrides: {},
    file: parseClusterFile('c.yaml', yaml),
    folder: '/c',
    job: null,
    found: {},
  });
const argumentsOf = (change: Partial<StreamingJob> = {}, yaml = '') =>
  streamingArguments({ ...job, ...change }, settingsOf(`fs: hdfs://nn:8020\n${yaml}`), '/streaming.jar');
const propertiesOf = (words: readonly string[]) =>
  Object.fromEntries(
    words.flatMap((word, at) =>
      words[at - 1] === '-D' ? [[word.replace(/=.*/s, ''), word.replace(/^[^=]*=/, '')]] : [],
    ),
  );

describe('the arguments of a streaming job', () => {
  it('are the whole command of a plain job, generic options first', () => {
    expect(argumentsOf()).toEqual([
      'jar',
      '/streaming.jar',
      ...[
        'mapreduce.job.name=sales',
        'mapreduce.job.tags=hadoop-elt-20261121t101502z-3f9a2c',
        'mapreduce.job.reduces=0',
        'stream.map.output=keyonlytext',
        'stream.jobconf.truncate.limit=20000',
        'hadoop.elt.first.input=hdfs://nn:8020/user/etl/sales/a.csv',
        'mapreduce.job.maps=1',
        'mapreduce.input.fileinputformat.split.minsize=1',
        'mapreduce.map.speculative=false',
        'mapreduce.fileoutputcommitter.marksuccessfuljobs=true',
        'mapreduce.client.progressmonitor.pollinterval=200',
        'mapreduce.output.fileoutputformat.compress=false',
      ].flatMap((property) => ['-D', property]),
      '-files',
      'hdfs://nn:8020/user/etl/.hadoop-elt/mappers/sales-1.mjs#mapper.mjs',
      '-mapper',
      'node --max-old-space-size=384 mapper.mjs',
      '-input',
      'hdfs://nn:8020/user/etl/sales/a.csv',
      '-output',
      'hdfs://nn:8020/user/etl/_staging/records',
    ]);
  });

  it('keep files whole where a record may span lines', () => {
    const properties = propertiesOf(argumentsOf({ wholeFiles: true, splitSize: 100 }));
    expect(properties['mapreduce.input.fileinputformat.split.minsize']).toBe('9223372036854775807');
    expect(properties['mapreduce.job.maps']).toBe('1');
  });

  it('ask for as many maps as a split size makes of the inputs', () => {
    const properties = propertiesOf(argumentsOf({ splitSize: 100 }));
    expect(properties['mapreduce.job.maps']).toBe('3');
    expect(properties['mapreduce.input.fileinputformat.split.minsize']).toBe('100');
  });

  it('carry queue, tags, memory, attempts, compression and the properties of the cluster file', () => {
    const words = argumentsOf(
      { compression: 'gzip', emit: 'rejects' },
      'queue: nightly\ntags: [etl]\ntaskMemory: 2GiB\nnodeMemory: 1GiB\nattempts: 2\nnode: /opt/node\nproperties: { mapreduce.task.timeout: 1000, mapreduce.map.speculative: true }',
    );
    expect(propertiesOf(words)).toMatchObject({
      'mapreduce.job.name': 'sales rejects',
      'mapreduce.job.queuename': 'nightly',
      'mapreduce.job.tags': `${tagOfRun(job.runId)}-rejects,etl`,
      'mapreduce.map.memory.mb': '2048',
      'mapreduce.map.maxattempts': '2',
      'mapreduce.task.timeout': '1000',
      'mapreduce.map.speculative': 'true',
      'mapreduce.output.fileoutputformat.compress.codec': 'org.apache.hadoop.io.compress.GzipCodec',
    });
    expect(words).toContain('/opt/node --max-old-space-size=1024 mapper.mjs --emit rejects');
  });

  it('send along what is known of the inputs, where -files can name it', () => {
    const words = argumentsOf({ emit: 'rejects', inputPlaces: '/user/etl/_staging.s.1/input-places.json' });
    expect(words[words.indexOf('-files') + 1]).toBe(
      'hdfs://nn:8020/user/etl/.hadoop-elt/mappers/sales-1.mjs#mapper.mjs,' +
        'hdfs://nn:8020/user/etl/_staging.s.1/input-places.json#input-places.json',
    );
    expect(propertiesOf(words)).toMatchObject({ 'hadoop.elt.input.places': 'input-places.json' });
    for (const odd of ['/a,b/p.json', '/a b/p.json', '/a%20b/p.json', '/a#b/p.json', '/é/p.json']) {
      const without = argumentsOf({ emit: 'rejects', inputPlaces: odd });
      expect(without.join(' ')).not.toMatch(/p\.json|input\.places/);
    }
  });

  it('send a Node runtime along as an archive', () => {
    const words = argumentsOf({ nodeArchivePath: '/user/etl/.hadoop-elt/node/node-1.tar.gz' });
    expect(words[words.indexOf('-archives') + 1]).toBe(
      'hdfs://nn:8020/user/etl/.hadoop-elt/node/node-1.tar.gz#node-runtime',
    );
    expect(words).toContain('node-runtime/bin/node --max-old-space-size=384 mapper.mjs');
  });

  it.each([
    'hadoop.elt.first.input',
    'mapreduce.job.reduces',
    'stream.map.output',
    'mapreduce.map.failures.maxpercent',
  ])('refuse the property %s, on which the proof stands', (name) => {
    expect(() => argumentsOf({}, `properties: { ${name}: 1 }`)).toThrow(
      expect.objectContaining({ code: 'usage', details: { problem: expect.stringContaining(name) } }),
    );
  });
});

describe('an input path', () => {
  it('stays itself where Hadoop takes globs and commas', () => {
    expect(escapeInputPath('hdfs://nn:8020/d,e{f}/a b[c]*?^\\x.csv')).toBe(
      'hdfs://nn:8020/d{\\,}e\\{f\\}/a b\\[c\\]\\*\\?\\^\\\\x.csv',
    );
  });
});

describe('words for a shell', () => {
  it('are quoted where they must be', () => {
    expect(quoteForShell(['a=b', 'c d', "it's", ''])).toBe(`a=b 'c d' 'it'\\''s' ''`);
  });
});
