import { expect, it } from 'vitest';
import { duplicatesCommand } from '../../../../../submit/engines/streaming/duplicates-command.js';
import { parseClusterFile } from '../../../../../submit/hadoop/cluster/cluster-file.js';
import { resolveCluster } from '../../../../../submit/hadoop/cluster/cluster-settings.js';

const commandFor = (yaml: string, gib = 0) =>
  duplicatesCommand(
    {
      settings: resolveCluster({
        overrides: {},
        file: parseClusterFile('c.yaml', `fs: hdfs://nn:8020\nhadoop: hadoop\n${yaml}`),
        folder: '/c',
        job: null,
        found: {},
      }),
      streamingJar: '/s.jar',
      nodeArchive: null,
    },
    {
      runId: 'RUN',
      emit: 'duplicates',
      jobName: 'sales',
      folders: [
        {
          folder: '/out',
          parts: [{ name: 'part-00000', sizeBytes: gib * 1024 ** 3 }],
          delimiter: ',',
          names: null,
          key: [0],
        },
      ],
      workFolder: '/staging/duplicates',
      logFolder: '/logs',
    },
    ['/out/batch={1}'],
  );

it('the command of a search has a mapper, reducers and its own properties', () => {
  const words = commandFor(
    'taskMemory: 2g\nqueue: nightly\nattempts: 2\nproperties: { mapreduce.task.timeout: "1" }\n',
  );
  const properties = words.filter((_, at) => words[at - 1] === '-D');
  expect(properties).toEqual(
    expect.arrayContaining([
      'mapreduce.job.name=sales duplicates',
      'mapreduce.job.queuename=nightly',
      'mapreduce.job.tags=hadoop-elt-run-duplicates',
      'mapreduce.job.reduces=1',
      'mapreduce.input.fileinputformat.split.minsize=9223372036854775807',
      'stream.map.output=text',
      'mapreduce.map.memory.mb=2048',
      'mapreduce.reduce.memory.mb=2048',
      'mapreduce.map.maxattempts=2',
      'mapreduce.reduce.maxattempts=2',
      'mapreduce.reduce.speculative=false',
      'mapreduce.output.fileoutputformat.compress=false',
      'mapreduce.task.timeout=1',
    ]),
  );
  expect(words.slice(words.indexOf('-files'))).toEqual([
    '-files',
    'hdfs://nn:8020/staging/duplicates/keys.mjs#keys.mjs',
    '-mapper',
    'node --max-old-space-size=384 keys.mjs map',
    '-reducer',
    'node --max-old-space-size=384 keys.mjs reduce',
    '-input',
    'hdfs://nn:8020/out/batch=\\{1\\}',
    '-output',
    'hdfs://nn:8020/staging/duplicates/results',
  ]);
});

it('has a reducer for each 256 MiB of parts, at most 32', () => {
  expect(commandFor('', 1)).toContain('mapreduce.job.reduces=4');
  expect(commandFor('', 1000)).toContain('mapreduce.job.reduces=32');
});

it('refuses properties that the search depends on', () => {
  expect(() => commandFor('properties: { mapreduce.job.reduces: "3" }\n')).toThrow('usage');
});
