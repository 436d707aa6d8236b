/**
 * `hadoop-elt/mapper`: write a mapper in TypeScript, with the rules of job files and functions of your own. Build it
 * with `hadoop-elt build my-mapper.ts -o mapper.mjs`.
 *
 * @example
 * import { date, defineMapper, invalid, round, upper } from 'hadoop-elt/mapper';
 *
 * export default defineMapper({
 *   name: 'sales',
 *   columns: {
 *     Region: upper(),
 *     'Ship Date': date({ from: 'M/d/yyyy', to: 'yyyy-MM-dd', onInvalid: 'blank' }),
 *     'Unit Price': round({ places: 2, invalid: 'Invalid-Amount' }),
 *     'Unit Cost': { round: { places: 2 } },
 *     Country: (text, record) => (text === '' ? record.get('Region') : text),
 *   },
 * });
 *
 * @module
 */

export { type ColumnRules, defineMapper, type MapperOptions, type RuleInWords } from './api/define-mapper.js';
export { MapperDefinitionError } from './api/definition-error.js';
export type { MappedRecord } from './api/mapped-record.js';
export {
  between,
  type ColumnRule,
  date,
  defaultTo,
  fn,
  hash,
  type InvalidChoice,
  lower,
  mask,
  matches,
  oneOf,
  replace,
  required,
  round,
  trim,
  type,
  upper,
} from './api/rule-makers.js';
export { type FieldFunction, Invalid, invalid } from './api/user-function.js';
export type { FieldCountAction, RecordAction } from './contract.js';
export type { MapperDefinition } from './definition.js';
export { runMapper } from './process/run.js';
export type { RoundingMode } from './rules/rounding-mode.js';
