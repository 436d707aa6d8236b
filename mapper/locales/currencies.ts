import { CURRENCY_CODES, CURRENCY_PAIRS, CURRENCY_SIGNS } from './currency-data.js';

/** Upper-case codes of ISO 4217. */
export const currencyCodes = madeOnce(() => CURRENCY_CODES.split(' '));

/** Signs and short names of currencies. */
export const currencySigns = madeOnce(() => CURRENCY_SIGNS.split(' '));

/** Words that name one currency together: a sign and a code, `$ USD`, or two parts of a sign, `F CFA`. */
export const currencyPairs = madeOnce(() =>
  CURRENCY_PAIRS.split('|').flatMap((pair) => {
    const [sign, ...others] = pair.split(' ');
    return others.map((other) => `${sign} ${other}`);
  }),
);

/** Made when first asked for: most mappers have no currencies, and each start of a task would make the sets. */
function madeOnce(wordsOf: () => string[]): () => ReadonlySet<string> {
  let made: ReadonlySet<string> | undefined;
  return () => (made ??= new Set(wordsOf()));
}
