/**
 * Holds the sources of submit/ to what the import rules cannot say: `npm run check:rooms`.
 *
 * - At most three files outside the rooms of stores, sources, engines and sinks name one of them.
 * - No type is cast through `unknown`.
 * - Nobody but rooms and mains looks at the clock.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAX_NAMING = 3;

const files = readdirSync(join(ROOT, 'submit'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { path: relative(ROOT, path), code: withoutComments(readFileSync(path, 'utf8')) };
  });

function withoutComments(text) {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** Concrete rooms, each with the folder of its own. */
const CONCRETE = [
  { room: 'submit/stores/', imports: /from '[^']*stores\/(local|hdfs)\// },
  { room: 'submit/sources/', imports: /from '[^']*sources\/(files|hdfs)-source\.js'/ },
  { room: 'submit/engines/', imports: /from '[^']*engines\/(local|streaming)\// },
  { room: 'submit/sinks/', imports: /from '[^']*sinks\/folder\// },
];
/** A scheme or an engine's name that something is compared with or looked up by. */
const NAMES =
  /(?:scheme|engine\w*|name)\s*[!=]==\s*'(?:file|hdfs|local|hadoop)'|\b\w+:\s*'(?:local|hadoop|hdfs)'/;
const ANY_ROOM = /^submit\/(stores|sources|engines|sinks|hadoop)\//;

const naming = files.filter(
  ({ path, code }) =>
    CONCRETE.some(({ room, imports }) => !path.startsWith(room) && imports.test(code)) ||
    (!ANY_ROOM.test(path) && NAMES.test(code)),
);
const casting = files.filter(({ code }) => /\bas unknown as\b|\bas never\b/.test(code));
const looking = files.filter(
  ({ path, code }) =>
    /^submit\/(run|job|config|report|sinks)\//.test(path) && /\bDate\.now\b|new Date\(\)/.test(code),
);

const problems = [
  ...(naming.length > MAX_NAMING
    ? [`${naming.length} files name a store, source, engine or sink; at most ${MAX_NAMING} may`]
    : []),
  ...casting.map(({ path }) => `${path} casts through unknown`),
  ...looking.map(({ path }) => `${path} looks at the clock; runs get it by a port`),
];
console.log(`Files that name a store, source, engine or sink: ${naming.map(({ path }) => path).join(', ')}`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
