import type { StoreProblem } from '../../errors.js';

/** What to do about a problem of HDFS; undefined where its cause says all. */
export function hintOfHdfs(problem: StoreProblem): string | undefined {
  switch (problem) {
    case 'unreachable':
      return 'Is the namenode running, and is its address right? It stands under webhdfs: in the cluster file';
    case 'safe-mode':
      return 'It leaves safe mode by itself when it has heard of enough blocks; hdfs dfsadmin -safemode get tells. Then run again';
    case 'quota-exceeded':
      return 'Remove what is not needed there, or ask for a larger quota; hadoop fs -count -q tells what is used';
    case 'not-authenticated':
      return 'hadoop-elt names a user and proves nothing: the cluster has to allow simple authentication for WebHDFS';
    default:
      return undefined;
  }
}
