import { createHash } from 'node:crypto';
import { type MapperPlan, PLAN_CONSTANT } from '../../mapper/contract.js';

const SIGNATURE = '// A mapper made by hadoop-elt';

/** A mapper as one file. */
export interface MapperBundle {
  readonly text: string;
  /** SHA-256 of the text, lower-case hex. */
  readonly sha256: string;
}

/**
 * Plan and the mapper's source → one file that runs by `node FILE < in > out`, as an ES module or as CommonJS (the
 * source has no `import` or `export` statements). The same plan gives the same bytes.
 */
export function bundleMapper(
  bundleSource: string,
  plan: MapperPlan | { names: readonly string[] | null },
): MapperBundle {
  // JSON may contain U+2028 and U+2029 unescaped; string literals of JavaScript before ES2019 may not.
  const json = JSON.stringify(plan, null, 2).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  const text = `#!/usr/bin/env node
${SIGNATURE}. Run it: node FILE < in.csv > out.csv
const ${PLAN_CONSTANT} = ${json};
${bundleSource}`;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** True when the start of a file has the signature of a mapper, so that the file may be overwritten. */
export function isMapperBundle(head: string): boolean {
  return head.includes(`\n${SIGNATURE}`);
}

/**
 * CommonJS code that requires only Node's built-in modules → source that also runs as an ES module, whatever the file
 * extension. `import()` works in both, but is slower than `process.getBuiltinModule`, which older Nodes lack. The
 * parentheses around the function make V8 compile it at once instead of parsing it twice.
 */
export function wrapBundle(commonJs: string): string {
  return `((main) => {
  if (process.getBuiltinModule) main(process.getBuiltinModule("node:module"));
  else import("node:module").then(main);
})((function ({ createRequire }) {
const require = createRequire(process.execPath);
${commonJs}}));
`;
}
