import { defineRule } from './define-rule.js';
import { invalid, valid } from './rule.js';

/** Writes what a second CSV has for the text; its records are part of the plan, so that a task needs no other file. */
export const lookupRule = defineRule({
  name: 'lookup',
  options: {
    file: {
      kind: 'text',
      form: 'the path of a CSV file with a header',
      describe: 'A CSV file in UTF-8 with a header and commas, relative to the job file',
    },
    key: { kind: 'text', form: 'a column of the file', describe: 'The column of the file that is looked in' },
    value: { kind: 'text', form: 'a column of the file', describe: 'The column of the file that is written' },
    table: {
      kind: 'texts',
      form: 'each key, and after it its value',
      isInternal: true,
      describe: 'The keys and values of the file, each key before its value',
    },
  },
  writes: 'other text',
  accepts: 'some texts',
  apply: ({ file, table }) => {
    const values = new Map<string, string>();
    for (let at = 0; at + 1 < table.length; at += 2) values.set(table[at] as string, table[at + 1] as string);
    const refused = invalid(`not in ${file}`);
    return (text) => {
      const value = values.get(text);
      return value === undefined ? refused : valid(value);
    };
  },
  describe: {
    summary: 'What a second CSV file has for the text',
    does: 'Writes the column `value` of the record of a second CSV file whose column `key` has the text. The file is read when the job is planned, and becomes part of the mapper: another content is another plan',
    invalid: 'texts that the file does not have, empty fields among them',
    inPlan: ({ file, key, value, table }) => `lookup ${key} → ${value} in ${file} (${table.length / 2} keys)`,
  },
});
