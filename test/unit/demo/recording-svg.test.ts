import { XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { formatRecording, readRecording } from '../../demo/recording-svg.mjs';

const lines = [
  { atMs: 0, text: '$ cat <<"a & b" > c' },
  { atMs: 10, text: '' },
  { atMs: 60_010, text: `  ${'long '.repeat(60)}` },
  { atMs: 60_010, text: 'exit code 4' },
];

describe('a recording of a terminal', () => {
  const svg = formatRecording('a & b', lines);

  it('is XML that needs no other file', () => {
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).not.toMatch(/href|url\(|<script/);
  });

  it('gives back its lines, wrapped or not', () => {
    expect(readRecording(svg)).toEqual(lines.map(({ text }) => text));
  });

  it('shows rows when they came, with shorter pauses', () => {
    const frames = [...svg.matchAll(/^([\d.]+)%\{transform:translateY\((-?\d+)px\)\}$/gm)];
    const offsets = frames.map(([, , offset]) => Number(offset));
    const [rowHeight] = [(offsets[0] ?? 0) - (offsets[1] ?? 0)];
    // The first line comes at the start; the third has 302 characters, which are three rows.
    expect(offsets.map((offset) => ((offsets[0] ?? 0) - offset) / rowHeight)).toEqual([0, 1, 5]);
    const [, seconds] = /play ([\d.]+)s/.exec(svg) ?? [];
    expect(Number(seconds)).toBeLessThan(12);
  });
});
