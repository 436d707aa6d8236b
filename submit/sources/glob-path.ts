import { parseGlobName } from './glob-name.js';

/** The first name of a glob. `rest` is the glob after it, null when it is the last name. */
export type GlobStep =
  | { readonly kind: 'literal'; readonly name: string; readonly rest: string | null }
  | {
      readonly kind: 'wildcard';
      readonly matches: (name: string) => boolean;
      readonly rest: string | null;
    }
  /** `**`: any number of folders, including zero. */
  | { readonly kind: 'folders'; readonly rest: string }
  /** Braces that contain a slash: one pattern for each alternative. */
  | { readonly kind: 'alternatives'; readonly patterns: readonly string[] }
  /** An illegal pattern. */
  | { readonly kind: 'nothing' };

/** The first step of a glob that does not start with a slash. */
export function nextGlobStep(glob: string, doubleStar: boolean): GlobStep {
  const split = splitFirst(glob);
  if ('patterns' in split) return { kind: 'alternatives', ...split };
  const { first, rest } = split;
  if (doubleStar && first === '**') return { kind: 'folders', rest: rest ?? '*' };
  const name = parseGlobName(first);
  if (name === undefined) return { kind: 'nothing' };
  return name.literal === undefined
    ? { kind: 'wildcard', matches: name.matches, rest }
    : { kind: 'literal', name: name.literal, rest };
}

type Split =
  | { readonly first: string; readonly rest: string | null }
  | { readonly patterns: readonly string[] };

/**
 * Splits at the first slash outside braces. Braces that contain a slash are expanded first, as in
 * org.apache.hadoop.fs.GlobExpander (3.3). An unclosed brace is no group.
 */
function splitFirst(glob: string): Split {
  let depth = 0;
  let open = 0;
  let commas: number[] = [];
  let slashInBraces: number | undefined;
  for (let i = 0; i < glob.length; i++) {
    const character = glob[i];
    if (character === '\\') i++;
    else if (character === '/' && depth === 0) return splitAt(glob, i);
    else if (character === '/') slashInBraces ??= i;
    else if (character === ',' && depth === 1) commas.push(i);
    else if (character === '{' && depth++ === 0) {
      open = i;
      commas = [];
    } else if (character === '}' && depth > 0 && --depth === 0 && slashInBraces !== undefined) {
      return { patterns: alternatives(glob, [open, ...commas, i]) };
    }
  }
  return slashInBraces === undefined ? { first: glob, rest: null } : splitAt(glob, slashInBraces);
}

/** One glob for each alternative. `places` are the indexes of `{`, the commas and `}`. */
function alternatives(glob: string, places: readonly number[]): readonly string[] {
  const before = glob.slice(0, places[0]);
  const after = glob.slice((places.at(-1) as number) + 1);
  return places.slice(1).map((end, index) => before + glob.slice((places[index] as number) + 1, end) + after);
}

/** Trailing slashes are dropped, as in Hadoop's Path. */
function splitAt(glob: string, slash: number): Split {
  const rest = glob.slice(slash).replace(/^\/+/, '');
  return { first: glob.slice(0, slash), rest: rest === '' ? null : rest };
}
