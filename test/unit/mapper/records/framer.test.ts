import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantiateKernel, PROGRAM_ADDRESS } from '../../../../mapper/kernel/instantiate.js';
import { plainDialect } from '../../../../mapper/records/dialect.js';
import { type FramerOptions, RecordFramer } from '../../../../mapper/records/framer.js';
import { type Framed, frameSlowly } from '../../../support/mapper-framing-oracle.js';
import { chunksOf } from '../../../support/mapper-harness.js';
import { hostileCsv, physicalLines, wellFormedCsv } from '../../../support/mapper-inputs.js';

interface Framing {
  framed: Framed[];
  linesRead: number;
  reasons: string[];
}

/** Copies a chunk to where the next bytes are read to, and the start of a line to right before that. */
interface Room {
  take(chunk: Uint8Array): Uint8Array;
  keepStart?(start: Buffer): Buffer;
}

const kernel = instantiateKernel() ?? expect.fail('there is no kernel here');
const ROOM_BYTES = 1 << 20;
kernel.memory.grow(2 + ROOM_BYTES / 65_536);
const START_BYTES = 1 << 15;
const copyTo = (address: number, bytes: Uint8Array) => {
  const copy = Buffer.from(kernel.memory.buffer, address, bytes.length);
  copy.set(bytes);
  return copy;
};
const inKernel: Room = { take: (chunk) => copyTo(PROGRAM_ADDRESS + START_BYTES, chunk) };
const withStarts: Room = {
  ...inKernel,
  keepStart: (start) => copyTo(PROGRAM_ADDRESS + START_BYTES - start.length, start),
};

/**
 * Frames by this code alone, and with the kernel where bytes are copied to it and where they are read to it, behind the start of
 * a line or not: all the same.
 */
function frame(input: string, options: Partial<FramerOptions> = {}, chunkBytes = 1 << 16): Framing {
  const by = (more: Partial<FramerOptions>, room?: Room) => {
    try {
      return { framing: frameBy(input, { ...options, ...more }, chunkBytes, room), error: null };
    } catch (error) {
      return { framing: null, error: error as Error };
    }
  };
  const { framing, error } = by({});
  const saidBy = (message: string | undefined) => [framing, message];
  let turn = 0;
  const inTurns: Room = { ...withStarts, take: (chunk) => (turn++ % 2 === 0 ? chunk : inKernel.take(chunk)) };
  for (const room of [undefined, inKernel, withStarts, inTurns]) {
    const other = by({ kernel }, room);
    expect([other.framing, other.error?.message]).toEqual(saidBy(error?.message));
  }
  if (framing === null) throw error;
  return framing;
}

function frameBy(
  input: string,
  options: Partial<FramerOptions>,
  chunkBytes: number,
  room: Room = { take: (chunk) => chunk },
): Framing {
  const framed: Framed[] = [];
  const reasons: string[] = [];
  const framer = new RecordFramer(
    { dialect: plainDialect(','), lineBreaks: 'yes', maxRecordBytes: 1 << 26, dropBom: false, ...options },
    {
      lines(bytes, firstLineNumber) {
        const records = bytes.toString('latin1').match(/[^\n]*\n/g) ?? [];
        for (const [i, text] of records.entries()) {
          framed.push({ kind: 'record', text, line: firstLineNumber + i, lines: 1 });
        }
        return records.length;
      },
      spanningRecord(bytes, line) {
        const text = bytes.toString('latin1');
        framed.push({ kind: 'record', text, line, lines: text.split('\n').length - 1 });
      },
      malformedLine(bytes, line, reason) {
        framed.push({ kind: 'malformed', text: bytes.toString('latin1'), line });
        reasons.push(reason);
      },
      lineBreakInQuotes(line) {
        throw new Error(`line break in line ${line}`);
      },
      lineTooLong(line, maxBytes) {
        throw new Error(`line ${line} has more than ${maxBytes} bytes`);
      },
      ...(room.keepStart === undefined ? {} : { keepStart: room.keepStart }),
    },
  );
  for (const chunk of chunksOf(Buffer.from(input, 'latin1'), chunkBytes)) framer.push(room.take(chunk));
  framer.end();
  return { framed, linesRead: framer.linesRead, reasons };
}

function texts(framing: Framing): string[] {
  return framing.framed.map(({ kind, text }) => (kind === 'record' ? text : `malformed ${text}`));
}

describe('a line that is too long', () => {
  const failureOf = (input: string, chunkBytes: number, maxRecordBytes: number) => {
    try {
      frame(input, { maxLineBytes: 10, maxRecordBytes }, chunkBytes);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('ends the input, wherever the chunks are cut, and no other line does', () => {
    const pieces = fc.array(fc.constantFrom('"', 'x', ',', '\n', '\r\n', 'xxxxxxx', 'xxxxxxxxxx', '"a\nb"'));
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 30 }), fc.constantFrom(5, 1000), (given, bytes, max) => {
        const input = given.join('');
        const lines = physicalLines(input).map((line) => line.replace(/\r\n$|\r$|\n$/, ''));
        const line = lines.findIndex(({ length }) => length > 10);
        const expected = line < 0 ? null : `line ${line + 1} has more than 10 bytes`;
        expect(failureOf(input, bytes, max)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('line ends', () => {
  it('are LF, CRLF and a lone CR alike, and become LF', () => {
    expect(texts(frame('a\nb\r\nc\rd'))).toEqual(['a\n', 'b\n', 'c\n', 'd\n']);
  });
  it('become LF inside quotes too', () => {
    expect(texts(frame('"a\r\nb\rc\nd",e\r\n'))).toEqual(['"a\nb\nc\nd",e\n']);
  });
  it('make blank lines, but none for LF after CR', () => {
    expect(texts(frame('\r\n\n\r\r\n'))).toEqual(['\n', '\n', '\n', '\n']);
  });
  it('that are missing at the end still end the last line', () => {
    expect(frame('a\nb').linesRead).toBe(2);
    expect(frame('a\nb\r').linesRead).toBe(2);
  });
  it('are none in an empty input', () => {
    expect(frame('')).toEqual({ framed: [], linesRead: 0, reasons: [] });
  });
  it('are known for what they are when CR ends a chunk', () => {
    expect(texts(frame('a\r\nb\r\n', {}, 2))).toEqual(['a\n', 'b\n']);
    expect(texts(frame('a\r\r\nb', {}, 1))).toEqual(['a\n', '\n', 'b\n']);
  });
});

describe('a byte order mark', () => {
  it('is left out at the start where that is asked', () => {
    expect(texts(frame('\xef\xbb\xbfa\n\xef\xbb\xbfb\n', { dropBom: true }))).toEqual([
      'a\n',
      '\xef\xbb\xbfb\n',
    ]);
    expect(texts(frame('\xef\xbb\xbf"a"\n', { dropBom: true }, 1))).toEqual(['"a"\n']);
  });
  it('alone is an empty input', () => {
    expect(frame('\xef\xbb\xbf', { dropBom: true }).linesRead).toBe(0);
  });
  it('that is only begun is data', () => {
    for (const start of ['\xef', '\xef\xbb', '\xef\xbba', '\xefa\n']) {
      expect(texts(frame(start, { dropBom: true }, 1)).join('')).toBe(`${start.replace(/\n$/, '')}\n`);
    }
  });
  it('stays where it is not asked for', () => {
    expect(texts(frame('\xef\xbb\xbfa\n'))).toEqual(['\xef\xbb\xbfa\n']);
  });
});

describe('quoting', () => {
  it('lets a field span lines', () => {
    const { framed } = frame('a,"b\n\nc"\nd\n');
    expect(framed).toEqual([
      { kind: 'record', text: 'a,"b\n\nc"\n', line: 1, lines: 3 },
      { kind: 'record', text: 'd\n', line: 4, lines: 1 },
    ]);
  });
  it('takes a quote inside an unquoted field for text', () => {
    expect(texts(frame('a"b,c"\n "d,e\n'))).toEqual(['a"b,c"\n', ' "d,e\n']);
  });
  it('is broken by text after a closing quote: that line alone', () => {
    const framing = frame('"a"b,c\n"d",e\n');
    expect(texts(framing)).toEqual(['malformed "a"b,c', '"d",e\n']);
    expect(framing.reasons).toEqual(['text after a closing quote']);
  });
  it('is broken by a quote that never closes: that line alone', () => {
    const framing = frame('a,"b\nc,d\ne');
    expect(texts(framing)).toEqual(['malformed a,"b', 'c,d\n', 'e\n']);
    expect(framing.reasons).toEqual(['a quote is not closed']);
  });
  it('is broken by a quote that does not close within the bytes allowed', () => {
    expect(texts(frame('"1234567"\n', { maxRecordBytes: 9 }))).toEqual(['"1234567"\n']);
    expect(texts(frame('"12345678"\n', { maxRecordBytes: 9 }))).toEqual(['malformed "12345678"']);
    expect(texts(frame('"12\n45678"\na\n', { maxRecordBytes: 9 }))).toEqual([
      'malformed "12',
      '45678"\n',
      'a\n',
    ]);
  });
  it('is broken at the line end where line breaks are not allowed', () => {
    expect(texts(frame('"a\nb"\n"c"\n', { lineBreaks: 'no' }))).toEqual(['malformed "a', 'b"\n', '"c"\n']);
  });
  it('is an error at the line end where the setting says so, also at the end of input', () => {
    expect(() => frame('x\n"a\nb"\n', { lineBreaks: 'error' })).toThrow('line break in line 2');
    expect(() => frame('x\n"a', { lineBreaks: 'error' })).toThrow('line break in line 2');
  });
  it('gives the same reason whether or not it may look past the line end', () => {
    const input = 'a,"b\nc"d,e\n';
    expect(frame(input).reasons).toEqual(frame(input, { lineBreaks: 'no' }).reasons);
  });
});

describe('properties', () => {
  const limits = fc.constantFrom(3, 5, 8, 13, 1000);
  const lineBreaks = fc.constantFrom('yes' as const, 'no' as const);

  it('agrees with the rules told slowly, for any input and any chunk size', () => {
    fc.assert(
      fc.property(hostileCsv, limits, lineBreaks, fc.boolean(), fc.integer({ min: 1, max: 9 }), (...args) => {
        const [input, maxRecordBytes, breaks, dropBom, chunkBytes] = args;
        const options = { maxRecordBytes, lineBreaks: breaks, dropBom };
        const framing = frame(input, options, chunkBytes);
        expect(framing.framed).toEqual(frameSlowly(input, options));
        expect(framing.linesRead).toBe(physicalLines(input).length);
      }),
      { numRuns: 3000 },
    );
  });
  it('agrees with them also where quotes stay open over many lines', () => {
    // The second of these lines is inside quotes at its end whether or not it was at its start.
    const lines = fc.array(fc.constantFrom('"e\n', 'a","b\n', 'c"\n', 'f",g\n', 'd\n', 'h"i\n'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(
        lines,
        fc.integer({ min: 3, max: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (pieces, ...sizes) => {
          const [maxRecordBytes, chunkBytes] = sizes;
          const options = { maxRecordBytes, lineBreaks: 'yes' as const };
          expect(frame(pieces.join(''), options, chunkBytes).framed).toEqual(
            frameSlowly(pieces.join(''), options),
          );
        },
      ),
      { numRuns: 3000 },
    );
  });
  it('agrees with them also where lines and quotes reach over blocks of the kernel', () => {
    const piece = fc.constantFrom(
      '"',
      '""',
      ',',
      '\n',
      '\r\n',
      '\r',
      '","',
      '"\n"',
      'a'.repeat(9),
      'b'.repeat(31),
      'c'.repeat(70),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.constantFrom(32, 45, 64, 100, 1000),
        fc.constantFrom(7, 33, 100, 5000),
        (pieces, maxRecordBytes, chunkBytes) => {
          const options = { maxRecordBytes, lineBreaks: 'yes' as const };
          expect(frame(pieces.join(''), options, chunkBytes).framed).toEqual(
            frameSlowly(pieces.join(''), options),
          );
        },
      ),
      { numRuns: 3000 },
    );
  });
  it('agrees with csv-parse on well-formed input', () => {
    fc.assert(
      fc.property(wellFormedCsv(true), fc.integer({ min: 1, max: 9 }), (input, chunkBytes) => {
        const normalised = Buffer.from(input.replace(/\r\n?/g, '\n'), 'latin1');
        const options = { encoding: 'latin1', relax_column_count: true, relax_quotes: true } as const;
        const whole = parse(normalised, { ...options, record_delimiter: '\n' });
        const { framed } = frame(input, {}, chunkBytes);
        const one = framed.flatMap(({ text }) =>
          parse(Buffer.from(text, 'latin1'), { ...options, record_delimiter: '\n' }),
        );
        expect(one).toEqual(whole);
        expect(framed.filter(({ kind }) => kind === 'malformed')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('work', () => {
  const within = (ms: number, input: string, options: Partial<FramerOptions> = {}) => {
    const start = performance.now();
    const { linesRead } = frame(input, options);
    expect(performance.now() - start).toBeLessThan(ms);
    return linesRead;
  };

  // Each of these would take minutes or hours if a failed look-ahead were repeated for each line.
  it('is linear when every line leaves a quote open', () => {
    expect(within(30_000, 'x",x,"b\n'.repeat(100_000))).toBe(100_000);
  });
  it('is linear when a look-ahead fails at the far end', () => {
    expect(within(30_000, `${'a,"b\n'.repeat(70_001)}"c"d\n`)).toBe(70_002);
  });
  it('is linear when every look-ahead fails at the limit', () => {
    expect(within(30_000, '"a""\n'.repeat(100_000), { maxRecordBytes: 100_000 })).toBe(100_000);
  });
  it('is linear for one long line in small chunks', () => {
    const start = performance.now();
    expect(frame('a'.repeat(2_000_000), {}, 16).linesRead).toBe(1);
    expect(frame(`"${'a'.repeat(2_000_000)}`, {}, 16).linesRead).toBe(1);
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});
