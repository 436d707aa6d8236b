import type { MapperPlan } from '../contract.js';
import type { MapperDefinition } from '../definition.js';
import { MapperFailure } from '../failure.js';
import { pathOfUri, type TaskContext } from '../hadoop/task-environment.js';
import { instantiateKernel } from '../kernel/instantiate.js';
import { KernelMapping } from '../kernel/kernel-mapping.js';
import type { RecordOutput } from '../record-output.js';
import { type Header, headerFields } from '../records/header.js';
import type { ColumnLayout } from './column-layout.js';
import type { Mapping } from './mapping.js';
import { ProjectedMapping } from './projected-mapping.js';
import { projectionOf, withoutMissing } from './projection.js';
import { RecordMapper } from './record-mapper.js';
import { ReferenceMapping } from './reference-mapping.js';
import { SwitchingMapping } from './switching-mapping.js';

/** The parts of a pipeline that map records of any header. */
interface PlannedParts {
  readonly layout: ColumnLayout;
  /** The header of the output. */
  readonly header: Header;
  readonly task: TaskContext | null;
  readonly output: RecordOutput;
  readonly useKernel: boolean;
}

/** A function that opens the mapping for a header which is not the planned one. */
export function openerOfLayouts(
  definition: MapperDefinition,
  { layout, header, task, output, useKernel }: PlannedParts,
): (names: readonly string[]) => Mapping {
  const { delimiter } = definition.csv;
  return (names) => {
    const projection = projectionOf(header.names, names);
    const ruled = withoutMissing(layout, projection);
    const mapper = new RecordMapper(definition, ruled, task, projection);
    const reference = new ReferenceMapping(delimiter, names, mapper, output, headerFields(header));
    const kernel = useKernel ? instantiateKernel() : null;
    if (kernel === null) return reference;
    // Headers go to the reference above, so no projected line is one, whatever it looks like.
    const headless = { ...ruled, names: null };
    const planned = new ReferenceMapping(
      delimiter,
      null,
      new RecordMapper(definition, headless, task),
      output,
    );
    const mapping = KernelMapping.create(kernel, headless, delimiter, planned, output);
    return mapping === null ? reference : new ProjectedMapping(mapping, reference, delimiter, projection);
  };
}

/**
 * The mapping for what stdin gives: in a task that of its input's header, in a pipe one that follows the headers it meets.
 * Throws a MapperFailure if a task does not know its input, and headers differ.
 */
export function mappingForInput(
  { delimiter, columnOrder, layouts = [] }: MapperPlan['csv'],
  names: readonly string[],
  task: TaskContext | null,
  planned: Mapping,
  openLayout: (names: readonly string[]) => Mapping,
): Mapping {
  if (task === null) {
    const byName = columnOrder === 'byName';
    if (!byName && layouts.length === 0) return planned;
    const known = { delimiter, names, byName, layouts: layouts.map((layout) => layout.names) };
    return new SwitchingMapping(known, planned, openLayout);
  }
  if (layouts.length === 0) return planned;
  const { inputFile, inputStart } = task;
  if (inputFile === null)
    throw new MapperFailure('header-unknown', { split: { inputFile, start: inputStart } });
  const path = pathOfUri(inputFile);
  const own = layouts.find(({ inputs }) => inputs.includes(path));
  return own === undefined ? planned : openLayout(own.names);
}
