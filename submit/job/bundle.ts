import { createHash } from 'node:crypto';
import { type BakedSettings, type MapperPlan, PLAN_CONSTANT } from '../../mapper/contract.js';
import type { Header } from '../../mapper/records/header.js';
import { formatSourceMap, parseSourceMap, type SourceMapPayload } from '../../mapper/stack-trace.js';

const SIGNATURE = '// A mapper made by hadoop-elt';

/** A mapper as one file. */
export interface MapperBundle {
  readonly text: string;
  /** SHA-256 of the text, lower-case hex. */
  readonly sha256: string;
}

/** Mapper plan → the mapper's file. The same plan gives the same bytes. */
export type MakeBundle = (plan: MapperPlan) => MapperBundle;

/** The contents of a bundle except its plan. */
export interface MapperSource {
  readonly code: string;
  /** Maps the lines of `code` to those of the user's modules; null if there are none. */
  readonly sourceMap: SourceMapPayload | null;
}

/**
 * Plan and the mapper's source → one file that runs by `node FILE < in > out`, as an ES module or as CommonJS (the
 * source has no `import` or `export` statements). The same plan gives the same bytes.
 */
export function bundleMapper(source: string | MapperSource, plan: MapperPlan | BakedSettings): MapperBundle {
  const { code, sourceMap } = typeof source === 'string' ? { code: source, sourceMap: null } : source;
  // JSON may contain U+2028 and U+2029 unescaped; string literals of JavaScript before ES2019 may not.
  const json = JSON.stringify(plan, null, 2).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  const head = `#!/usr/bin/env node
${SIGNATURE}. Run it: node FILE < in.csv > out.csv
const ${PLAN_CONSTANT} = ${json};
`;
  const own = codeFor(code, plan);
  const map = sourceMap === null ? '' : formatSourceMap(moveDown(sourceMap, countLines(head)));
  const text = `${head}${own}${map}`;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** What is compiled when first called, at the start of a mapper's code; bin/build.mjs puts it there, and the data behind it. */
const LATER_MODULE = /^const HADOOP_ELT_LATER_(\w+) = .*\n/gm;
/** Data by a key, with a line for each. */
const BAKED_DATA = /^const (HADOOP_ELT_\w+) = \{\n(.*?)\}; \/\/ The end of \1\n/gms;

/** A mapper's code without what its plan does not need. Node reads the whole file at each start of a task. */
export function codeFor(code: string, plan: MapperPlan | BakedSettings): string {
  const rules = textOfRules(plan);
  const isUsed = usedLocales(rules);
  const withZones = usesZones(rules);
  const own = code.replace(LATER_MODULE, (module, name: string) =>
    RULES_WITH[name]?.some((rule) => rules.includes(`"${rule}"`)) === false ? '' : module,
  );
  return own.replace(BAKED_DATA, (_all, name: string, lines: string) => {
    const kept = name.startsWith('HADOOP_ELT_ZONE')
      ? withZones
        ? lines
        : ''
      : lines.replace(/^ *'?([\w-]+).*\n/gm, (line, tag: string) => (isUsed(tag) ? line : ''));
    return `const ${name} = {\n${kept}};\n`;
  });
}

/** A plan as JSON without the header, which may have megabytes. */
function textOfRules(plan: MapperPlan | BakedSettings): string {
  if (!('csv' in plan)) return '';
  const { names: _names, nameBytes: _bytes, layouts: _layouts, ...csv } = plan.csv;
  return JSON.stringify({ ...plan, csv });
}

/** Tells the locales in a plan, what stands behind them (`de` behind `de-AT`), and English, which all names are by default. */
function usedLocales(rules: string): (tag: string) => boolean {
  const tags = [...rules.matchAll(/"locale":"\s*([\w-]+)/g)];
  const used = ['en', ...tags.map(([, tag = '']) => tag.replaceAll('_', '-').toLowerCase())];
  return (tag) => used.some((one) => `${one}-`.startsWith(`${tag.toLowerCase()}-`));
}

/** Whether a plan names a zone, or has a pattern of dates with the letters of one. */
function usesZones(rules: string): boolean {
  return /"zone":|"(?:from|to)":[^{}]*[zV]/.test(rules);
}

/** The rules, or other keys of a plan, that need a module; the others every mapper may need. A user's module brings its own. */
const RULES_WITH: Readonly<Record<string, readonly string[]>> = {
  PATTERNS: ['replace', 'matches'],
  HASHES: ['hash'],
  ROUNDING: ['round'],
  COMPUTING: ['compute'],
  EXPRESSIONS: ['compute'],
};

/** The first bytes of a mapper's file; they contain its signature. */
export const MAPPER_HEAD_BYTES = 256;

/** True when the start of a file has the signature of a mapper, so that the file may be overwritten. */
export function isMapperBundle(head: string): boolean {
  return head.includes(`\n${SIGNATURE}`);
}

/** The parts of a mapper's file. */
export interface ParsedBundle {
  readonly source: MapperSource;
  /** The plan or the settings in the file, as `bundleMapper` accepts them. */
  readonly plan: MapperPlan | BakedSettings;
}

/** A file made by `bundleMapper` → its parts; null if it is not complete. */
export function parseBundle(text: string): ParsedBundle | null {
  const start = `\nconst ${PLAN_CONSTANT} = `;
  const from = text.indexOf(start);
  const to = text.indexOf('\n};\n', from);
  if (!isMapperBundle(text) || from === -1 || to === -1) return null;
  try {
    const plan = JSON.parse(text.slice(from + start.length, to + 2)) as ParsedBundle['plan'];
    const sourceMap = parseSourceMap(text);
    const end = sourceMap === null ? text.length : text.lastIndexOf('\n', text.length - 2) + 1;
    const code = text.slice(to + '\n};\n'.length, end);
    const headLines = countLines(text.slice(0, to)) + 2;
    return {
      plan,
      source: { code, sourceMap: sourceMap === null ? null : moveUp(sourceMap, headLines) },
    };
  } catch {
    return null;
  }
}

/** Replaces the header in a bundle's plan; null keeps it. */
export function withHeader(plan: ParsedBundle['plan'], header: Header | null): ParsedBundle['plan'] {
  if (header === null) return plan;
  const { names, nameBytes } = header;
  const known = nameBytes === undefined ? { names } : { names, nameBytes };
  if ('names' in plan) return known;
  const { nameBytes: _replaced, ...csv } = plan.csv;
  return { ...plan, csv: { ...csv, ...known } };
}

/** A mapper that a user wrote or built, without the settings of a job. */
export interface UserMapper {
  readonly source: MapperSource;
  /** The rules of a mapper built from a job file; null if the source contains the rules. */
  readonly columns: MapperPlan['columns'] | null;
}

/** A file made by `bundleMapper` → its mapper, without the baked-in settings. */
export function userMapperOf({ source, plan }: ParsedBundle): UserMapper {
  return { source, columns: 'columns' in plan ? plan.columns : null };
}

/** The bundle of a user's mapper with the settings of a job. */
export function bundleUserMapper({ source, columns }: UserMapper, plan: MapperPlan): MapperBundle {
  const { columns: _ofRules, ...settings } = plan;
  return bundleMapper(source, columns === null ? settings : { ...settings, columns });
}

/** SHA-256 of a user's mapper without its settings, in lower-case hex. */
export function digestOfUserMapper({ source, columns }: UserMapper): string {
  return createHash('sha256')
    .update(JSON.stringify([columns, source.code]))
    .digest('hex');
}

/**
 * CommonJS code that requires only Node's built-in modules → source that also runs as an ES module, whatever the file
 * extension. `import()` works in both, but is slower than `process.getBuiltinModule`, which older Nodes lack. A `require`
 * that is made takes half a millisecond; it is for what is no module of Node, and says so. The parentheses around the
 * function make V8 compile it at once instead of parsing it twice.
 */
export function wrapBundle(commonJs: string): string {
  return `${WRAP_HEAD}${commonJs}}));
`;
}

/** The same for code with a source map. */
export function wrapMappedBundle(commonJs: string, sourceMap: SourceMapPayload): MapperSource {
  return { code: wrapBundle(commonJs), sourceMap: moveDown(sourceMap, countLines(WRAP_HEAD)) };
}

const WRAP_HEAD = `((main) => {
  const { getBuiltinModule } = process;
  const makeRequire = ({ createRequire }) => createRequire(process.execPath);
  if (getBuiltinModule) main((id) => getBuiltinModule(id) ?? makeRequire(getBuiltinModule("node:module"))(id));
  else import("node:module").then((module) => main(makeRequire(module)));
})((function (require) {
`;

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

/** In the mappings of a source map, a semicolon ends a line. */
function moveDown(map: SourceMapPayload, lines: number): SourceMapPayload {
  return { ...map, mappings: `${';'.repeat(lines)}${map.mappings}` };
}

function moveUp(map: SourceMapPayload, lines: number): SourceMapPayload {
  return { ...map, mappings: map.mappings.slice(lines) };
}
