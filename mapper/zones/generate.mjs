/**
 * Writes zone-data.ts from the time zone database of IANA, so that mappers need no `Intl`, whose answers differ between
 * versions of Node. Run it to take a newer database, which PyPI's package tzdata has:
 *
 *   pip download --no-deps tzdata && unzip tzdata-*.whl && zic -b slim -d zones tzdata/zoneinfo/tzdata.zi
 *   node mapper/zones/generate.mjs zones "$(head -n 1 tzdata/zoneinfo/tzdata.zi)"
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const [folder, version] = process.argv.slice(2);

function filesIn(path) {
  return readdirSync(path).flatMap((name) => {
    const at = join(path, name);
    return statSync(at).isDirectory() ? filesIn(at) : [at];
  });
}

/** A TZif file (RFC 9636), version 2 or later → the text of a zone; see zone-data.ts. */
function zoneOf(file) {
  const headBytes = 44;
  const counts = (at) => Array.from({ length: 6 }, (_, index) => file.readUInt32BE(at + 20 + index * 4));
  const [utc, standard, leaps, times, types, chars] = counts(0);
  const second = headBytes + times * 5 + types * 6 + chars + leaps * 8 + standard + utc;
  const [utc64, standard64, leaps64, times64, types64, chars64] = counts(second);
  if (leaps64 > 0) throw new Error('Leap seconds are not supported');
  let at = second + headBytes;
  const moments = Array.from({ length: times64 }, (_, index) => Number(file.readBigInt64BE(at + index * 8)));
  at += times64 * 8;
  const indexes = [...file.subarray(at, at + times64)];
  at += times64;
  const names = file.toString('latin1', at + types64 * 6, at + types64 * 6 + chars64);
  const offsets = Array.from({ length: types64 }, (_, index) => {
    const start = file[at + index * 6 + 5];
    return `${names.slice(start, names.indexOf('\0', start))} ${file.readInt32BE(at + index * 6)}`;
  });
  const footer = file
    .toString('latin1', at + types64 * 6 + chars64 + leaps64 * 12 + standard64 + utc64)
    .trim();
  if (!/^[^,]+(,M[^,]+,M[^,]+)?$/.test(footer)) throw new Error(`Not understood: ${footer}`);
  // The first kind is what was before all changes.
  const differences = moments.map((moment, index) => (moment - (moments[index - 1] ?? 0)).toString(36));
  return [
    offsets.join(','),
    differences.join(' '),
    indexes.map((index) => index.toString(36)).join(''),
    footer,
  ].join('|');
}

const zones = new Map();
const links = new Map();
const isFormer = (name) => !name.includes('/') || name.startsWith('Etc/');
const names = filesIn(folder).map((path) => relative(folder, path).split(sep).join('/'));
// Of zones that are the same, the first with a region's name has the data.
for (const name of names.sort((a, b) => isFormer(a) - isFormer(b) || (a < b ? -1 : 1))) {
  const text = zoneOf(readFileSync(join(folder, name)));
  const same = [...zones].find(([, known]) => known === text);
  if (same === undefined) zones.set(name, text);
  else links.set(name, same[0]);
}
const byTarget = Map.groupBy?.([...links.keys()], (name) => links.get(name)) ?? groupLinks();

function groupLinks() {
  const grouped = new Map();
  for (const [name, target] of links) grouped.set(target, [...(grouped.get(target) ?? []), name]);
  return grouped;
}

writeFileSync(
  new URL('zone-data.ts', import.meta.url),
  `// Made by generate.mjs from the time zone database of IANA, ${version.replace(/^# /, '')}; not to be edited.
// biome-ignore-all format: a line for each zone.

/**
 * Zones by name, each in four parts separated by |: its kinds of time, as an abbreviation and seconds to the east of UTC; the
 * seconds between its changes in base 36, the first since 1970; the index of the kind after each change in base 36; and the
 * rule for the time after the last one, in the form of POSIX's TZ. The first kind is the one before all changes.
 */
export const ZONES: Readonly<Record<string, string>> = {
${[...zones].map(([name, text]) => `  '${name}': '${text}',`).join('\n')}
};

/** Other names of zones, separated by spaces. */
export const ZONE_LINKS: Readonly<Record<string, string>> = {
${[...byTarget].map(([target, others]) => `  '${target}': '${others.join(' ')}',`).join('\n')}
};
`,
);
