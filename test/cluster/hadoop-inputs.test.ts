import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshFolder, openHdfs, superuser } from './support/cluster.js';
import { makeTree, openRecord, runHadoop, streamingJar } from './support/record.js';

/** Which files a streaming job reads for its inputs (FileInputFormat). */
interface InputCase {
  /** Each is one `-input`, below the root of the tree. */
  readonly inputs: readonly string[];
  /** mapreduce.input.fileinputformat.input.dir.recursive */
  readonly recursive?: true;
  /** By name, one for each time that it is read; null where the job does not start. */
  readonly files: readonly string[] | null;
  /** Why it does not; the command exits with 5 then. */
  readonly error?: string;
}

const record = openRecord<InputCase>('hadoop-inputs.json');
const store = openHdfs();
let root = '';
beforeAll(async () => {
  root = await freshFolder(store, 'inputs');
  await makeTree(store, `${root}/tree`, record.tree);
});
afterAll(() => store.remove(root));

/** Runs `cat` over the inputs, in one process: which files are read is settled before anything is sent to YARN. */
async function askHadoop({ inputs, recursive }: InputCase, output: string): Promise<InputCase> {
  const asked = { inputs, ...(recursive === undefined ? {} : { recursive }) };
  const { exitCode, stderr, stdout } = await runHadoop(
    'jar',
    streamingJar,
    ...['-D', 'mapreduce.framework.name=local', '-D', 'mapreduce.job.reduces=0'],
    ...['-D', 'stream.map.output=keyonlytext'],
    ...['-D', `mapreduce.input.fileinputformat.input.dir.recursive=${recursive ?? false}`],
    ...inputs.flatMap((input) => ['-input', `${root}/tree/${input}`]),
    ...['-output', output, '-mapper', 'cat'],
  );
  if (exitCode === 0) {
    const chunks: Uint8Array[] = [];
    for (const { name, path } of await store.list(output)) {
      if (name.startsWith('part-')) for await (const chunk of store.read(path)) chunks.push(chunk);
    }
    const files = Buffer.concat(chunks).toString().split('\n').slice(0, -1).sort();
    return { ...asked, files };
  }
  expect(exitCode).toBe(5);
  const error = /Error Launching job : (.*)/.exec(`${stdout}\n${stderr}`)?.[1] ?? stderr;
  return {
    ...asked,
    files: null,
    error: error.replaceAll(/hdfs:\/\/[^/]*/g, '').replaceAll(`${root}/tree`, ''),
  };
}

describe('a streaming job', () => {
  it(`reads the files that are written down, as ${superuser}`, async () => {
    const answers: InputCase[] = [];
    for (const [index, each] of record.cases.entries()) {
      answers.push(await askHadoop(each, `${root}/output-${index}`));
    }
    expect(answers).toEqual(record.update(answers));
  }, 400_000);
});
