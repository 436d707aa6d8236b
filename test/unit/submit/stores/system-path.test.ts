import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesOfName, systemPath, textOfName } from '../../../../submit/stores/system-path.js';

it('names of any bytes are text and come back, each its own', () => {
  const pieces = fc.constantFrom('a', 'é', '😀', '\xe9', '\xed\xa0\x80', '\xff', '\xc0\xaf');
  const bytes = fc
    .array(pieces)
    .map((given) =>
      Buffer.concat(
        given.map((one) => Buffer.from(one, one.charCodeAt(0) > 0xff || one === 'é' ? 'utf8' : 'latin1')),
      ),
    );
  fc.assert(
    fc.property(fc.oneof(bytes, fc.uint8Array({ maxLength: 12 }).map(Buffer.from)), (name) => {
      expect(bytesOfName(textOfName(name)).equals(name)).toBe(true);
    }),
  );
});

it('names in UTF-8 stay what they are', () => {
  expect(textOfName(Buffer.from('é😀.csv'))).toBe('é😀.csv');
  expect(systemPath('/in/é😀.csv')).toBe('/in/é😀.csv');
  expect(systemPath(`/in/${textOfName(Buffer.from([0xe9]))}`)).toEqual(Buffer.from('/in/\xe9', 'latin1'));
});
