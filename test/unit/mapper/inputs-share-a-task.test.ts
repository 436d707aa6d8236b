import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MapperCounts, type MapperPlan, REJECT_COLUMNS } from '../../../mapper/contract.js';
import { definitionOfPlan } from '../../../mapper/definition.js';
import { isMapperFailure } from '../../../mapper/failure.js';
import type { TaskContext } from '../../../mapper/hadoop/task-environment.js';
import { createPipeline } from '../../../mapper/pipeline.js';
import { kernelCases } from '../../support/kernel-cases.js';
import { chunksOf, mapperPlan, ruledColumn, runMapperOn, taskAt } from '../../support/mapper-harness.js';
import { isThorough } from '../../support/thoroughness.js';

interface Input {
  readonly task: TaskContext;
  readonly content: string;
}

type Path = 'kernel' | 'reference';

const sourceOf = ({ inputFile, inputStart }: TaskContext) => ({
  file: inputFile ?? '',
  linesBefore: inputStart,
});

function inputsOf(contents: readonly string[], starts: readonly number[]): Input[] {
  return contents.map((content, at) => ({
    content,
    task: { ...taskAt(starts[at] ?? 0, at === 0), inputFile: `hdfs://nn/raw/${at}.csv` },
  }));
}

const isCount = (value: unknown): value is number => typeof value === 'number';

function sumOf(all: readonly MapperCounts[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { invalid, ...counts } of all) {
    for (const [name, value] of Object.entries({ ...counts, ...invalid })) {
      if (isCount(value)) sum[name] = (sum[name] ?? 0) + value;
    }
  }
  return sum;
}

/** What tasks with one input each write, joined: only the first starts with a header. */
function apart(plan: MapperPlan, inputs: readonly Input[], path: Path) {
  const { header } = plan.output;
  const plans = [
    plan,
    { ...plan, output: { ...plan.output, header: header === 'every-part' ? 'first-part' : header } },
  ] as const;
  const parts = inputs.map(({ task, content }, at) =>
    runMapperOn(plans[at === 0 ? 0 : 1], content, { task, path, rejectsOf: sourceOf(task) }),
  );
  const failure = parts.find((part) => part.failure !== null)?.failure ?? null;
  if (failure !== null) return { failure: { code: failure.code, details: failure.details } };
  const rejects = parts.map(({ rejects: own }) => own?.output ?? '');
  return {
    output: parts.map(({ output }) => output).join(''),
    counts: sumOf(parts.map(({ counts }) => counts)),
    rejects: rejects.map((text, at) => (at === 0 ? text : text.slice(text.indexOf('\n') + 1))).join(''),
    read: parts.map(({ counts, digests }) => ({ lines: counts.linesRead, digest: digests?.read })),
  };
}

/** What one task writes that has all inputs. */
function together(plan: MapperPlan, inputs: readonly Input[], path: Path, chunkBytes: number) {
  const written: Buffer[] = [];
  const rejected: Buffer[] = [];
  const [first] = inputs;
  const pipeline = createPipeline(
    definitionOfPlan(plan),
    {
      ...{ task: first?.task ?? taskAt(0), emit: 'records', path },
      rejects: { source: sourceOf, sink: (bytes) => rejected.push(Buffer.from(bytes)) },
    },
    (bytes) => written.push(Buffer.from(bytes)),
  );
  try {
    const read = inputs.map(({ task, content }) => {
      pipeline.beginInput(task);
      for (const chunk of chunksOf(Buffer.from(content, 'latin1'), chunkBytes)) pipeline.push(chunk);
      return pipeline.endInput();
    });
    pipeline.end();
    return {
      output: Buffer.concat(written).toString('latin1'),
      counts: sumOf([pipeline.counts]),
      rejects: Buffer.concat(rejected).toString('latin1'),
      read,
    };
  } catch (error) {
    if (!isMapperFailure(error)) throw error;
    return { failure: { code: error.code, details: error.details } };
  }
}

function expectAlike(plan: MapperPlan, inputs: readonly Input[], path: Path, chunkBytes = 4096): void {
  expect(together(plan, inputs, path, chunkBytes)).toEqual(apart(plan, inputs, path));
}

/** Names in an order that a seed decides. */
function shuffled(names: readonly string[], seed: number): string[] {
  return [...names].sort((a, b) => ((a.length * 31 + seed) % 7) - ((b.length * 31 + seed) % 7));
}

describe('inputs that share a task', () => {
  it('give the records, rejects and counts that each gives in a task of its own', () => {
    const divisions = fc.record({
      cuts: fc.array(fc.nat(400), { maxLength: 4 }),
      starts: fc.array(fc.constantFrom(0, 0, 4096), { minLength: 5, maxLength: 5 }),
      seeds: fc.array(fc.option(fc.nat(6)), { minLength: 5, maxLength: 5 }),
      path: fc.constantFrom<Path>('kernel', 'kernel', 'reference'),
    });
    fc.assert(
      fc.property(
        kernelCases,
        divisions,
        ({ plan: given, input, chunkBytes }, { cuts, starts, seeds, path }) => {
          // Mappers of a job with several inputs always know the columns.
          const csv = given.csv.names === null ? { ...given.csv, header: false } : given.csv;
          const names = csv.names ?? [];
          const layouts = seeds.flatMap((seed, at) =>
            seed === null ? [] : [{ names: shuffled(names, seed), inputs: [`/raw/${at}.csv`] }],
          );
          const plan = { ...given, csv: { ...csv, ...(names.length > 0 && { layouts }) } };
          const places = [0, ...cuts.map((cut) => Math.min(cut, input.length)), input.length].sort(
            (a, b) => a - b,
          );
          const contents = places.slice(1).map((to, at) => input.slice(places[at], to));
          expectAlike(plan, inputsOf(contents, starts), path, chunkBytes);
        },
      ),
      { numRuns: isThorough ? 5000 : 150 },
    );
  });

  it('may have a preamble, other columns, blank lines, and records that are padded', () => {
    const plan = mapperPlan({
      csv: {
        ...{
          names: ['City', 'Amount', 'Note'],
          columnOrder: 'byName',
          skipLines: 1,
          comment: '#',
          nulls: ['NULL'],
        },
        layouts: [
          { names: ['Note', 'City', 'Amount'], inputs: ['/raw/1.csv'] },
          { names: ['City', 'Amount', 'New'], inputs: ['/raw/2.csv'] },
          { names: ['City'], inputs: ['/raw/3.csv'] },
        ],
      },
      columns: [
        {
          column: 'Amount',
          rules: [{ rule: 'round', places: 1, mode: 'half-even', onInvalid: { action: 'reject' } }],
        },
      ],
      records: { wrongFieldCount: 'pad', malformed: 'reject' },
      output: { header: 'every-part' },
    });
    const inputs = inputsOf(
      [
        'made today\nCity,Amount,Note\nrome,1.25,\n\n#no,1\noslo,x\nbern,2\n',
        '"made\nNote,City,Amount\n"a,b",pisa,3\n\nNULL,bari,none\nq,bonn\nx,y,1,z\n',
        'made\nCity,Amount,New\nlyon,4,n\n\nnice,bad,n\n',
        'made\nCity\nparis\n\nparma\n"a"b\n',
        '',
        'only a line\n',
        'made\nCity,Amount,Note\nlast,5,NULL',
      ],
      [],
    );
    expectAlike(plan, inputs, 'kernel');
    expectAlike(plan, inputs, 'reference', 3);
    const { output, rejects } = together(plan, inputs, 'kernel', 7);
    expect(output).toBe(
      'City,Amount,Note\nrome,1.2,\nbern,2.0,\npisa,3.0,"a,b"\nlyon,4.0,\nparis,,\nparma,,\nlast,5.0,\n',
    );
    expect(rejects).toBe(
      [
        REJECT_COLUMNS.join(','),
        'hdfs://nn/raw/0.csv,6,Amount,round,x,not a number,"oslo,x"',
        'hdfs://nn/raw/1.csv,5,Amount,round,none,not a number,"NULL,bari,none"',
        'hdfs://nn/raw/1.csv,6,Amount,round,,empty,"q,bonn"',
        'hdfs://nn/raw/1.csv,7,,records.wrongFieldCount,,wrong field count: 4 instead of 3,"x,y,1,z"',
        'hdfs://nn/raw/2.csv,5,Amount,round,bad,not a number,"nice,bad,n"',
        'hdfs://nn/raw/3.csv,6,,records.malformed,,malformed: text after a closing quote,"""a""b"',
        '',
      ].join('\n'),
    );
  });

  it('may have more headers than mappings are kept for', () => {
    const names = ['a', 'b', 'c', 'd'];
    const orders = names.flatMap((first) => {
      const others = names.filter((name) => name !== first);
      return others.map((_, turn) => [first, ...others.slice(turn), ...others.slice(0, turn)]);
    });
    const headers = [...orders, ...orders.map((order) => [...order, 'e']), ...orders];
    const layouts = headers.map((own, at) => ({ names: own, inputs: [`/raw/${at}.csv`] }));
    const plan = mapperPlan({
      csv: { names, layouts, columnOrder: 'byName' },
      columns: [ruledColumn('a', 'upper'), ruledColumn('b', { places: 1 }, { action: 'reject' })],
      output: { header: 'first-part' },
    });
    const inputs = inputsOf(
      headers.map((own) => {
        const record = (b: string) => own.map((name) => (name === 'b' ? b : `is ${name}`)).join(',');
        return `${own.join(',')}\n${record('1')}\n${record('none')}\n${record('2.25')}\n`;
      }),
      [],
    );
    expectAlike(plan, inputs, 'kernel', 50);
    const { output } = together(plan, inputs, 'kernel', 4096);
    expect(output).toBe(`a,b,c,d\n${'IS A,1.0,is c,is d\nIS A,2.2,is c,is d\n'.repeat(headers.length)}`);
  });

  it('are each written with their own delimiter, also when one comes again', () => {
    const csv = { names: ['a', 'b'], delimiterIsOpen: true } as const;
    const output = { header: 'drop' } as const;
    const plan = mapperPlan({ csv, columns: [ruledColumn('a', 'upper')], output });
    const marks = [';', ',', ';', ','];
    const contents = marks.map((mark) => `sep=${mark}\nx${mark}b\nc${mark}"x,;y"\n`);
    const inputs = inputsOf(contents, []);
    for (const path of ['kernel', 'reference'] as const) {
      expectAlike(plan, inputs, path);
      const { output, rejects } = together(plan, inputs, path, 4096);
      expect(output).toBe(marks.map((mark) => `X${mark}b\nC${mark}"x,;y"\n`).join(''));
      expect(rejects).toBe(`${REJECT_COLUMNS.join(';')}\n`);
    }
  });
});
