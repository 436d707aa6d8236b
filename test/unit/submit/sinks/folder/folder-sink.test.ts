import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolderSink } from '../../../../../submit/sinks/folder/folder-sink.js';
import { startFakeHdfs } from '../../../../support/fake-hdfs.js';
import { fakeHdfsUnderTest } from '../../../../support/fake-hdfs-under-test.js';
import { localStore } from '../../../../support/local-store.js';
import { describeFolderSink } from '../../../../support/sink-contract.js';

describeFolderSink('a folder of this machine as the sink', async () => ({
  store: localStore,
  folder: mkdtempSync(join(tmpdir(), 'hadoop-elt-sink-')),
}));

describeFolderSink('a folder in HDFS as the sink', async () => {
  const hdfs = await startFakeHdfs();
  return { store: fakeHdfsUnderTest(hdfs).open(), folder: '/tmp/sink', close: () => hdfs.stop() };
});

describe('a folder as the sink', () => {
  it('stages beside its output, on Windows too', () => {
    const sink = createFolderSink({ store: localStore, job: 'j', output: 'C:\\out\\sales', mode: 'create' });
    expect(sink.stagingFor('r1')).toBe('C:\\out\\_hadoop-elt/sales/staging/r1');
  });
});
