import type { MapperCounts, MapperPlan, WherePlan } from '../../mapper/contract.js';
import { formatWhere } from '../report/where-text.js';

/** Maps the record by another plan, and returns what that counted. */
type CountBy = (plan: MapperPlan) => Readonly<MapperCounts>;

/** Why a record that no rule rejects is not in the output; null if nothing says so. */
export function whyNotWritten(
  plan: MapperPlan,
  counts: Readonly<MapperCounts>,
  countBy: CountBy,
): string | null {
  if (counts.recordsRead === 0 && counts.headers > 0) return 'a record equal to the header is a header';
  if (counts.blankLines > 0) return 'a blank line (records.wrongFieldCount: pad)';
  const { where } = plan;
  if (counts.recordsLeftOut === 0 || where === undefined) return null;
  for (const part of partsOf(where)) {
    const { recordsLeftOut, recordsNotJudged } = countBy({ ...plan, where: part });
    if (recordsLeftOut === 0) continue;
    return recordsNotJudged > 0
      ? `where can't judge it: ${formatWhere(part)}`
      : `left out by where: ${formatWhere(part)}`;
  }
  return 'left out by where';
}

function partsOf(where: WherePlan): readonly WherePlan[] {
  return 'allOf' in where ? where.allOf.flatMap(partsOf) : [where];
}
