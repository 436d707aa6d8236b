import { Readable, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { keyPlanOf, runKeyProgram } from '../../../../../submit/engines/keys/key-program.js';

const plan = keyPlanOf([
  { folder: '/out/batch=1', delimiter: ',', names: ['id', 'n'], key: [0] },
  { folder: '/out/batch=2', delimiter: ';', names: ['n', 'id'], key: [1] },
  { folder: '/staging/records', delimiter: ',', names: ['id', 'n'], key: [0] },
]);

/** What the program writes for an input that comes in pieces. */
async function outputOf(mode: string, input: string, file = ''): Promise<string> {
  const chunks: Buffer[] = [];
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const bytes = Buffer.from(input);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, at) =>
    bytes.subarray(3 * at, 3 * at + 3),
  );
  const stdin = Readable.from(pieces, { objectMode: false });
  await runKeyProgram(plan, { argv: [mode], env: { mapreduce_map_input_file: file }, stdin, stdout });
  return Buffer.concat(chunks).toString();
}

it('the plan names a layout once, whatever number of folders has it', () => {
  expect(plan.map(({ folders }) => folders)).toEqual([
    ['/out/batch=1', '/staging/records'],
    ['/out/batch=2'],
  ]);
});

it('maps a part by the layout of its folder', async () => {
  const file = 'hdfs://nn:8020/out/batch=2/part-00000';
  expect(await outputOf('map', 'n;id\nx;1\ny;"2\n3"\n', file)).toBe('1\n2\\n3\n');
  expect(await outputOf('map', 'id,n\n1,x\n', 'hdfs://nn:8020/staging/records/part-00003.gz')).toBe('1\n');
});

it('stops at a part of a folder that the plan does not know', async () => {
  await expect(outputOf('map', '1,x\n', 'hdfs://nn:8020/out/part-00000')).rejects.toThrow(
    'The plan does not know the folder of hdfs://nn:8020/out/part-00000',
  );
});

it('reduces sorted keys to what they add up to, in ASCII', async () => {
  const sorted = ['\t', '\t', 'a\t', 'b\t', 'b\t', 'b\t', 'é\t', 'é\t'].map((line) => `${line}\n`).join('');
  const text = await outputOf('reduce', sorted);
  expect(text).toMatch(/^[\x20-\x7e]+\n$/);
  expect(JSON.parse(text)).toEqual({
    records: 8,
    keys: 4,
    duplicateKeys: 3,
    examples: [
      { form: 'b', count: 3 },
      { form: '', count: 2 },
      { form: Buffer.from('é').toString('latin1'), count: 2 },
    ],
  });
  expect(JSON.parse(await outputOf('reduce', ''))).toMatchObject({ records: 0, keys: 0 });
});
