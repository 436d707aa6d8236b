import type { StoreProblem } from '../../errors.js';

/** What to do about a problem of HDFS; undefined if the cause is enough. */
export function hintOfHdfs(problem: StoreProblem): string | undefined {
  switch (problem) {
    case 'unreachable':
      return 'Check that the namenode is running, and that webhdfs in the cluster file is its address';
    case 'safe-mode':
      return 'Run again when the namenode has left safe mode (hdfs dfsadmin -safemode get), after enough blocks are reported';
    case 'quota-exceeded':
      return 'Remove files that are not needed there, or ask for a larger quota; hadoop fs -count -q shows what is used';
    case 'not-authenticated':
      return 'hadoop-elt sends a user name without credentials: allow simple authentication for WebHDFS on the cluster';
    default:
      return undefined;
  }
}
