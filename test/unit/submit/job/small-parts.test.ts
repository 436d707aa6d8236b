import { describe, expect, it } from 'vitest';
import { nearest } from '../../../../submit/config/nearest.js';
import { formatSize, parseSize } from '../../../../submit/config/sizes.js';
import { bundleMapper, isMapperBundle, wrapBundle } from '../../../../submit/job/bundle.js';

describe('parseSize', () => {
  it('counts every unit by 1024, as Hadoop does', () => {
    expect(parseSize('4096')).toBe(4096);
    expect(parseSize('64KiB')).toBe(65_536);
    expect(parseSize('128m')).toBe(128 * 1024 ** 2);
    expect(parseSize('1.5 GB')).toBe(1.5 * 1024 ** 3);
  });

  it('takes nothing else', () => {
    for (const text of ['', 'x', '-1', '1x', '1e3', 'KiB', '99999999999999999999']) {
      expect(parseSize(text)).toBeUndefined();
    }
  });
});

describe('formatSize', () => {
  it('keeps three digits or so', () => {
    expect(formatSize(0)).toBe('0 B');
    expect(formatSize(1023)).toBe('1023 B');
    expect(formatSize(1536)).toBe('1.5 KiB');
    expect(formatSize(128 * 1024 ** 2)).toBe('128 MiB');
  });
});

describe('nearest', () => {
  it('finds what was most likely meant', () => {
    expect(nearest('colums', ['columns', 'csv'])).toBe('columns');
    expect(nearest('region', ['Region', 'Reason'])).toBe('Region');
  });

  it('finds nothing where nothing is near', () => {
    expect(nearest('xyz', ['columns', 'csv'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
});

describe('bundleMapper', () => {
  it('puts the plan in as data, whatever is in it', () => {
    const names = ['a"b', '\u2028', '</script>', '$', '`'];
    const { text } = bundleMapper('globalThis.seen = HADOOP_ELT_PLAN;', { names });
    const seen = new Function(`${text.replace(/^#!.*/, '')}; return HADOOP_ELT_PLAN;`)();
    expect(seen).toEqual({ names });
    expect(text).not.toContain('\u2028');
  });

  it('is known again by its first lines', () => {
    expect(isMapperBundle(bundleMapper('', { names: null }).text.slice(0, 256))).toBe(true);
    expect(isMapperBundle('#!/usr/bin/env node\nconsole.log(1)')).toBe(false);
  });

  it('has no import or export statement, so that its name may end as it likes', () => {
    expect(wrapBundle('x;\n')).not.toMatch(/^\s*(import\s+[^(]|export)/m);
  });
});
