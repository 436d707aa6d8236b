import { createHash } from 'node:crypto';
import { type MapperPlan, PLAN_CONSTANT } from '../../mapper/contract.js';

const SIGNATURE = '// A mapper made by hadoop-elt';

/** A mapper as one file: its text, and the SHA-256 that names it. */
export interface MapperBundle {
  readonly text: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * Plan and the mapper's source → one file that runs by `node FILE < in > out`, whether Node takes it for an ES
 * module or for CommonJS (the source uses neither `import` nor `export` statements). The same plan gives the
 * same bytes.
 */
export function bundleMapper(
  bundleSource: string,
  plan: MapperPlan | { names: readonly string[] | null },
): MapperBundle {
  // JSON may hold U+2028 and U+2029 raw; before ES2019 JavaScript could not.
  const json = JSON.stringify(plan, null, 2).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  const text = `#!/usr/bin/env node
${SIGNATURE}. Run it: node FILE < in.csv > out.csv
const ${PLAN_CONSTANT} = ${json};
${bundleSource}`;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** True when a file's first bytes say that it is such a mapper, so that it may be written over. */
export function isMapperBundle(head: string): boolean {
  return head.includes(`\n${SIGNATURE}`);
}

/**
 * CommonJS code that asks for Node's own modules alone → source that also runs as an ES module, whatever the
 * file is called. Where Node cannot yet give such modules by a function, `import()` is what both kinds have, but it is
 * slower. A function in parentheses V8 compiles at once; without them it would read it all twice.
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
