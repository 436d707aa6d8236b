import type { MapperPlan } from '../contract.js';
import { definitionOfPlan } from '../definition.js';
import { layOutColumns } from '../mapping/column-layout.js';
import { hidesData } from '../mapping/hidden-columns.js';
import { matchColumns } from '../records/match-columns.js';

/**
 * For each field of an input's records whether a plan hides it; null if it hides nothing. `names`: the input's header, null
 * if it has none. All fields are hidden where nobody knows which is which.
 */
export function hiddenFields(
  plan: MapperPlan,
  names: readonly string[] | null,
  fieldCount: number,
): readonly boolean[] | null {
  const definition = definitionOfPlan(plan);
  if (!hidesData(definition)) return null;
  const { names: baked, headerMatch } = plan.csv;
  const planned = baked ?? names;
  const isLoose = headerMatch === 'loose';
  const { hidden } = layOutColumns(definition, planned, { isLoose });
  const places = planned === null || names === null ? null : matchColumns(planned, names, isLoose);
  const width = (names ?? planned)?.length ?? fieldCount;
  return Array.from({ length: fieldCount }, (_, index) => {
    const place = places === null ? index : places.indexOf(index);
    return width !== fieldCount || place < 0 || hidden.has(place);
  });
}
