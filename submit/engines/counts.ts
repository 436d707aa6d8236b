import {
  COUNTERS,
  type CounterName,
  INVALID_COUNTER_PREFIX,
  INVALID_OTHER_COUNTER,
  type MapperCounts,
} from '../../mapper/contract.js';

/** Hadoop counters by name → the mapper's counts. Ignores unknown names: other programs may set counters too. */
export function countsFrom(counters: Iterable<readonly [string, number]>): MapperCounts {
  const counts = noCounts();
  const byHadoopName = new Map(
    Object.entries(COUNTERS).map(([name, hadoopName]) => [hadoopName as string, name as CounterName]),
  );
  for (const [hadoopName, amount] of counters) {
    const name = byHadoopName.get(hadoopName);
    if (name !== undefined) counts[name] += amount;
    else if (hadoopName === INVALID_OTHER_COUNTER) addInvalid(counts, 'other columns', amount);
    else if (hadoopName.startsWith(INVALID_COUNTER_PREFIX)) {
      addInvalid(counts, hadoopName.slice(INVALID_COUNTER_PREFIX.length), amount);
    }
  }
  return counts;
}

/** Adds the counts of several tasks. */
export function sumCounts(all: Iterable<MapperCounts>): MapperCounts {
  const sum = noCounts();
  for (const counts of all) {
    for (const name of Object.keys(COUNTERS) as CounterName[]) sum[name] += counts[name];
    for (const [column, amount] of Object.entries(counts.invalid)) addInvalid(sum, column, amount);
  }
  return sum;
}

function noCounts(): MapperCounts {
  const zeros = Object.fromEntries(Object.keys(COUNTERS).map((name) => [name, 0]));
  return { ...(zeros as Record<CounterName, number>), invalid: {} };
}

function addInvalid(counts: MapperCounts, column: string, amount: number): void {
  counts.invalid[column] = (counts.invalid[column] ?? 0) + amount;
}
