import type { InputLayout } from '../../mapper/contract.js';
import { byteStringOfText } from '../../mapper/records/byte-string.js';
import type { Header } from '../../mapper/records/header.js';
import { looseName } from '../../mapper/records/header-matcher.js';
import { matchColumns } from '../../mapper/records/match-columns.js';
import { Failure } from '../errors.js';
import { type ColumnDrift, driftOf } from './column-drift.js';
import type { DriftChoice } from './sections/records.js';

/** The header of one input. */
export interface InputHeader extends Header {
  readonly input: string;
  /** Row of a sheet, from 1, that the header is taken from; left out if the input is no workbook. */
  readonly sheetRow?: number;
}

/** The columns that inputs are held against. */
export interface PlannedColumns {
  readonly names: readonly string[];
  readonly of: 'input' | 'job file' | 'published';
  /** Path of the input or job file, or id of the run that published. */
  readonly name: string;
}

/** How an input differs from the planned columns, where the job allows it. JSON. */
export interface InputDrift {
  readonly input: string;
  readonly drift: ColumnDrift;
}

/** The columns of a job's records. */
export interface SettledColumns extends Header {
  /** The headers that are not `names`, with the inputs as the headers name them. Left out if there are none. */
  readonly layouts?: readonly InputLayout[];
  /** What they were held against, and the inputs that lack columns or have others. Left out if there are none. */
  readonly drifted?: { readonly planned: PlannedColumns; readonly inputs: readonly InputDrift[] };
}

/** What a job allows. */
export interface DriftRules {
  readonly columnOrder: 'same' | 'byName';
  readonly onDrift: DriftChoice;
  /** Whether neither case nor spaces around names matter. */
  readonly isLoose: boolean;
}

/**
 * Holds headers against the planned columns, and settles which columns the records have: the planned ones, and with `fill`
 * those that are new, at the end. Throws `headers-differ`. Pure.
 */
export function settleColumns(
  planned: PlannedColumns,
  headers: readonly InputHeader[],
  rules: DriftRules,
): SettledColumns {
  const names = [...planned.names];
  // Otherwise all names are UTF-8.
  const isSpelt = headers.some(({ nameBytes }) => nameBytes !== undefined);
  const spelled: (string | undefined)[] = [];
  const drifted: InputDrift[] = [];
  const layouts: { names: readonly string[]; nameBytes?: readonly string[]; inputs: string[] }[] = [];
  const byHeader = new Map<string, { readonly inputs: string[]; readonly drift: ColumnDrift }>();
  let key = '';
  let before: InputHeader | undefined;
  for (const header of headers) {
    // Thousands of small inputs share a header, whose text may be long.
    if (header.names !== before?.names || header.nameBytes !== before.nameBytes) {
      key = JSON.stringify([header.names, header.nameBytes]);
    }
    before = header;
    const known = byHeader.get(key);
    const drift = known?.drift ?? driftOf(planned.names, header.names, rules.isLoose);
    if (known === undefined) {
      refuse(planned, header, drift, rules);
      if (rules.onDrift === 'fill') names.push(...newNames(names, header.names, rules.isLoose));
      if (isSpelt) noteSpelling(spelled, names, header, rules.isLoose);
      const { input, sheetRow: _row, ...layout } = header;
      const entry = { ...layout, inputs: [input] };
      layouts.push(entry);
      byHeader.set(key, { inputs: entry.inputs, drift });
    } else known.inputs.push(header.input);
    if (isDrift(drift)) drifted.push({ input: header.input, drift });
  }
  const others = layouts.filter((layout) => !isSameList(layout.names, names, rules.isLoose));
  const isUtf8 = names.every(
    (name, index) => spelled[index] === undefined || spelled[index] === byteStringOfText(name),
  );
  return {
    names,
    ...(isUtf8 ? {} : { nameBytes: names.map((name, index) => spelled[index] ?? byteStringOfText(name)) }),
    ...(others.length === 0 ? {} : { layouts: others }),
    ...(drifted.length === 0 ? {} : { drifted: { planned, inputs: drifted } }),
  };
}

/** Whether columns are missing or new, as opposed to standing elsewhere. */
export function isDrift({ missing, added, renamed }: ColumnDrift): boolean {
  return missing.length + added.length + renamed.length > 0;
}

function refuse(
  { names, of, name }: PlannedColumns,
  header: InputHeader,
  drift: ColumnDrift,
  { columnOrder, onDrift, isLoose }: DriftRules,
): void {
  const isMoved = columnOrder === 'same' && drift.moved.length > 0;
  const lacks = drift.missing.length + drift.renamed.length > 0;
  const isRefused = { fail: isDrift(drift), fill: false, ignoreNew: lacks }[onDrift];
  if (!isMoved && !isRefused) return;
  throw new Failure('headers-differ', {
    first: name,
    firstNames: names,
    second: header.input,
    secondNames: header.names,
    ...(of === 'input' ? {} : { firstIs: of }),
    ...(isLoose ? { isLoose: true as const } : {}),
  });
}

/** The names of a header that are not among these. */
function newNames(names: readonly string[], found: readonly string[], isLoose: boolean): string[] {
  const taken = new Set(matchColumns(names, found, isLoose));
  return found.filter((_name, index) => !taken.has(index));
}

/** Notes how a header spells names whose spelling is not known yet. */
function noteSpelling(
  spelled: (string | undefined)[],
  names: readonly string[],
  { names: found, nameBytes }: InputHeader,
  isLoose: boolean,
): void {
  matchColumns(names, found, isLoose).forEach((place, index) => {
    if (place === -1 || spelled[index] !== undefined || found[place] !== names[index]) return;
    spelled[index] = nameBytes?.[place] ?? byteStringOfText(names[index] ?? '');
  });
}

function isSameList(one: readonly string[], other: readonly string[], isLoose: boolean): boolean {
  const compared = (name: string) => (isLoose ? looseName(name) : name);
  return (
    one.length === other.length && one.every((name, index) => compared(name) === compared(other[index] ?? ''))
  );
}
