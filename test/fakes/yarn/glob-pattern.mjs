/** A pattern that Hadoop refuses, with Hadoop's message. */
export class PatternError extends Error {
  constructor(message) {
    super(`Illegal file pattern: ${message}`);
  }
}

const atPosition = (said, position, glob) =>
  new PatternError(`error parsing regexp: ${said} at pos ${position}: \`${glob}\``);

/** One path component → its matcher, or null if it is a plain name (GlobPattern, 3.3.5). */
export function compileGlob(glob) {
  let regex = '';
  let isPattern = false;
  let curlyOpen = 0;
  let setOpen = false;
  for (let at = 0; at < glob.length; at += 1) {
    const char = glob[at];
    if (char === '\\') {
      at += 1;
      if (at >= glob.length) throw atPosition('Missing escaped character', at, glob);
      regex += `\\${glob[at]}`;
      continue;
    }
    if ('*?{['.includes(char)) isPattern = true;
    if (char === '[' && setOpen) throw atPosition('Unclosed character class', at, glob);
    if (char === '[' || char === ']') setOpen = char === '[';
    if ('.$()|+'.includes(char) || (char === '^' && !setOpen)) regex += `\\${char}`;
    else if (char === '*') regex += '.*';
    else if (char === '?') regex += '.';
    else if (char === '{') {
      curlyOpen += 1;
      regex += '(?:';
    } else if (char === ',') regex += curlyOpen > 0 ? '|' : ',';
    else if (char === '}' && curlyOpen > 0) {
      curlyOpen -= 1;
      regex += ')';
    } else if (char === '!') regex += setOpen && glob[at - 1] === '[' ? '^' : '!';
    else regex += char;
  }
  if (setOpen) throw atPosition('Unclosed character class', glob.length, glob);
  if (curlyOpen > 0) throw atPosition('Unclosed group', glob.length, glob);
  return isPattern ? new RegExp(`^(?:${fromRe2(regex)})$`, 'su') : null;
}

const literal = (char) => `\\u{${char.codePointAt(0).toString(16)}}`;

/** Translates Hadoop's RE2 syntax, in which `]` may be the first character of a set and `\a` is a bell. */
function fromRe2(regex) {
  const chars = [...regex];
  let source = '';
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at];
    if (char === '\\') {
      at += 1;
      source += literal(/[A-Za-z0-9]/.test(chars[at]) ? '\u0007' : chars[at]);
    } else if (char === '[') {
      const set = readSet(chars, at);
      source += set.source;
      at = set.end;
    } else source += '{}]/'.includes(char) ? literal(char) : char;
  }
  return source;
}

function readSet(chars, start) {
  let at = start + 1;
  let source = '[';
  if (chars[at] === '^') {
    source += '^';
    at += 1;
  }
  const next = () => {
    if (chars[at] === '\\') at += 1;
    at += 1;
    return chars[at - 1];
  };
  for (let isFirst = true; isFirst || chars[at] !== ']'; isFirst = false) {
    if (at >= chars.length) {
      throw new PatternError(`error parsing regexp: missing closing ]: \`${chars.slice(start).join('')}\``);
    }
    const low = next();
    source += literal(low);
    if (chars[at] !== '-' || chars[at + 1] === ']') continue;
    at += 1;
    const high = next();
    if (high < low)
      throw new PatternError(`error parsing regexp: invalid character class range: \`${low}-${high}\``);
    source += `-${literal(high)}`;
  }
  return { source: `${source}]`, end: at };
}
