import { describe, expect, it } from 'vitest';
import { countsFrom } from '../../../../../submit/engines/counts.js';
import { isFailure } from '../../../../../submit/errors.js';
import type { Manifest } from '../../../../../submit/run/manifest.js';
import { createFolderSink } from '../../../../../submit/sinks/folder/folder-sink.js';
import type { Sink } from '../../../../../submit/sinks/sink.js';
import { localStore } from '../../../../support/local-store.js';
import { useWorkFolder } from '../../../../support/work-folder.js';

describe('a folder as the sink', () => {
  it('stages beside its output, on Windows too', () => {
    const sink = createFolderSink({ store: localStore, job: 'j', output: 'C:\\out\\sales', mode: 'create' });
    expect(sink.stagingFor('r1')).toBe('C:\\out\\_hadoop-elt/sales/staging/r1');
  });
});
