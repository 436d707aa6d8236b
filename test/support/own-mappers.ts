/** Modules of users, for tests of mappers of one's own. */

/** A mapper whose rules are in two files. It rejects amounts that are empty, and throws at `boom`. */
export const OWN_MAPPER = {
  'my-mapper.ts': `import { defineMapper, fn, invalid, upper } from 'hadoop-elt/mapper';
import { withTax } from './lib/tax';

interface Options { readonly rate: number }
const options: Options = { rate: 2 };

export default defineMapper({
  columns: {
    City: upper(),
    Amount: fn((text) => (text === '' ? invalid('empty') : withTax(text, options.rate)), { onInvalid: 'reject' }),
  },
});
`,
  'lib/tax.ts': `type Money = string;

/** The amount with tax. */
export function withTax(amount: Money, rate: number): Money {
  if (amount === 'boom') {
    throw new RangeError('no amount: ' + amount);
  }
  return String(Number(amount) * rate);
}
`,
} as const;

/** What a user is shown of the place at which `withTax` throws. */
export const STACK =
  /RangeError: no amount: boom\n +at withTax \(lib\/tax\.ts:6:11\)\n +at .*my-mapper\.ts:10:\d+\)?\n/;

/** A header and records, of which the one at `boomAt` (1-based, the header is no record) makes the mapper throw. */
export function ownMapperInput(records: number, boomAt: number | null = null, lineEnd = '\n'): string {
  const lines = ['City,Amount'];
  for (let at = 1; at <= records; at++) {
    const amount = at === boomAt ? 'boom' : at % 1000 === 500 ? '' : String(at);
    lines.push(`${at % 3 === 0 ? 'oslo' : 'reykjavik'},${amount}`);
  }
  return `${lines.join(lineEnd)}${lineEnd}`;
}
