import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CATALOGUE } from '../../../../mapper/rules/catalogue.js';
import { jobFileSchemaFor, jobFileSchemaOf } from '../../../../submit/job/schema.js';

/** Together they have every section, and mappings of each. */
const VALID = [
  'input: { files: a.csv }\noutput: { path: out }',
  'input: { files: [a, b], recursive: true, onMissing: continue, http: { user: me, password: env:PW } }\nload: { postgres: { table: t } }',
  'input: { files: a, waitFor: { files: 1, upTo: 1h }, identity: path+content, sheet: 2 }\noutput: { path: out, mode: append, keepPrevious: 1 }',
  'input: { files: a }\ncsv: excel\noutput: { path: out, csv: { quote: all } }',
  'input: { files: a }\ncsv: { preset: mysql, delimiter: ";", nulls: [x], encoding: latin1 }\nlocale: de\noutput: { path: out }',
  'input: { files: a }\ncolumns: { A: upper, B: [trim, { default: x }], date: { round: { places: 2, invalid: "?" } } }\noutput: { path: out }',
  'input: { files: a }\nwhere: { A: { oneOf: [x, y] }, not: [{ B: required }] }\noutput: { path: out, columns: [A, { y: { from: B, date: { from: yyyy, to: yy } } }, { N: { compute: A - B } }] }',
  'input: { files: a }\nchecks: { minRecords: 1, maxRejected: 1%, volume: { within: 50% } }\nrecords: { malformed: reject }\nrun: { parallel: 2, retries: { times: 1 } }\noutput: { path: out }',
  'input: { files: a }\nname: n\nscheduled: { keepLogs: 3, notify: { email: { to: me } }, metrics: { statsd: "h:1" } }\nhadoop: { queue: q }\noutput: { path: out }',
];

/** Each differs from a valid one in one way. */
const INVALID = [
  'output: { path: out }',
  'input: {}\noutput: { path: out }',
  'input: { files: a }',
  'input: { files: a }\noutput: {}',
  'input: { files: a }\nload: { postgres: {} }',
  'input: { files: a }\noutput: { path: out }\nunknown: 1',
  'input: { files: a, mode: append }\noutput: { path: out }',
  'input: { files: a }\ncolumns: { A: uper }\noutput: { path: out }',
  'input: { files: a }\ncolumns: { A: { trim: {}, upper: {} } }\noutput: { path: out }',
  'input: { files: a }\ncolumns: { A: { places: 2 } }\noutput: { path: out }',
  'input: { files: a }\ncolumns: { A: date }\noutput: { path: out }',
  'input: { files: a }\nwhere: { A: upper }\noutput: { path: out }',
  'input: { files: a }\nscheduled: { notify: { webhook: {} } }\noutput: { path: out }',
];

describe('the schema for the keys and rules that a job file has', () => {
  const both = (text: string) => {
    const content: unknown = parse(text);
    return [jobFileSchemaFor(content, CATALOGUE), jobFileSchemaOf(CATALOGUE)].map((schema) =>
      schema.safeParse(content, { jitless: true }),
    );
  };

  it.each(VALID)('accepts what the whole one accepts: %s', (text) => {
    const [own, whole] = both(text);
    expect(whole?.success).toBe(true);
    expect(own).toEqual(whole);
  });

  it.each(INVALID)('refuses what the whole one refuses: %s', (text) => {
    const [own, whole] = both(text);
    expect(whole?.success).toBe(false);
    expect(own?.success).toBe(false);
  });
});
