import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClusterFile } from '../../submit/job/cluster-file.js';
import { clusterFile, freshFolder, openHdfs } from './support/cluster.js';

/**
 * How Hadoop's own globs (FileSystem.globStatus) expand: asked once, kept in the JSON for tests without a cluster, and
 * asked again here. `UPDATE_GOLDEN=1` writes anew what is asked here.
 */
const recordFile = fileURLToPath(new URL('../contracts/hadoop-globs.json', import.meta.url));

/** Paths are relative to the folder of the tree; a path that ends in a slash is an empty folder. */
interface GlobRecord {
  readonly tree: readonly string[];
  readonly cases: readonly GlobCase[];
}

interface GlobCase {
  readonly pattern: string;
  /** In Hadoop's order; empty where nothing matches, null where Hadoop refuses the pattern. */
  readonly matches: readonly string[] | null;
  /** Why it is refused. */
  readonly error?: string;
}

const recorded: GlobRecord = JSON.parse(readFileSync(recordFile, 'utf8'));
const { hadoop = [] } = parseClusterFile(clusterFile, readFileSync(clusterFile, 'utf8')).content;
const store = openHdfs();
let root = '';

beforeAll(async () => {
  root = await freshFolder(store, 'globs');
  for (const path of recorded.tree) {
    if (path.endsWith('/')) await store.makeDirectory(`${root}/${path.slice(0, -1)}`);
    else {
      await store.makeDirectory(`${root}/${path}`.replace(/\/[^/]*$/, ''));
      await store.write(`${root}/${path}`, [Buffer.from('x')]);
    }
  }
});
afterAll(() => store.remove(root));

/** What `hadoop fs -ls -C -d` prints for arguments, line by line, and what it complains of. */
async function list(patterns: readonly string[]): Promise<{ lines: string[]; complaint: string }> {
  const [command = '', ...rest] = hadoop;
  const { stdout, stderr } = await promisify(execFile)(
    command,
    [...rest, 'fs', '-ls', '-C', '-d', ...patterns],
    {
      maxBuffer: 64 * 1024 ** 2,
    },
  ).catch((error: { stdout: string; stderr: string }) => error);
  return { lines: stdout.split('\n').filter((line) => line !== ''), complaint: stderr };
}

/** Asks for all patterns in one call, for each takes a second: the root stands between them as a separator. */
async function askHadoop(patterns: readonly string[]): Promise<GlobCase[]> {
  const { lines } = await list(patterns.flatMap((pattern) => [`${root}/${pattern}`, root]));
  const cases: GlobCase[] = [];
  let matches: string[] = [];
  for (const line of lines) {
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
  const { complaint } = await list([`${root}/${asked.pattern}`]);
  const error = complaint.split('\n').find((line) => line.startsWith('ls: ')) ?? complaint;
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
    const answers = await askHadoop(recorded.cases.map(({ pattern }) => pattern));
    if (process.env.UPDATE_GOLDEN === '1') {
      writeFileSync(recordFile, `${JSON.stringify({ ...recorded, cases: answers }, null, 2)}\n`);
    }
    expect(answers).toEqual(process.env.UPDATE_GOLDEN === '1' ? answers : recorded.cases);
  });
});
