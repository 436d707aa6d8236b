import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshFolder, openHdfs } from './support/cluster.js';
import { makeTree, openRecord, runHadoop } from './support/record.js';

/** How one pattern expands (FileSystem.globStatus). */
interface GlobCase {
  readonly pattern: string;
  /** In Hadoop's order; empty where nothing matches, null where Hadoop refuses the pattern. */
  readonly matches: readonly string[] | null;
  /** Why it is refused. */
  readonly error?: string;
}

const record = openRecord<GlobCase>('hadoop-globs.json');
const store = openHdfs();
let root = '';
beforeAll(async () => {
  root = await freshFolder(store, 'globs');
  await makeTree(store, root, record.tree);
});
afterAll(() => store.remove(root));

const list = (...paths: readonly string[]) => runHadoop('fs', '-ls', '-C', '-d', ...paths);

/** Asks for all patterns in one call, for each call takes seconds: the root stands between them as a separator. */
async function askHadoop(patterns: readonly string[]): Promise<GlobCase[]> {
  const { stdout } = await list(...patterns.flatMap((pattern) => [`${root}/${pattern}`, root]));
  const cases: GlobCase[] = [];
  let matches: string[] = [];
  for (const line of stdout.split('\n').slice(0, -1)) {
    if (line !== root) matches.push(line.slice(root.length + 1));
    else {
      cases.push(await refusedOr({ pattern: patterns[cases.length] as string, matches }));
      matches = [];
    }
  }
  return cases;
}

/** Nothing matches, or the pattern is refused: that is told among the errors of a call of its own. */
async function refusedOr(asked: GlobCase): Promise<GlobCase> {
  if (asked.matches?.length !== 0) return asked;
  const { stderr } = await list(`${root}/${asked.pattern}`);
  const error = stderr.split('\n').find((line) => line.startsWith('ls: ')) ?? stderr;
  if (error.endsWith('No such file or directory')) return asked;
  // Positions count from the beginning of a path that is another one each time.
  const text = error
    .slice('ls: '.length)
    .replaceAll(root, '')
    .replace(/ at \d+$/, '');
  return { pattern: asked.pattern, matches: null, error: text };
}

describe("Hadoop's globs", () => {
  it('expand as they are written down', async () => {
    const answers = await askHadoop(record.cases.map(({ pattern }) => pattern));
    expect(answers).toEqual(record.update(answers));
  });
});
