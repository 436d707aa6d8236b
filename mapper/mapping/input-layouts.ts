import type { MapperPlan } from '../contract.js';
import type { MapperDefinition } from '../definition.js';
import { MapperFailure } from '../failure.js';
import type { Findings } from '../findings.js';
import { pathOfUri, type TaskContext } from '../hadoop/task-environment.js';
import { instantiateKernel } from '../kernel/instantiate.js';
import { openKernelPath } from '../kernel/kernel-path.js';
import type { KernelForm } from '../kernel/program.js';
import type { RecordOutput } from '../record-output.js';
import { isPlain } from '../records/dialect.js';
import { type Header, headerFields } from '../records/header.js';
import { headerMatcherOf } from '../records/header-matcher.js';
import { recordReaderOf } from '../records/record-reader.js';
import type { ColumnLayout } from './column-layout.js';
import type { Mapping } from './mapping.js';
import { OriginalLines } from './original-lines.js';
import { ProjectedMapping } from './projected-mapping.js';
import { type Projection, projectionOf, withoutMissing } from './projection.js';
import { RecordMapper } from './record-mapper.js';
import { blankLinesOf, ReferenceMapping } from './reference-mapping.js';
import { type OpenLayout, SwitchingMapping } from './switching-mapping.js';

/** The parts of a pipeline that map records of any header. */
interface PlannedParts {
  readonly definition: MapperDefinition;
  readonly layout: ColumnLayout;
  /** The header of the output, or that the output's columns are taken from. */
  readonly header: Header;
  readonly read: KernelForm;
  readonly task: TaskContext | null;
  readonly output: RecordOutput;
  readonly findings: Findings | null;
  readonly useKernel: boolean;
}

/** So many mappings are kept for inputs to come: each has a kernel. Hardly any job has inputs with more headers. */
const KEPT_MAPPINGS = 16;

/** The function that finds the mapping for a header which is not the planned one. It keeps those that it made last. */
export function openerOfLayouts(parts: PlannedParts): OpenLayout {
  const open = openerOf(parts);
  const kept = new Map<string, Mapping>();
  return (names) => {
    const key = JSON.stringify(names);
    const mapping = kept.get(key) ?? open(names);
    if (!kept.has(key) && kept.size === KEPT_MAPPINGS) kept.clear();
    kept.set(key, mapping);
    return mapping;
  };
}

function openerOf(parts: PlannedParts): OpenLayout {
  const { definition, layout, header, read, task, output, findings } = parts;
  const { dialect, match } = read;
  return (names) => {
    const projection = projectionOf(header.names, names, match.isLoose);
    const mapper = new RecordMapper({ definition, dialect, layout, task, findings, projection });
    const isHeader = headerMatcherOf(names, match);
    const matchHeader = (fields: readonly string[]) =>
      isHeader(fields) === null ? null : headerFields(header);
    const blankLines = blankLinesOf(definition.records);
    const reference = new ReferenceMapping(recordReaderOf(dialect), matchHeader, mapper, output, blankLines);
    const originals = new OriginalLines(reference);
    // In a file of one column a blank line looks like a record, but it may have to be left out.
    const canTell = blankLines === 'are records' || names.length > 1;
    const mapping = canTell ? kernelFor(parts, projection, originals) : null;
    return mapping === null
      ? reference
      : new ProjectedMapping(mapping, reference, originals, read, projection);
  };
}

/** The kernel for projected lines; null if it does not know what is to be done with them. */
function kernelFor(
  { definition, layout, read, task, output, findings, useKernel }: PlannedParts,
  projection: Projection,
  originals: OriginalLines,
): Mapping | null {
  const { dialect } = read;
  const ruled = isPlain(dialect) && useKernel ? withoutMissing(layout, projection) : null;
  const kernel = ruled === null ? null : instantiateKernel();
  if (ruled === null || kernel === null) return null;
  // Headers go to the reference, so no projected line is one, whatever it looks like.
  const headless = { ...ruled, names: null };
  const mapper = new RecordMapper({ definition, dialect, layout: headless, task, findings });
  // A line that is blank once it is projected is a record.
  const planned = new ReferenceMapping(recordReaderOf(dialect), null, mapper, output, 'are records');
  const referenceOf = () => planned;
  const lines = { layout: headless, form: read, referenceOf, output, findings };
  return openKernelPath(kernel, planned, { ...lines, originals });
}

/**
 * The mapping for what stdin gives: in a task that of its input's header, in a pipe one that follows the headers it meets.
 * Throws a MapperFailure if a task does not know its input, and headers differ.
 */
export function mappingForInput(
  { columnOrder, layouts = [] }: MapperPlan['csv'],
  { names, read, task, namesOf }: Pick<PlannedParts, 'read' | 'task'> & Pick<Header, 'names'> & NamesOfInputs,
  planned: Mapping,
  openLayout: OpenLayout,
): Mapping {
  if (task === null) {
    const byName = columnOrder === 'byName';
    if (!byName && layouts.length === 0) return planned;
    const known = { names, byName, layouts: layouts.map((layout) => layout.names) };
    return new SwitchingMapping(known, read, planned, openLayout);
  }
  if (layouts.length === 0) return planned;
  const { inputFile, inputStart } = task;
  if (inputFile === null) {
    throw new MapperFailure('header-unknown', { split: { inputFile, start: inputStart } });
  }
  const own = namesOf.get(pathOfUri(inputFile));
  return own === undefined ? planned : openLayout(own);
}

/** The columns of inputs that have others than planned, by the path of the input. */
export interface NamesOfInputs {
  readonly namesOf: ReadonlyMap<string, readonly string[]>;
}

/** Finds out the columns of each input: there may be thousands in a task. */
export function namesOfInputs({ layouts = [] }: MapperPlan['csv']): ReadonlyMap<string, readonly string[]> {
  return new Map(layouts.flatMap(({ names, inputs }) => inputs.map((input) => [input, names] as const)));
}
