/** The columns of the sales records, as in hdfs-fixtures. */
export const SALES_COLUMNS = [
  'Region',
  'Country',
  'Item Type',
  'Sales Channel',
  'Order Priority',
  'Order Date',
  'Order ID',
  'Ship Date',
  'Units Sold',
  'Unit Price',
  'Unit Cost',
  'Total Revenue',
  'Total Cost',
  'Total Profit',
];
const COLUMNS = ['index', ...SALES_COLUMNS];
const SALES_RULES = {
  upper: ['Region'],
  date: ['Order Date', 'Ship Date'],
  round: ['Units Sold', 'Unit Price', 'Unit Cost', 'Total Revenue', 'Total Cost', 'Total Profit'],
};
const REGIONS = ['Amérique du Nord', 'Île-de-France', 'Österreich und Süden', 'Европа', 'Μεσόγειος', 'Łódź'];

const same = (fields) => fields;

/**
 * The cases to compare. `columns` is the header. `record(fields, random)` makes a record's fields, with their quotes,
 * from an index and a sales record; `random` gives numbers in [0, 1). `share` is the fraction of `--records` that the
 * case has. `dialect` is what a peer must support: quotes, utf8, crlf, money, offsets, form. `options` are those of its rules,
 * and `sql` is what DuckDB does in their place, with {} for the column. `form` is how fields are delimited and what is null,
 * in the data and in the output. `select` are the columns of the output, each as its name in the data and its new name.
 */
export const CASES = [
  { name: 'sales', about: '15 columns, 9 ruled', columns: COLUMNS, rules: SALES_RULES, record: same },
  {
    name: 'quoted-10',
    about: 'quoted fields in 10% of the records',
    columns: COLUMNS,
    rules: SALES_RULES,
    dialect: ['quotes'],
    record: (fields, random) =>
      random() < 0.1 ? fields.with(1, quoted(fields[1])).with(3, quoted(`${fields[3]}, other`)) : fields,
  },
  {
    name: 'quoted-all',
    about: 'every field quoted',
    columns: COLUMNS,
    rules: SALES_RULES,
    dialect: ['quotes'],
    record: (fields) => fields.map(quoted),
  },
  {
    name: 'utf8-10',
    about: 'a region beyond ASCII in 10% of the records',
    columns: COLUMNS,
    rules: SALES_RULES,
    dialect: ['utf8'],
    record: (fields, random) =>
      random() < 0.1 ? fields.with(1, REGIONS[Math.floor(random() * REGIONS.length)]) : fields,
  },
  {
    name: 'crlf',
    about: 'lines ended by CRLF',
    columns: COLUMNS,
    rules: SALES_RULES,
    dialect: ['crlf'],
    lineEnd: '\r\n',
    record: same,
  },
  {
    name: 'wide',
    about: '100 columns, 2 ruled',
    columns: Array.from({ length: 100 }, (_, i) => (i < COLUMNS.length ? COLUMNS[i] : `Column ${i}`)),
    rules: { upper: ['Region'], date: ['Order Date'], round: [] },
    share: 0.2,
    record: (fields) => Array.from({ length: 100 }, (_, i) => fields[i < 15 ? i : 1 + (i % 14)]),
  },
  {
    name: 'narrow',
    about: '3 columns, all ruled',
    columns: ['Region', 'Order Date', 'Total Profit'],
    rules: { upper: ['Region'], date: ['Order Date'], round: ['Total Profit'] },
    record: (fields) => [fields[1], fields[6], fields[14]],
  },
  {
    name: 'money',
    about: 'money in six columns: a sign, groups, parentheses',
    columns: COLUMNS,
    rules: SALES_RULES,
    dialect: ['quotes', 'money'],
    options: { round: { places: 2, locale: 'en', currency: true, invalid: 'Invalid-Number' } },
    sql: {
      round:
        "(CASE WHEN {} LIKE '(%' THEN '-' ELSE '' END) || CAST(CAST(translate({}, '$,()', '') AS DECIMAL(18, 2)) AS VARCHAR)",
    },
    record: (fields, random) => fields.map((field, at) => (at < 9 ? field : quoted(money(field, random)))),
  },
  {
    name: 'offsets',
    about: 'two dates with a time and an offset',
    columns: COLUMNS,
    rules: { ...SALES_RULES, round: [] },
    dialect: ['offsets'],
    options: {
      date: { from: "yyyy-MM-dd'T'HH:mm:ssXXX", to: 'yyyy-MM-dd HH:mm:ss', invalid: 'Invalid-Date' },
    },
    sql: {
      date: "coalesce(strftime(try_strptime(left({}, 19), '%Y-%m-%dT%H:%M:%S'), '%Y-%m-%d %H:%M:%S'), 'Invalid-Date')",
    },
    record: (fields, random) =>
      fields.map((field, at) => (at === 6 || at === 8 ? withTime(field, random) : field)),
  },
  {
    name: 'columns',
    about: 'seven of the columns, in another order and by other names',
    columns: COLUMNS,
    rules: SALES_RULES,
    dialect: ['form'],
    select: [
      ['Order ID', 'id'],
      ['Region', 'Region'],
      ['Order Date', 'ordered'],
      ['Ship Date', 'shipped'],
      ['Item Type', 'Item Type'],
      ['Total Revenue', 'revenue'],
      ['Total Profit', 'profit'],
    ],
    record: same,
  },
  {
    name: 'nulls',
    about: 'one field of ten is null',
    columns: COLUMNS,
    rules: SALES_RULES,
    dialect: ['form'],
    form: { null: '\\N' },
    sql: {
      date: "CASE WHEN {} IS NULL THEN NULL ELSE coalesce(strftime(try_strptime({}, '%m/%d/%Y'), '%Y-%m-%d'), 'Invalid-Date') END",
      round:
        "CASE WHEN {} IS NULL THEN NULL ELSE coalesce(CAST(CAST(round_even(TRY_CAST({} AS DOUBLE), 0) AS BIGINT) AS VARCHAR), 'Invalid-Number') END",
    },
    record: (fields, random) => fields.map((field, at) => (at > 0 && random() < 0.1 ? '\\N' : field)),
  },
  {
    name: 'semicolons',
    about: 'semicolons, and decimal commas in six columns',
    columns: COLUMNS,
    rules: SALES_RULES,
    dialect: ['form'],
    form: { delimiter: ';' },
    options: { round: { places: 2, locale: 'de', invalid: 'Invalid-Number' } },
    sql: { round: "CAST(CAST(replace({}, ',', '.') AS DECIMAL(18, 2)) AS VARCHAR)" },
    record: (fields) => fields.map((field, at) => (at < 9 ? field : field.replace('.', ','))),
  },
];

/** `1234.5` → `$1,234.50`, or `($1,234.50)` in one of ten. */
function money(text, random) {
  const [whole, fraction = ''] = text.split('.');
  const amount = `$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction.padEnd(2, '0')}`;
  return random() < 0.1 ? `(${amount})` : amount;
}

/** `12/21/2015` → `2015-12-21T08:30:00-05:00`. */
function withTime(text, random) {
  const [month, day, year] = text.split('/').map((part) => part.padStart(2, '0'));
  const two = (below) => String(Math.floor(random() * below)).padStart(2, '0');
  const offset = ['Z', '+01:00', '-05:00', '+05:30'][Math.floor(random() * 4)];
  return `${year}-${month}-${day}T${two(24)}:${two(60)}:${two(60)}${offset}`;
}

function quoted(text) {
  return `"${text}"`;
}

/** The rules of a case by 0-based column index: `{ upper: [1], date: [6, 8], round: [9] }`. */
export function rulesByIndex({ columns, rules }) {
  return Object.fromEntries(
    Object.entries(rules).map(([rule, names]) => [rule, names.map((name) => columns.indexOf(name))]),
  );
}
