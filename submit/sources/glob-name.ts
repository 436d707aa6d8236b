/**
 * A name between two slashes of a glob: either it stands for itself, or it says which names it matches. Undefined
 * where Hadoop calls it an illegal file pattern: an open `[` or `{`, a `\` at the end.
 */
export function parseGlobName(glob: string): GlobName | undefined {
  if (!/[*?[{]/.test(glob)) {
    return /^(?:[^\\]|\\.)*$/su.test(glob) ? { literal: glob.replaceAll(/\\(.)/gsu, '$1') } : undefined;
  }
  const states = compile(glob);
  return states && { matches: (name) => matches(states, name) };
}

export type GlobName =
  | { readonly literal: string }
  | { readonly literal?: undefined; readonly matches: (name: string) => boolean };

/**
 * A state takes one character that `takes` accepts; without `takes` it takes none. Then the match goes on in each of
 * the states `to`. The state after the last one is the end of the glob.
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
 * The grammar of org.apache.hadoop.fs.GlobPattern (3.3): `*`, `?`, `[a-c]`, `[!a]`, `[^a]`, `{a*,{b,c}}`, `\*`. All
 * else means itself, `(`, `+` and `..` too, and so do `,` and `}` outside of braces.
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

/** The set whose first character is at `start`, and where its `]` is. A `]` that comes first is one of the set. */
function parseSet(characters: readonly string[], start: number) {
  const isNegated = characters[start] === '!' || characters[start] === '^';
  const first = isNegated ? start + 1 : start;
  const ranges: { from: number; to: number }[] = [];
  const readAt = (at: number) => {
    const isEscaped = characters[at] === '\\';
    const character = characters[isEscaped ? at + 1 : at];
    // GlobPattern takes a `[` in a set for a mistake.
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
 * Follows all ways through the states at once, so that the time grows with glob × name. A regular expression of
 * JavaScript tries one way after the other: `*a*a*a*a*b` takes it seconds for a single name. Hadoop uses RE2/J, which
 * does as we do.
 */
function matches(states: readonly State[], name: string): boolean {
  let current = reachable(states, [0]);
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

/** These states, and those that are reached from them without taking a character. */
function reachable(states: readonly State[], from: readonly number[]): ReadonlySet<number> {
  const found = new Set(from);
  // A set may grow while it is gone through.
  for (const index of found) {
    const state = states[index];
    if (state === undefined || state.takes !== undefined) continue;
    for (const target of state.to) found.add(target);
  }
  return found;
}
