/**
 * `hadoop-elt/mapper`: write a mapper in TypeScript, with the rules of job files and functions of your own, and build
 * it by `hadoop-elt build my-mapper.ts -o mapper.mjs`.
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
 *     Country: (text, record) => (text === '' ? record.get('Region') : text),
 *   },
 * });
 *
 * @module
 */
export type { RecordAction, RoundingMode } from './contract.js';
export { type ColumnRules, defineMapper, type MapperOptions } from './define-mapper.js';
export type { MapperDefinition } from './definition.js';
export { MapperDefinitionError } from './definition-error.js';
export type { MappedRecord } from './mapped-record.js';
export { type ColumnRule, date, fn, type InvalidChoice, lower, round, trim, upper } from './rule-makers.js';
export { runMapper } from './run.js';
export { type FieldFunction, Invalid, invalid } from './user-function.js';
