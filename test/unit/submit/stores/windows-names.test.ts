import { win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newRunId } from '../../../../submit/run/run-id.js';
import { temporaryFor } from '../../../../submit/stores/file-tree.js';

/** What no name may have in it on Windows, nor at its end. */
const FORBIDDEN = /[<>:"/\\|?*]|[. ]$/;

describe('names that are made up', () => {
  it('are names on Windows too', () => {
    expect(newRunId(Date.now())).not.toMatch(FORBIDDEN);
    expect(win32.basename(temporaryFor('/out/part-00000'))).not.toMatch(FORBIDDEN);
  });
});
