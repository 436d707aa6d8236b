import { createHash } from 'node:crypto';
import type { Compression } from '../../stores/store.js';

/**
 * Path of each input below the upload folder: its name, preceded by as many parent folders as make it unique. Names
 * are changed where Hadoop would not accept them in `-input` or would skip them as hidden. Those of `compressed` end in
 * `.gz` or `.bz2`, by which Hadoop knows what they are, those of `textPaths` in no such way.
 */
export function stagedPaths(
  localPaths: readonly string[],
  compressed: ReadonlyMap<string, Compression> = new Map(),
  textPaths: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, string> {
  const segments = new Map(
    localPaths.map((path) => [path, path.split(/[/\\]+/).filter((name) => name !== '')]),
  );
  const depths = new Map(localPaths.map((path) => [path, 1]));
  const named = (path: string) => {
    const names = (segments.get(path) as string[]).slice(-(depths.get(path) as number));
    const last = names.pop() ?? '';
    const compression = compressed.get(path);
    const name =
      compression !== undefined
        ? compressedName(last, ENDING_OF[compression])
        : (textPaths.has(path) ? textName : safeName)(last);
    return [...names.map(safeName), name].join('/');
  };
  for (;;) {
    const sharing = new Map<string, string[]>();
    for (const path of localPaths) {
      const name = named(path);
      sharing.set(name, [...(sharing.get(name) ?? []), path]);
    }
    const ambiguous = [...sharing.values()].filter((paths) => paths.length > 1).flat();
    const deeper = ambiguous.filter(
      (path) => (depths.get(path) as number) < (segments.get(path) as string[]).length,
    );
    if (deeper.length === 0) return new Map(localPaths.map((path) => [path, named(path)]));
    for (const path of deeper) depths.set(path, (depths.get(path) as number) + 1);
  }
}

const HASH_DIGITS = 8;

const ENDING_OF: Readonly<Record<Compression, string>> = { gzip: '.gz', bzip2: '.bz2' };
const ENDINGS = /(?:\.gz|\.bz2)+$/i;

/** Has this ending. A changed name gets a hash of the original, because `a.csv` and `a.csv.gz` may both be there. */
function compressedName(name: string, ending: string): string {
  if (name.endsWith(ending)) return safeName(name);
  return safeName(`${name.replace(ENDINGS, '')}-${hashOf(name)}${ending}`);
}

/** Does not end in `.gz` or `.bz2`. */
function textName(name: string): string {
  const stem = name.replace(ENDINGS, '');
  return safeName(stem === name ? name : `${stem}-${hashOf(name)}`);
}

function hashOf(name: string): string {
  const utf8 = Buffer.from(name);
  // Names that are not UTF-8 have lone surrogates, which UTF-8 can't tell apart.
  const bytes = utf8.toString() === name ? utf8 : Buffer.from(name, 'utf16le');
  return createHash('sha256').update(bytes).digest('hex').slice(0, HASH_DIGITS);
}

const MAX_NAME_LENGTH = 200;

/**
 * A name that is safe on Hadoop's command line: `-input` splits at commas and expands globs, the JVM may support only
 * ASCII arguments, and names that start with `.` or `_` are skipped (FileInputFormat, Hadoop 3.3). A changed name gets a
 * hash of the original; its extensions stay because they select the codec.
 */
function safeName(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9._+=@-]/g, '_').replace(/^[._]/, 'x_');
  if (safe === name && name.length <= MAX_NAME_LENGTH) return name;
  const [, stem = '', endings = ''] = /^(.*?)((?:\.[A-Za-z0-9]{1,8}){0,2})$/.exec(safe) ?? [];
  return `${stem.slice(0, MAX_NAME_LENGTH)}-${hashOf(name)}${endings}`;
}
