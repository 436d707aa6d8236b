import { writtenFormOf } from '../../mapper/records/record-writer.js';
import type { PartForm } from '../engines/engine.js';
import { type DecidedMapper, delimiterWritten } from './decide.js';
import type { ManifestLayout } from './manifest.js';

/** How the records of a run's output are written. */
export function layoutWritten({
  mapperPlan,
  outputNames,
}: Pick<DecidedMapper, 'mapperPlan' | 'outputNames'>): ManifestLayout {
  const { csv, output } = mapperPlan;
  const { delimiter: _apart, ...style } = output.csv ?? {};
  // Headers that are kept are written as they were met, unless the output has columns of its own.
  const isSpeltAnyhow =
    csv.headerMatch === 'loose' && output.header === 'keep' && output.columns === undefined;
  const delimiter = delimiterWritten(mapperPlan);
  const { comment } = csv;
  const isLikeComment = comment !== undefined && outputNames?.join(delimiter).startsWith(comment) === true;
  const form: PartForm = {
    ...style,
    ...(isSpeltAnyhow ? { headerMatch: 'loose' } : {}),
    ...(isLikeComment && writtenFormOf(csv, output.csv).comment !== undefined ? { comment } : {}),
  };
  return {
    delimiter,
    ...(Object.keys(form).length === 0 ? {} : { form }),
    columns: outputNames,
  };
}
