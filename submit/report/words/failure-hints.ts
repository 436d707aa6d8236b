import { MAPPER_EXIT } from '../../../mapper/contract.js';
import { doubtHeader, headerRemedy, quotesRemedy } from '../../../mapper/records/doubts.js';
import { quoteForShell } from '../../engines/programs.js';
import type { FailureDetails, FailureFacts } from '../../errors.js';
import { causeText } from './cause-text.js';
import { driftHint } from './drift-text.js';
import { changedHint, flawHint } from './input-text.js';
import { DIFFERENCE_HINT, databaseHint, keyHint, loadColumnHint } from './load-failure-text.js';
import { nonePassesHint, noReplayHint } from './replay-text.js';

const FUNCTION_THREW = 'Correct the function or the record; to try it alone: hadoop-elt map JOB < FILE';

/** The hint for a failure that has none of its own. */
export function hintOf({ code, details }: FailureFacts): string | undefined {
  switch (code) {
    case 'no-input':
      return details.patterns.some((pattern) => !isReadable(pattern, details.schemes))
        ? 'This command reads files of this machine only: give it some with --input, or look at what a run reads with hadoop-elt plan'
        : 'Paths in a job file are relative to the job file, those of --input to the working folder';
    case 'inputs-not-ready':
      return 'input.waitFor says when they are complete, and waitFor.upTo how long a run waits for that';
    case 'subfolders':
      return 'Set input.recursive to true in the job file to read them too, or give patterns of what is to be read';
    case 'input-unreadable':
      return flawHint(details.flaw);
    case 'line-too-long':
      return 'Look whether it is CSV at all; csv.maxRecordBytes sets the limit';
    case 'column-not-in-header': {
      const doubt = doubtHeader(details.names);
      return details.occurrences > 0 || (doubt === null && details.nearest !== undefined)
        ? undefined
        : headerRemedy(doubt, details.headerRow !== undefined);
    }
    case 'headers-differ':
      return driftHint(details);
    case 'columns-never-fit':
      return 'Name as many columns in csv.columns as the data have, or check csv.delimiter';
    case 'separator-differs':
      return 'Correct csv.delimiter, or leave it out: then the line decides';
    case 'inputs-differ':
      return details.what === 'delimiter'
        ? 'Set csv.delimiter if one of them is right for all; else give them jobs of their own'
        : 'Give inputs in different encodings jobs of their own';
    case 'malformed-record':
      return (
        quotesRemedy(details.doubt ?? null) ?? 'Fix the line, or set records.malformed to reject or pass'
      );
    case 'output-refused':
      return 'Choose a separate folder for the output with output.path or --output';
    case 'output-foreign':
      return foreignHint(details);
    case 'output-exists':
      return existsHint(details);
    case 'output-changed':
      return `Put the published file back, or publish everything again with --mode replace; to have only this folder made again, move it away: ${moveCommand(details.folder)}`;
    case 'manifest-unusable':
      return `Without it a run can't tell what is published. Put the file back from a copy, or move the folder away, so that its inputs are loaded again: ${moveCommand(details.folder)}`;
    case 'no-previous':
      return details.kept.length === 0
        ? 'Set output.keepPrevious to 1 or more, so that replace keeps the output that it takes the place of'
        : 'Name one of these with --to, or none for the one that was set aside last';
    case 'no-replay':
      return noReplayHint(details);
    case 'none-passes':
      return nonePassesHint(details);
    case 'input-changed':
      return changedHint(details);
    case 'verification-failed':
      return details.contents === undefined || details.contents.length === 0
        ? undefined
        : 'Run again, and see who else writes to the inputs or the output folder';
    case 'mapper-changed':
      return 'See who else writes there, and run again; it is then written anew';
    case 'check-failed':
      return details.findings.some(({ check }) => check === 'volume')
        ? 'Correct the data and run again; if they are right, change checks in the job file (volume: level: warn publishes and warns)'
        : 'Correct the data and run again; if they are right, change checks in the job file';
    case 'database':
      return databaseHint(details);
    case 'table-differs':
      return DIFFERENCE_HINT;
    case 'table-foreign':
      return 'Load into a table of its own, or run once with --adopt, which gives the rows to this job';
    case 'load-keys':
      return keyHint(details);
    case 'load-columns':
      return loadColumnHint(details);
    case 'loaded-before':
      return 'Run again: what is loaded is then left out';
    case 'esbuild-missing':
      return 'Install it beside your module: npm install --save-dev esbuild';
    case 'locked':
      if (details.hasEnded) return 'Run again; with --wait a run waits until the other has ended';
      return details.silentMs === undefined
        ? 'Wait for that run to end, or let this one wait for it with --wait'
        : 'Look at what that run has published; run again if something is missing';
    case 'time-limit':
      return 'See in its log which step took long; scheduled.timeLimit or --time-limit sets the limit';
    case 'job-failed':
      return details.exitCode === MAPPER_EXIT.userFunction ? FUNCTION_THREW : undefined;
    case 'hadoop-job-failed':
      return details.cause === 'mapper-failed' && details.exitCode === MAPPER_EXIT.userFunction
        ? FUNCTION_THREW
        : causeText(details.cause).hint;
    case 'hadoop-not-ready':
      return causeText(details.cause).hint;
    case 'hadoop-not-found':
      return {
        cluster: 'Give a cluster file with --cluster FILE, or set HADOOP_CONF_DIR on an edge node',
        command: 'Set hadoop in the cluster file, or put the command on the PATH',
        'streaming-jar': 'Set streamingJar in the cluster file, or --streaming-jar',
        user: 'Set user in the cluster file, --user or HADOOP_USER_NAME',
      }[details.what];
    case 'usage':
      return details.command === undefined
        ? 'See hadoop-elt --help'
        : `See hadoop-elt ${details.command} --help`;
    default:
      return undefined;
  }
}

function existsHint({ path, reason }: FailureDetails['output-exists']): string {
  switch (reason) {
    case 'taken-meanwhile':
      return 'Another run published there in the meantime; run again';
    case 'no-batches':
      return 'Run once with --adopt, which makes it the first batch, or choose another path with --output';
    case 'mixed':
      return 'Publish everything again with --mode replace, or choose another path with --output';
    case 'batches':
      return 'Use --mode append to add to it or --mode replace to take its place, or choose another path with --output';
    case 'changed-inputs':
      return 'Choose another path with --output, set output.mode to replace, or set output.onChangedInput to reload';
    case 'not-ours':
      return `No run of this job made it: choose another path with --output, or move it away first: ${moveCommand(path)}`;
    case 'other-inputs':
    case 'other-rules':
      return 'Choose another path with --output, or set output.mode to replace';
  }
}

/** A command line that moves a file or folder away. */
function moveCommand(path: string): string {
  const command = /^[a-z]+:\/\//.test(path) ? 'hadoop fs -mv' : 'mv';
  return `${command} ${quoteForShell([path])} ELSEWHERE`;
}

function foreignHint({ owner, mode, entry, path }: FailureDetails['output-foreign']): string {
  const what = entry === undefined ? 'the folder' : 'it';
  const move = `Choose another path with --output, or move ${what} away first: ${moveCommand(entry ?? path)}`;
  return owner === null || mode === 'rollback'
    ? move
    : `${move}. If this job was renamed, keep its name in the job file: name: ${owner}`;
}

/** False for an address of a kind that the command does not read. */
function isReadable(pattern: string, schemes: readonly string[]): boolean {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(pattern)?.[1]?.toLowerCase();
  return scheme === undefined || schemes.includes(scheme);
}
