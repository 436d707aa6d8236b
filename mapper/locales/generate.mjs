/**
 * Writes locale-data.ts and currency-data.ts from the CLDR of Unicode, so that mappers need no `Intl`, whose answers differ
 * between versions of Node. Run it to take a newer CLDR:
 *
 *   npm install --no-save cldr-core@48 cldr-numbers-full@48 cldr-dates-full@48 && node mapper/locales/generate.mjs
 *
 * The packages are no dependency of the project, for they have 140 MB. The result is committed.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const cldr = (path) => require(path);

const { effectiveCoverageLevels } = cldr('cldr-core/coverageLevels.json');
const { likelySubtags } = cldr('cldr-core/supplemental/likelySubtags.json').supplemental;
const { full } = cldr('cldr-core/availableLocales.json').availableLocales;
const { version } = cldr('cldr-core/package.json');

/** Short forms that people write and CLDR does not have: locale → names of the same part, by index. */
const USUAL = {
  en: {
    shortMonths: { 5: ['June'], 6: ['July'], 8: ['Sept'] },
    shortDays: { 1: ['Tues'], 2: ['Weds'], 3: ['Thur', 'Thurs'] },
  },
  de: { shortMonths: { 2: ['Mrz'] } },
};

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const MONTHS = Array.from({ length: 12 }, (_, index) => String(index + 1));

/** Invisible marks of direction. The mapper ignores them in numbers. */
const MARKS = /[\u200e\u200f\u061c]/g;
const SPACES = /[\p{Zs}]/gu;
const plain = (text) => text.replace(MARKS, '').replace(SPACES, ' ').replace(/’/g, "'");

function numbersOf(locale) {
  const { numbers } = cldr(`cldr-numbers-full/main/${locale}/numbers.json`).main[locale];
  const own = numbers.defaultNumberingSystem;
  const systems = [own, 'latn', numbers.otherNumberingSystems.native];
  const symbols = systems.map((system) => numbers[`symbols-numberSystem-${system}`]).filter(Boolean);
  const signs = (...keys) => [
    ...new Set(symbols.flatMap((of) => keys.map((key) => plain(of[key] ?? '')).filter(Boolean))),
  ];
  const decimal = signs('decimal');
  const group = signs('group').filter((sign) => !decimal.includes(sign));
  const currencyDecimal = signs('decimal', 'currencyDecimal');
  const currencyGroup = signs('group', 'currencyGroup').filter((sign) => !currencyDecimal.includes(sign));
  const pattern = numbers[`decimalFormats-numberSystem-${own}`].standard.split('.')[0].split(',');
  const primary = pattern.length > 1 ? pattern.at(-1).length : 3;
  const secondary = pattern.length > 2 ? pattern.at(-2).length : primary;
  return {
    decimal: decimal.join(''),
    group: group.join(''),
    currencyDecimal: currencyDecimal.join(''),
    currencyGroup: currencyGroup.join(''),
    groupSizes: `${primary} ${secondary}`,
  };
}

/** Of each name the form that is written, then the others that are read. */
function namesOf(locale) {
  const calendar = cldr(`cldr-dates-full/main/${locale}/ca-gregorian.json`).main[locale].dates.calendars
    .gregorian;
  const usual = Object.entries(USUAL).find(([language]) => locale.split('-')[0] === language)?.[1] ?? {};
  const forms = (part, keys, width, others, field) =>
    keys.map((key, index) => {
      const { format, 'stand-alone': standAlone } = calendar[part];
      const all = [format[width][key], standAlone[width][key], ...others(key, index)];
      all.push(...(usual[field]?.[index] ?? []));
      const [written, ...read] = all.filter(Boolean).map((name) => name.replace(MARKS, '').normalize('NFC'));
      return unique(written, read);
    });
  const beginning = (part, keys) => (_, index) => {
    const names = keys.map((key) => calendar[part].format.wide[key].toLowerCase());
    const letters = calendar[part].format.wide[keys[index]].slice(0, 3);
    const isLetters = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]{3}$/u.test(letters);
    return isLetters && names.filter((name) => name.startsWith(letters.toLowerCase())).length === 1
      ? [letters]
      : [];
  };
  const shortDay = (key, index) => [
    calendar.days.format.short?.[key],
    ...beginning('days', DAYS)(key, index),
  ];
  const halves = ['am', 'pm'].map((key) => {
    const { format, 'stand-alone': standAlone } = calendar.dayPeriods;
    const [written, ...read] = [format.abbreviated, format.wide, standAlone.abbreviated, standAlone.wide].map(
      (of) => of[key].replace(MARKS, ''),
    );
    return unique(written, [...read, key === 'am' ? 'AM' : 'PM']);
  });
  return {
    months: forms('months', MONTHS, 'wide', () => [], 'months'),
    shortMonths: forms('months', MONTHS, 'abbreviated', beginning('months', MONTHS), 'shortMonths'),
    days: forms('days', DAYS, 'wide', () => [], 'days'),
    shortDays: forms('days', DAYS, 'abbreviated', shortDay, 'shortDays'),
    halves,
  };
}

/** The forms without those that are read anyway: points, letter case and kinds of spaces do not matter. */
function unique(written, read) {
  const seen = new Set([comparable(written)]);
  const others = read.filter((name) => !seen.has(comparable(name)) && seen.add(comparable(name)));
  return [written, ...others].join('/');
}

function comparable(name) {
  return plain(name).toLowerCase().replaceAll('.', '').replaceAll(' ', '');
}

/** No form may stand for two months, or days. */
function checkForms(locale, field, names) {
  const seen = new Map();
  for (const [index, forms] of names.entries()) {
    for (const form of forms.split('/')) {
      const known = seen.get(comparable(form));
      if (known !== undefined && known !== index) return `${locale}: ${field} ${form} stands for two`;
      seen.set(comparable(form), index);
    }
  }
  return null;
}

const data = new Map();
for (const locale of full) {
  if (effectiveCoverageLevels[locale.split('-')[0]] !== 'modern' || locale === 'und') continue;
  const names = namesOf(locale);
  for (const [field, of] of Object.entries(names)) {
    const problem = checkForms(locale, field, of);
    if (problem !== null) process.stderr.write(`${problem}\n`);
  }
  const joined = Object.fromEntries(Object.entries(names).map(([field, of]) => [field, of.join('|')]));
  data.set(locale, { ...numbersOf(locale), ...joined });
}
// zh-TW is written, where CLDR says zh-Hant-TW.
for (const tag of Object.keys(likelySubtags)) {
  const [language, script, region] = likelySubtags[tag].split('-');
  const [first, second] = tag.split('-');
  if (first !== language || second !== region || !data.has(language)) continue;
  const known = data.get(`${language}-${script}-${region}`) ?? data.get(`${language}-${script}`);
  if (known !== undefined && !data.has(tag)) data.set(tag, known);
}

/** Only what differs from the locale without its last part. */
function differences(locale) {
  const parent = locale.includes('-') ? resolved(locale.slice(0, locale.lastIndexOf('-'))) : {};
  return Object.entries(data.get(locale)).filter(([field, value]) => parent[field] !== value);
}

function resolved(locale) {
  return data.get(locale) ?? resolved(locale.slice(0, locale.lastIndexOf('-')));
}

const quoted = (text) =>
  `'${text
    .replace(/['\\]/g, '\\$&')
    .replace(/[\p{Zs}\p{Cf}]/gu, (char) =>
      char === ' ' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )}'`;
const lines = [...data.keys()].sort().flatMap((locale) => {
  const fields = differences(locale).map(([field, value]) => `${field}: ${quoted(value)}`);
  if (fields.length === 0) return [];
  return [`  ${locale.includes('-') ? `'${locale}'` : locale}: { ${fields.join(', ')} },`];
});
const { numberingSystems } = cldr('cldr-core/supplemental/numberingSystems.json').supplemental;
const zeros = Object.values(numberingSystems)
  .filter(({ _type }) => _type === 'numeric')
  .map(({ _digits }) => [..._digits].map((digit) => digit.codePointAt(0)))
  .filter((digits) => digits.every((digit, index) => digit === digits[0] + index))
  .map(([zero]) => zero)
  .sort((a, b) => a - b);
writeFileSync(
  new URL('locale-data.ts', import.meta.url),
  `// Made by generate.mjs from the CLDR ${version} of Unicode; not to be edited.
// biome-ignore-all format: a line for each locale.
// biome-ignore-all lint/suspicious/noIrregularWhitespace: names hold it.

/**
 * What a locale has different from the same one without its last part. Separators: all signs that are read; a space stands
 * for every kind of space, and ' for both apostrophes. Group sizes: that of the last group, and of those before it. Names are
 * separated by |; of each, the form that is written, and after / others that are read.
 */
export interface LocaleData {
  readonly decimal?: string;
  readonly group?: string;
  readonly currencyDecimal?: string;
  readonly currencyGroup?: string;
  readonly groupSizes?: string;
  readonly months?: string;
  readonly shortMonths?: string;
  /** From Monday on. */
  readonly days?: string;
  readonly shortDays?: string;
  readonly halves?: string;
}

/** The code points of the digit 0 of all scripts; 1 to 9 follow it. */
export const DIGIT_ZEROS: readonly number[] = [
  ${zeros.map((zero) => `0x${zero.toString(16)}`).join(', ')},
];

/** By language tag. */
export const LOCALE_DATA: Readonly<Record<string, LocaleData>> = {
${lines.join('\n')}
};
`,
);

/** Signs that CLDR does not have. */
const MORE_SIGNS = [
  'Fr',
  'Fr.',
  'fr',
  'fr.',
  'SFr',
  'SFr.',
  'sFr.',
  'Euro',
  'euro',
  'Rp.',
  'Ft.',
  'S/.',
  'zł.',
  'лв',
  'ден',
  'дин',
  '円',
  '圓',
  '원',
  'RMB',
];
/**
 * Signs that are left out: 50¢ is not 50, 12K is twelve thousand, 12L twelve lakh, and E, G, S and D are short for other things
 * than a currency.
 */
const NO_SIGNS = ['¢', '￠', 'K', 'L', 'E', 'G', 'S', 'D', 'XXXX', '[₾]'];
const NO_CODES = ['XXX', 'XTS'];
/** Signs and what else stands beside them in one amount, as people write it and CLDR does not: $5 ZWL, 5 Fr. CHF. */
const MORE_PAIRS = {
  ...{
    $: 'ZWD ZWL',
    '£': 'CYP IEP ITL LBP MTP SDG',
    '₤': 'GBP ITL TRL',
    '¥': 'CNH RMB',
    R: '$',
    '₣': 'CHF FRF',
    '₡': 'SVC',
  },
  ...{ Fr: 'CHF', 'Fr.': 'CHF', fr: 'CHF', 'fr.': 'CHF', SFr: 'CHF', 'SFr.': 'CHF', 'sFr.': 'CHF', F: 'XAF' },
  ...{
    Euro: 'EUR',
    euro: 'EUR',
    'Rp.': 'IDR',
    'Ft.': 'HUF',
    'S/.': 'PEN',
    'zł.': 'PLN',
    Kč: 'CSK',
    CFA: 'XAF',
  },
  ...{ лв: 'BGN', ден: 'MKD', дин: 'RSD', руб: 'BYN RUR', 'руб.': 'BYN RUR', р: 'RUB RUR', 'р.': 'RUB' },
  ...{
    円: 'JPY',
    圓: 'HKD TWD',
    元: 'HKD TWD',
    원: 'KPW KRW',
    RMB: 'CNH CNY',
    '￥': 'CNH',
    '﷼': 'IRR OMR QAR SAR YER',
  },
  ...{ 'Rs.': 'INR MUR NPR PKR SCR', '₨': 'INR LKR MUR NPR PKR SCR', Bs: 'VES', 'Bs.': 'BOB VES', TL: 'TRL' },
  ...{ 'Kr.': 'DKK ISK NOK SEK', Kr: 'EEK', 'kr.': 'EEK', lei: 'MDL ROL', leu: 'MDL ROL', FCFA: 'XOF' },
};
/** In Akan. The kernel keeps a pair in eight bytes. */
const NO_PAIRS = ['dinaa'];

const signs = new Set(MORE_SIGNS);
const codes = new Set();
/** Sign → codes, and other words of the same sign: `$ US`, `F CFA`. */
const besides = new Map();
const addBeside = (sign, other) => besides.set(sign, (besides.get(sign) ?? new Set()).add(other));
for (const [sign, others] of Object.entries(MORE_PAIRS)) {
  for (const other of others.split(' ')) addBeside(sign, other);
}
for (let code = 0; code <= 0xffff; code++) {
  if (/\p{Sc}/u.test(String.fromCharCode(code))) signs.add(String.fromCharCode(code));
}
for (const locale of full) {
  if (effectiveCoverageLevels[locale.split('-')[0]] !== 'modern') continue;
  const { currencies } = cldr(`cldr-numbers-full/main/${locale}/currencies.json`).main[locale].numbers;
  for (const [code, { symbol, ...more }] of Object.entries(currencies)) {
    if (!NO_CODES.includes(code)) codes.add(code);
    const own = ['symbol-alt-narrow', 'symbol-alt-variant', 'symbol-alt-formal'].map((key) => more[key]);
    for (const sign of [symbol, ...own]) {
      if (sign === undefined || sign === code) continue;
      const [word, other] = plain(sign).split(' ');
      for (const one of other === undefined ? [word] : [word, other]) signs.add(one);
      for (const one of other === undefined ? [word] : [word, other]) addBeside(one, code);
      if (other !== undefined) addBeside(word, other);
    }
  }
}
// Full-width signs mean the same.
for (const sign of signs) for (const code of besides.get(sign.normalize('NFKC')) ?? []) addBeside(sign, code);
for (const sign of [...signs]) {
  if (NO_SIGNS.includes(sign) || /^\p{Cf}*$/u.test(sign) || /\d/.test(sign)) signs.delete(sign);
}
const pairs = [...besides].flatMap(([sign, others]) => {
  const known = [...others].filter((other) => codes.has(other) || signs.has(other));
  const words = [sign, ...known.sort()];
  return signs.has(sign) && known.length > 0 && !words.some((word) => NO_PAIRS.includes(word))
    ? [words.join(' ')]
    : [];
});
const list = (words) => `'${[...words].sort().join(' ')}'`;
writeFileSync(
  new URL('currency-data.ts', import.meta.url),
  `// Made by generate.mjs from the CLDR ${version} of Unicode; not to be edited.
// biome-ignore-all format: one long text each.

/** Codes of ISO 4217, those of old currencies too. */
export const CURRENCY_CODES = ${list(codes)};

/** Signs and short names of currencies, as any locale writes them, without spaces. */
export const CURRENCY_SIGNS = ${list(signs)};

/** Which of them stand beside a sign in one amount: the sign, then codes and other words. Between two signs is a |. */
export const CURRENCY_PAIRS = '${pairs.sort().join('|')}';
`,
);
