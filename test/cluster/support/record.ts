import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseClusterFile } from '../../../submit/hadoop/cluster/cluster-file.js';
import type { WebHdfsStore } from '../../../submit/stores/hdfs/webhdfs-store.js';
import { clusterFile } from './cluster.js';

const { hadoop = [], streamingJar = '' } = parseClusterFile(
  clusterFile,
  readFileSync(clusterFile, 'utf8'),
).content;

/** Where Hadoop's streaming jar is, as the command hadoop sees it. */
export { streamingJar };

/** What one run of the command hadoop printed, and how it ended. */
export interface HadoopRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command hadoop of the cluster file. */
export function runHadoop(...args: readonly string[]): Promise<HadoopRun> {
  const [command = '', ...rest] = hadoop;
  return new Promise((resolve, reject) => {
    execFile(command, [...rest, ...args], { maxBuffer: 64 * 1024 ** 2 }, (error, stdout, stderr) => {
      if (error === null) resolve({ exitCode: 0, stdout, stderr });
      else if (typeof error.code === 'number') resolve({ exitCode: error.code, stdout, stderr });
      else reject(error);
    });
  });
}

/** Answers of Hadoop that are kept in test/contracts, for tests that have no cluster. */
export interface RecordFile<Case> {
  /** Of the tree that was asked about. Paths are relative; one that ends in a slash is an empty folder. */
  readonly tree: readonly string[];
  readonly cases: readonly Case[];
  /** Writes other cases down when `UPDATE_GOLDEN` is set; then the difference is what has to be reviewed. */
  update(cases: readonly Case[]): readonly Case[];
}

/** The record of a name in test/contracts. */
export function openRecord<Case>(name: string): RecordFile<Case> {
  const path = fileURLToPath(new URL(`../../contracts/${name}`, import.meta.url));
  const { tree, cases } = JSON.parse(readFileSync(path, 'utf8')) as { tree: string[]; cases: Case[] };
  return {
    tree,
    cases,
    update(asked) {
      if (process.env.UPDATE_GOLDEN === undefined) return cases;
      writeFileSync(path, `${JSON.stringify({ tree, cases: asked }, null, 2)}\n`);
      return asked;
    },
  };
}

/** Makes the files of a tree, each with its own path in one line, and its empty folders. */
export async function makeTree(store: WebHdfsStore, root: string, tree: readonly string[]): Promise<void> {
  for (const path of tree) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1).replace(/\/$/, '');
    await store.makeDirectory(folder === '' ? root : `${root}/${folder}`);
    if (!path.endsWith('/')) await store.write(`${root}/${path}`, [Buffer.from(`${path}\n`)]);
  }
}
