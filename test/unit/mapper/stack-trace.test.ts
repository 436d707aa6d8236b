import { describe, expect, it } from 'vitest';
import {
  fileOfStack,
  formatSourceMap,
  mapStack,
  parseSourceMap,
  type SourceMapPayload,
} from '../../../mapper/stack-trace.js';

/** Lines 3 and 4 of the bundle are lines 1 and 2 of mine.ts; line 5 is the toolkit's. */
const MAP: SourceMapPayload = {
  file: '',
  version: 3,
  sources: ['mine.ts'],
  sourcesContent: [],
  names: [],
  sourceRoot: '',
  mappings: ';;AAAA;AACA;A;',
};
const BUNDLE = 'file:///tmp/m.mjs';

describe('a stack of a bundle', () => {
  it('is told by the sources, without the toolkit and what Node does for it', () => {
    const stack = `TypeError: no
  such thing
    at JSON.parse (<anonymous>)
    at mine (${BUNDLE}:4:7)
    at Array.map (<anonymous>)
    at ${BUNDLE}:3:9
    at Array.map (<anonymous>)
    at #guarded (${BUNDLE}:5:1)
    at node:internal/main/run_main_module:28:49`;
    expect(mapStack(stack, BUNDLE, MAP)).toBe(`TypeError: no
  such thing
    at JSON.parse (<anonymous>)
    at mine (mine.ts:2:1)
    at Array.map (<anonymous>)
    at mine.ts:1:1`);
  });

  it('keeps what Node has mapped itself', () => {
    const stack = `Error: x\n    at mine (/src/mine.ts:2:1)\n    at apply (${BUNDLE}:5:1)`;
    expect(mapStack(stack, BUNDLE, MAP)).toBe('Error: x\n    at mine (/src/mine.ts:2:1)');
  });

  it('has paths of Windows, URLs and names with spaces', () => {
    expect(fileOfStack('Error\n    at Order ID (C:\\jobs\\m.mjs:3:1)')).toBe('C:\\jobs\\m.mjs');
    expect(fileOfStack('Error\n    at file:///C:/jobs/m.mjs:3:1')).toBe('file:///C:/jobs/m.mjs');
    expect(mapStack('Error\n    at Order ID (C:\\m.mjs:3:1)', 'C:\\m.mjs', MAP)).toBe(
      'Error\n    at Order ID (mine.ts:1:1)',
    );
  });

  it('stays as it is where there are no frames', () => {
    expect(mapStack('Error: x', BUNDLE, MAP)).toBe('Error: x');
    expect(fileOfStack('Error: x')).toBe(null);
  });
});

describe('the last line of a bundle', () => {
  it('gives the source map back', () => {
    expect(parseSourceMap(`code();\n${formatSourceMap(MAP)}`)).toEqual(MAP);
    expect(parseSourceMap('code();\n')).toBe(null);
  });
});
