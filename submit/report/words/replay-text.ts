import { quoteForShell } from '../../engines/programs.js';
import type { FailureDetails } from '../../errors.js';
import type { NothingToDo, RunNews, RunSummary } from '../../run/events.js';
import { count, formatNumber, quote } from '../escape.js';

type NoReplay = FailureDetails['no-replay'];

/** Why rejects can't be run again, a text a line. */
export function noReplayLines({ problem, runId, output, entry, what, known = [] }: NoReplay): string[] {
  switch (problem) {
    case 'unknown-run':
      return [
        `There is no run ${quote(runId)} in ${quote(output)}`,
        ...(known.length === 0 ? [] : [`  the latest runs there: ${known.join(', ')}`]),
      ];
    case 'not-published':
      return [`Run ${runId} has published nothing to ${quote(output)}, so there are no rejects of it`];
    case 'not-in-output':
      return [`The output ${quote(output)} does not hold what run ${runId} published`];
    case 'old-version':
      return [
        `The rejects of run ${runId} can't be run again: version 0.1 published it, and its rejects lack the records' places`,
      ];
    case 'rejects-gone':
      return [`The rejects of run ${runId} are gone: there is no folder ${quote(entry)}`];
    case 'rejects-changed':
      return [`The rejects of run ${runId} have changed: ${quote(entry)}`, `  ${what}`];
    case 'no-header':
      return [
        `The rejects of run ${runId} can't be run again: the job reads a header, but the inputs of that run had none`,
      ];
    case 'hidden':
      return [
        `The rejects of run ${runId} can't be run again: the job hides a part of the data (hash, mask or output.columns), so they do not hold whole records`,
      ];
    case 'other-headers':
      return [
        `The rejects of run ${runId} can't be run again: its inputs have different headers, and a reject does not tell which one is its own`,
      ];
    case 'too-many-unclosed':
      return [`The rejects of run ${runId} can't be run again: ${quote(entry)}`, `  ${what}`];
  }
}

/** What to do about it. */
export function noReplayHint({ problem, runId }: NoReplay): string {
  switch (problem) {
    case 'unknown-run':
      return 'Name the job file with --job FILE, or the state folder of the run with --state-dir FOLDER; the first line of a run says its id';
    case 'not-published':
      return 'Run the job again';
    case 'not-in-output':
      return 'It was replaced, made again or moved since: run the job on its inputs again';
    case 'old-version':
      return 'Publish everything again with --mode replace';
    case 'rejects-gone':
    case 'rejects-changed':
      return `Put them back from a copy; or correct the rejected records in a file of their own, and load it with hadoop-elt run JOB --input FILE --mode append`;
    case 'no-header':
      return 'Set csv.columns in the job file to the names of the columns';
    case 'other-headers':
    case 'hidden':
      return 'Correct the rejected records in a file of their own, by the file and line that the rejects name, and load it with hadoop-elt run JOB --input FILE --mode append';
    case 'too-many-unclosed':
      return `If no field of the data has a line break, set csv.quotedLineBreaks to no, and run hadoop-elt replay ${runId} again`;
  }
}

/** The failure of a replay by which no record passes. */
export function nonePassesLines({ runId, rejects, folder }: FailureDetails['none-passes']): string[] {
  return [
    `${rejects === 1 ? 'The only reject' : `None of the ${formatNumber(rejects)} rejects`} of run ${runId} ${rejects === 1 ? 'does not pass' : 'passes'}, so nothing was published`,
    `  the rejects, and what is wrong with each: ${folder}`,
  ];
}

/** What to do about it. */
export function nonePassesHint({ jobFile }: FailureDetails['none-passes']): string {
  return `Correct the rules in ${quoteForShell([jobFile])}, and replay again`;
}

/** The line at the start of a replay. */
export function replayingLine({ of, rejects, folder }: Extract<RunNews, { event: 'replaying' }>): string {
  return `  Runs ${count(rejects, 'reject')} of run ${of} again: ${folder}`;
}

/** The line of a summary that says how many rejects pass now. */
export function replayedLine({ replays, counts, runId }: RunSummary): string[] {
  if (replays === undefined) return [];
  const { recordsWritten: passed, recordsRejected: failed } = counts;
  const passing = `  ${formatNumber(passed)} of ${count(replays.rejects, 'reject')} of run ${replays.runId} ${passed === 1 ? 'passes' : 'pass'} now`;
  if (failed === 0) return [passing];
  return [
    `${passing}, ${formatNumber(failed)} ${failed === 1 ? 'fails' : 'fail'} again`,
    `  to replay what is left: hadoop-elt replay ${runId}`,
  ];
}

/** Why there is nothing to replay. */
export function nothingToReplay(
  reason: NothingToDo,
  { of = '', replayedBy }: Pick<Extract<RunNews, { event: 'nothing-to-do' }>, 'of' | 'replayedBy'>,
): string {
  if (reason !== 'already-replayed') return `run ${of} rejected no record`;
  const by = `the rejects of run ${of} were run again by run ${replayedBy?.runId ?? ''}`;
  const left = replayedBy?.rejects ?? 0;
  if (left === 0) return `${by}, and all of them passed`;
  return `${by}, which rejected ${formatNumber(left)} of them\n  to replay what is left: hadoop-elt replay ${replayedBy?.runId ?? ''}`;
}
