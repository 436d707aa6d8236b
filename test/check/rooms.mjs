/**
 * Checks of submit/ that import rules cannot express: `npm run check:rooms`.
 *
 * - At most three files name a concrete store, source, engine or sink outside its folder.
 * - No cast goes through `unknown` or `never`.
 * - Files of run, job, config, report and sinks do not read the clock; they get it as a port.
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

/** Imports of concrete implementations, and the folder that may have them. */
const CONCRETE = [
  { room: 'submit/stores/', imports: /from '[^']*stores\/(local|hdfs)\// },
  { room: 'submit/sources/', imports: /from '[^']*sources\/(files|hdfs)-source\.js'/ },
  { room: 'submit/engines/', imports: /from '[^']*engines\/(local|streaming)\// },
  { room: 'submit/sinks/', imports: /from '[^']*sinks\/(folder|postgres)\// },
];
/** A comparison with a scheme or an engine's name, or such a name as a key. */
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
  ...looking.map(({ path }) => `${path} reads the clock; use the clock of the ports`),
];
console.log(`Files that name a store, source, engine or sink: ${naming.map(({ path }) => path).join(', ')}`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
