import type { Findings } from '../findings.js';
import type { ColumnLayout } from '../mapping/column-layout.js';
import type { Mapping } from '../mapping/mapping.js';
import { OriginalLines } from '../mapping/original-lines.js';
import type { ReferenceMapping } from '../mapping/reference-mapping.js';
import type { RecordOutput } from '../record-output.js';
import type { Dialect } from '../records/dialect.js';
import type { KernelExports } from './instantiate.js';
import { KernelMapping } from './kernel-mapping.js';
import { NarrowedMapping, narrowedDialect } from './narrowed-mapping.js';
import type { KernelForm } from './program.js';

/** What the kernel's records go to, and where the others are mapped. */
export interface KernelPathParts {
  readonly layout: ColumnLayout;
  readonly form: KernelForm;
  /** The reference for a dialect of the same data. */
  referenceOf(dialect: Dialect): ReferenceMapping;
  readonly output: RecordOutput;
  /** Null: nobody asks for examples. */
  readonly findings: Findings | null;
  /** What maps the kernel's remaining records, where that is not the reference. */
  readonly originals?: OriginalLines;
}

/** The mapping by the kernel; null if it does not know the rules, or the form of data or output. */
export function openKernelPath(
  exports: KernelExports,
  reference: ReferenceMapping,
  { layout, form, referenceOf, output, findings, originals }: KernelPathParts,
): Mapping | null {
  const narrowed = narrowedDialect(form.dialect);
  const others = narrowed === null ? reference : referenceOf(narrowed);
  const examiner =
    findings === null
      ? null
      : { findings, examine: (line: Buffer, lineNumber: number) => others.examine(line, lineNumber) };
  const known = { ...form, dialect: narrowed ?? form.dialect };
  const create = (rest: Mapping) => KernelMapping.create(exports, layout, known, rest, output, examiner);
  if (narrowed === null) return create(originals ?? reference);
  const wide = new OriginalLines(reference);
  const kernel = create(wide);
  return kernel === null ? null : new NarrowedMapping(form.dialect, kernel, reference, wide);
}
