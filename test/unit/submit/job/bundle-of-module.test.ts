import { SourceMap } from 'node:module';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import type { MapperPlan } from '../../../../mapper/contract.js';
import { parseSourceMap, type SourceMapPayload } from '../../../../mapper/stack-trace.js';
import {
  bundleMapper,
  bundleUserMapper,
  digestOfUserMapper,
  parseBundle,
  userMapperOf,
  wrapMappedBundle,
} from '../../../../submit/job/bundle.js';
import { keepSources } from '../../../../submit/job/source-map.js';

const PLAN: MapperPlan = {
  job: 'a job\u2028};\n',
  csv: { delimiter: ',', header: true, names: ['A'], quotedLineBreaks: 'auto', maxRecordBytes: 1 },
  columns: [{ column: 'A', rules: [{ rule: 'upper', onInvalid: { action: 'keep' } }] }],
  records: { wrongFieldCount: 'pass', malformed: 'fail' },
  output: { header: 'keep' },
};

/** Two modules as one, each with a function that is found by its text. */
async function bundleTwo(): Promise<{ code: string; map: SourceMapPayload }> {
  const module = (name: string) =>
    `\ninterface T {}\nexport function ${name}(text: string): string {\n  return 'in ${name}' + text;\n}\n`;
  const { outputFiles } = await build({
    stdin: {
      contents:
        "import { mine } from 'mine';\nimport { theirs } from 'theirs';\nconsole.log(mine('x'), theirs('y'));",
      sourcefile: 'entry.ts',
      loader: 'ts',
    },
    bundle: true,
    write: false,
    outdir: '/',
    absWorkingDir: '/',
    sourcemap: 'external',
    plugins: [
      {
        name: 'texts',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^(mine|theirs)$/ }, ({ path }) => ({ path, namespace: 'text' }));
          onLoad({ filter: /.*/, namespace: 'text' }, ({ path }) => ({
            contents: module(path),
            loader: 'ts',
          }));
        },
      },
    ],
  });
  const [map, code] = outputFiles;
  return { code: code?.text ?? '', map: JSON.parse(map?.text ?? '') as SourceMapPayload };
}

/** Where a text of a bundle comes from, `source:line` (1-based); undefined where no source is told. */
function originOf(text: string, map: SourceMapPayload, wanted: string): string | undefined {
  const lines = text.split('\n');
  const line = lines.findIndex((each) => each.includes(wanted));
  const entry = new SourceMap(map).findEntry(line, lines[line]?.indexOf(wanted) ?? 0);
  return 'originalSource' in entry && entry.originalSource
    ? `${entry.originalSource}:${entry.originalLine + 1}`
    : undefined;
}

describe('the source map of a bundle', () => {
  it('leads to the lines of the sources that are kept, and nowhere from the others', async () => {
    const { code, map } = await bundleTwo();
    expect(originOf(code, map, '"in theirs"')).toBe('text:theirs:4');
    const kept = keepSources(map, (source) => source === 'text:mine');
    expect(kept.sources).toEqual(['text:mine']);
    expect(originOf(code, kept, '"in mine"')).toBe('text:mine:4');
    expect(originOf(code, kept, '"in theirs"')).toBeUndefined();
    expect(originOf(code, kept, 'console.log')).toBeUndefined();
    expect(kept.mappings.length).toBeLessThan(map.mappings.length);
  });

  it('keeps to its lines whatever plan is baked in', async () => {
    const { code, map } = await bundleTwo();
    const source = wrapMappedBundle(code, map);
    const mapper = { source, columns: null };
    for (const names of [null, ['A'], ['A', 'B', 'C']]) {
      const { text } = bundleUserMapper(mapper, { ...PLAN, csv: { ...PLAN.csv, names } });
      const baked = parseSourceMap(text);
      expect(baked && originOf(text, baked, '"in theirs"')).toBe('text:theirs:4');
    }
  });
});

describe('a bundle that is read back', () => {
  it('is what it was made of', async () => {
    const { code, map } = await bundleTwo();
    const source = wrapMappedBundle(code, map);
    for (const plan of [PLAN, { names: null }, { names: ['A', '};'] }]) {
      expect(parseBundle(bundleMapper(source, plan).text)).toEqual({ plan, source });
      const plain = { code: 'main();\n', sourceMap: null };
      expect(parseBundle(bundleMapper(plain, plan).text)).toEqual({ plan, source: plain });
    }
  });

  it('has rules and code for its digest, and no settings', () => {
    const digest = (plan: MapperPlan, code = 'main();\n') => {
      const parsed = parseBundle(bundleMapper(code, plan).text);
      return parsed && digestOfUserMapper(userMapperOf(parsed));
    };
    expect(digest({ ...PLAN, job: 'other', csv: { ...PLAN.csv, names: null } })).toBe(digest(PLAN));
    expect(digest({ ...PLAN, columns: [] })).not.toBe(digest(PLAN));
    expect(digest(PLAN, 'other();\n')).not.toBe(digest(PLAN));
  });

  it.each([
    '',
    'x',
    '#!/usr/bin/env node\n// A mapper made by hadoop-elt\nconst HADOOP_ELT_PLAN = {\nx\n};\n',
  ])('is nothing where it is not whole: %j', (text) => {
    expect(parseBundle(text)).toBe(null);
  });
});
