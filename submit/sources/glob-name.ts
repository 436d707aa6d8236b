/**
 * Parses one name of a glob, between two slashes: a literal, or a matcher of names. Undefined for what Hadoop calls an
 * illegal file pattern: an unclosed `[` or `{`, a `\` at the end.
 */
export function parseGlobName(glob: string): GlobName | undefined {
  if (!/[*?[{]/.test(glob)) {
    return /^(?:[^\\]|\\.)*$/su.test(glob) ? { literal: glob.replaceAll(/\\(.)/gsu, '$1') } : undefined;
  }
  const [, before, behind] = ONE_STAR.exec(glob) ?? [];
  if (before !== undefined && behind !== undefined) {
    const least = before.length + behind.length;
    return { matches: (name) => name.length >= least && name.startsWith(before) && name.endsWith(behind) };
  }
  const states = compile(glob);
  if (states === undefined) return undefined;
  const start = reachable(states, [0]);
  return { matches: (name) => matches(states, start, name) };
}

/** `*.csv`, `part-*`: most globs are no more than that, and a folder may have thousands of names. Special characters are not in it. */
const ONE_STAR = /^([\w. =+~#%@-]*)\*([\w. =+~#%@-]*)$/;

export type GlobName =
  | { readonly literal: string }
  | { readonly literal?: undefined; readonly matches: (name: string) => boolean };

/**
 * A state of a nondeterministic automaton. It consumes one character that `takes` accepts, or none without `takes`, and
 * leads to each of the states `to`. The index after the last state accepts.
 */
interface State {
  readonly takes?: (character: string) => boolean;
  readonly to: number[];
}

interface Group {
  readonly opening: State;
  readonly ends: State[];
}

/**
 * The grammar of org.apache.hadoop.fs.GlobPattern (3.3): `*`, `?`, `[a-c]`, `[!a]`, `[^a]`, `{a*,{b,c}}`, `\*`.
 * Everything else is literal: also `(`, `+` and `..`, and `,` and `}` outside braces.
 */
function compile(glob: string): readonly State[] | undefined {
  const characters = [...glob];
  const states: State[] = [];
  const groups: Group[] = [];
  const addState = (state: State): State => {
    states.push(state);
    return state;
  };
  const take = (takes: (character: string) => boolean) => addState({ takes, to: [states.length + 1] });

  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string;
    const group = groups.at(-1);
    if (character === '\\') {
      const escaped = characters[++i];
      if (escaped === undefined) return undefined;
      take((other) => other === escaped);
    } else if (character === '*') {
      // Several in a row are one.
      while (characters[i + 1] === '*') i++;
      addState({ to: [states.length + 1, states.length + 2] });
      addState({ takes: () => true, to: [states.length - 1] });
    } else if (character === '?') {
      take(() => true);
    } else if (character === '[') {
      const set = parseSet(characters, i + 1);
      if (set === undefined) return undefined;
      take(set.has);
      i = set.end;
    } else if (character === '{') {
      groups.push({ opening: addState({ to: [states.length + 1] }), ends: [] });
    } else if (character === ',' && group !== undefined) {
      group.ends.push(addState({ to: [] }));
      group.opening.to.push(states.length);
    } else if (character === '}' && group !== undefined) {
      for (const end of group.ends) end.to.push(states.length);
      groups.pop();
    } else {
      take((other) => other === character);
    }
  }
  return groups.length === 0 ? states : undefined;
}

/** The set whose first character is at `start`, and the index of its `]`. A `]` in first place is a member. */
function parseSet(characters: readonly string[], start: number) {
  const isNegated = characters[start] === '!' || characters[start] === '^';
  const first = isNegated ? start + 1 : start;
  const ranges: { from: number; to: number }[] = [];
  const readAt = (at: number) => {
    const isEscaped = characters[at] === '\\';
    const character = characters[isEscaped ? at + 1 : at];
    // GlobPattern rejects an unescaped `[` in a set.
    const code = character === '[' && !isEscaped ? undefined : character?.codePointAt(0);
    return code === undefined ? undefined : { code, next: isEscaped ? at + 2 : at + 1 };
  };
  for (let i = first; i < characters.length; ) {
    if (characters[i] === ']' && i > first) {
      const has = (character: string) => {
        const code = character.codePointAt(0) as number;
        return ranges.some(({ from, to }) => from <= code && code <= to) !== isNegated;
      };
      return { has, end: i };
    }
    const from = readAt(i);
    if (from === undefined) return undefined;
    const isRange = characters[from.next] === '-' && characters[from.next + 1] !== ']';
    const to = isRange ? readAt(from.next + 1) : from;
    if (to === undefined || to.code < from.code) return undefined;
    ranges.push({ from: from.code, to: to.code });
    i = to.next;
  }
  return undefined;
}

/**
 * Follows all paths through the automaton at once: O(glob × name), as RE2/J does in Hadoop. A backtracking JavaScript
 * regular expression needs seconds to match `*a*a*a*a*b` against a single name.
 */
function matches(states: readonly State[], start: ReadonlySet<number>, name: string): boolean {
  let current = start;
  for (const character of name) {
    const next: number[] = [];
    for (const index of current) {
      const { takes, to } = states[index] ?? { to: [] };
      if (takes?.(character)) next.push(...to);
    }
    if (next.length === 0) return false;
    current = reachable(states, next);
  }
  return current.has(states.length);
}

/** These states, and all that they reach without consuming a character. */
function reachable(states: readonly State[], from: readonly number[]): ReadonlySet<number> {
  const found = new Set(from);
  // Iteration over a Set includes elements that are added during it.
  for (const index of found) {
    const state = states[index];
    if (state === undefined || state.takes !== undefined) continue;
    for (const target of state.to) found.add(target);
  }
  return found;
}
