import { MAPPER_EXIT } from '../../../mapper/contract.js';
import { formatDurationSetting } from '../../config/durations.js';
import { formatSize } from '../../config/sizes.js';
import { quoteForShell } from '../../engines/programs.js';
import type {
  ContentMismatch,
  FailedRecord,
  FailureCode,
  FailureDetails,
  FailureFacts,
  JobFileProblem,
  StoreFailureDetails,
} from '../../errors.js';
import { count, escapeControls, formatDuration, formatNumber, quote, quoteInput } from '../escape.js';
import { causeText } from './cause-text.js';
import { checkLines } from './check-text.js';
import { driftLines } from './drift-text.js';
import { hintOf } from './failure-hints.js';
import { changedText, flawText, leftLines } from './input-text.js';
import {
  databaseLines,
  differenceLines,
  foreignRowsLines,
  keyLines,
  loadColumnLines,
  refusalLines,
} from './load-failure-text.js';
import { lockedLines } from './lock-text.js';
import { nonePassesLines, noReplayLines } from './replay-text.js';
import { waitingText } from './wait-text.js';

/**
 * A failure as text for people. The first line says what could not be done, to what, in which state; then comes the
 * cause, then the hint. Without a final line end.
 */
export function formatFailure(failure: FailureFacts): string {
  const { lines, hint } = explainFailure(failure);
  return escapeControls(['hadoop-elt: ', lines.join('\n'), hint === undefined ? '' : `\n  ${hint}`].join(''));
}

/** The same for a load that failed, whose output stays published. */
export function formatLoadFailure(failure: FailureFacts): string {
  return `${formatFailure(failure)}\n  The output is published; to load it: hadoop-elt load JOB`;
}

/** The text for a failure: what and why, one line each, and the hint. */
export function explainFailure(failure: FailureFacts): {
  readonly lines: readonly string[];
  readonly hint: string | undefined;
} {
  return { lines: linesOf(failure), hint: failure.hint ?? hintOf(failure) };
}

function linesOf({ code, details }: FailureFacts): string[] {
  switch (code) {
    case 'usage':
      return [details.problem];
    case 'job-file-unreadable':
    case 'cluster-file-unreadable':
      return [`Can't read the ${fileKind(code)} ${quote(details.path)}`, `  ${details.cause}`];
    case 'job-file-invalid':
    case 'cluster-file-invalid': {
      const { path, problems, unnamed = 0 } = details;
      const all = problems.length + unnamed;
      return [
        `The ${fileKind(code)} ${quote(path)} has ${all === 1 ? 'a problem' : count(all, 'problem')}`,
        ...problems.flatMap((problem) => problemLines(path, problem)),
        ...(unnamed > 0 ? [`  and ${formatNumber(unnamed)} more`] : []),
      ];
    }
    case 'column-not-in-header': {
      const place = details.line === null ? quote(details.jobFile) : `${details.jobFile}:${details.line}`;
      const what =
        details.occurrences === 0
          ? `Column ${quote(details.column)} is not in the header of ${quote(details.input)}`
          : `Column ${quote(details.column)} occurs ${details.occurrences} times in the header of ${quote(details.input)}`;
      return [
        what,
        `  asked for at ${place}`,
        ...(details.occurrences > 0 ? [] : takenForHeader(details)),
        `  the header has: ${details.names.map(quote).join(', ')}`,
        ...(details.occurrences > 1 ? ['  Use its 0-based index instead, such as [2]'] : []),
        ...(details.nearest === undefined ? [] : [`  Did you mean ${quote(details.nearest)}?`]),
      ];
    }
    case 'headers-differ':
      return [differsFrom(details), ...driftLines(details).map((line) => `  ${line}`)];
    case 'no-input':
      return [`No input matches ${details.patterns.map(quoteInput).join(', ')}`, inputsAskedFor(details)];
    case 'inputs-not-ready':
      return [
        `The inputs were not complete after ${formatDuration(details.waitedMs)}`,
        `  ${waitingText(details.wanted, details.arrived)}`,
      ];
    case 'subfolders':
      return [
        `A folder of the input has ${count(details.count, 'subfolder')}: ${details.paths.map(quote).join(', ')}${details.count > details.paths.length ? ', …' : ''}`,
        inputsAskedFor(details),
      ];
    case 'input-unreadable':
      return [`Can't read ${quote(details.path)}: ${flawText(details)}`];
    case 'columns-never-fit': {
      const place = details.line === null ? quote(details.jobFile) : `${details.jobFile}:${details.line}`;
      return [
        `${details.records === 1 ? 'The only record does not have' : `Not one of ${count(details.records, 'record')} has`} the ${count(details.columns, 'column')} of csv.columns`,
        `  named at ${place}`,
      ];
    }
    case 'separator-differs':
      return [
        `${quote(details.path)} says by its line sep= that the delimiter is ${quote(details.separator)}, but the job says ${quote(details.delimiter)}`,
      ];
    case 'inputs-differ':
      return [
        `Two inputs differ in their ${details.what}`,
        `${quote(details.first)}: ${details.firstHas}`,
        `${quote(details.second)}: ${details.secondHas}`,
      ];
    case 'line-too-long':
      return [
        `Line ${formatNumber(details.lineNumber)} of ${quote(details.path)} is longer than ${formatSize(details.maxBytes)}`,
      ];
    case 'all-left-out':
      return [
        'No input is left: each one is missing or broken',
        ...leftLines(details.left, linesOf).map((line) => `  ${line}`),
      ];
    case 'malformed-record':
      return [
        `Line ${formatNumber(details.lineNumber)} of ${quote(details.path)} is malformed: ${details.reason}`,
        ...(details.count > 1 ? [`  ${formatNumber(details.count)} lines of this file are malformed`] : []),
      ];
    case 'input-changed':
      return [`The input ${quote(details.path)} ${changedText(details)}`];
    case 'output-refused':
      return [`Can't publish to ${quote(details.path)}: ${details.because}`];
    case 'output-foreign':
      return foreignLines(details);
    case 'output-exists':
      return [
        `The output ${quote(details.path)} exists already (mode ${details.mode})`,
        ...existsBecause(details.reason),
      ];
    case 'output-changed':
      return [`The published file ${quote(details.path)} has changed: ${details.what}`];
    case 'manifest-unusable':
      return [`Can't use the manifest ${quote(details.path)}: ${details.problem}`];
    case 'no-previous':
      return [
        details.wanted === null
          ? `There is no previous output of ${quote(details.path)} to put back`
          : `The output of run ${quote(details.wanted)} is not among the previous ones of ${quote(details.path)}`,
        ...(details.kept.length === 0 ? [] : [`  kept: ${details.kept.join(', ')}`]),
      ];
    case 'no-replay':
      return noReplayLines(details);
    case 'none-passes':
      return nonePassesLines(details);
    case 'store':
      return storeLines(details);
    case 'database':
      return databaseLines(details);
    case 'table-differs':
      return differenceLines(details);
    case 'table-foreign':
      return foreignRowsLines(details);
    case 'load-keys':
      return keyLines(details);
    case 'load-columns':
      return loadColumnLines(details);
    case 'loaded-before':
      return [
        `The input ${quote(details.path)} was loaded into ${quote(details.uri)} by run ${details.loadedBy}`,
      ];
    case 'module-invalid':
      return [
        `Can't build a mapper from ${quote(details.path)}`,
        ...askedForLines(details),
        ...indent(details.problem),
      ];
    case 'esbuild-missing':
      return [
        `Building a mapper from ${quote(details.path)} needs the package esbuild, which is not installed`,
        ...askedForLines(details),
      ];
    case 'hadoop-not-reachable':
      return [`Can't reach ${details.what}`, `  ${details.cause}`];
    case 'job-failed':
      return [
        `Task ${details.task} failed: ${causeOfExit(details.exitCode) ?? details.cause}`,
        ...recordLines(details.record),
        `  its input: ${details.input}`,
        ...indent(details.stderrTail),
        `  its log: ${details.log}`,
      ];
    case 'hadoop-not-found':
      return [
        {
          cluster: 'No Hadoop cluster',
          command: 'The hadoop command was not found',
          'streaming-jar': "Hadoop's streaming jar was not found",
          user: 'No HDFS user',
        }[details.what],
        ...details.looked.map((place) => `  looked for: ${place}`),
      ];
    case 'hadoop-not-ready':
      return [
        causeText(details.cause).title,
        `  ${details.said}`,
        ...(details.nearest === undefined ? [] : [`  Did you mean ${quote(details.nearest)}?`]),
      ];
    case 'hadoop-job-failed':
      return hadoopJobLines(details);
    case 'check-failed':
      return checkFailedLines(details);
    case 'verification-failed':
      return [
        details.mismatches.length > 0
          ? 'The counts do not agree, so nothing was published'
          : 'The output is not what the mapper made of the inputs, so nothing was published',
        ...details.mismatches.map(
          ({ left, leftCount, right, rightCount }) =>
            `  ${left}: ${formatNumber(leftCount)}, but ${right}: ${formatNumber(rightCount)}`,
        ),
        ...(details.contents ?? []).map((mismatch) => `  ${contentText(mismatch)}`),
        `  the logs of the tasks: ${details.logs}`,
      ];
    case 'mapper-changed':
      return [`The mapper ${quote(details.path)} is not the one that was built, so nothing was published`];
    case 'locked':
      return lockedLines(details);
    case 'time-limit':
      return [
        `The run took longer than its time limit of ${formatDurationSetting(details.limitMs)}, and was ended; nothing was published`,
      ];
    case 'interrupted':
      return [`Interrupted by ${details.signal}; nothing was published`];
  }
}

function foreignLines({ path, owner, mode, entry }: FailureDetails['output-foreign']): string[] {
  const actions: Readonly<Record<string, string>> = {
    replace: `replace the output ${quote(path)}`,
    append: `append to the output ${quote(path)}`,
    rollback: `roll back ${quote(path)}`,
  };
  const action = actions[mode] ?? `publish to ${quote(path)}`;
  const what = entry === undefined ? 'it' : quote(entry);
  const by = owner === null ? 'was not published by hadoop-elt' : `was published by another job (${owner})`;
  return [`Can't ${action}: ${what} ${by}`];
}

/** What differs, where that is known. */
function existsBecause(reason: FailureDetails['output-exists']['reason']): string[] {
  switch (reason) {
    case 'changed-inputs':
      return ['  an input has changed since it was published'];
    case 'other-inputs':
      return ['  it was published from other inputs'];
    case 'other-rules':
      return ['  the job has changed since it was published'];
    case 'batches':
      return ['  it holds batches'];
    case 'mixed':
      return ['  it holds both part files and batches'];
    case 'no-batches':
      return ['  it is not made of batches'];
    case 'not-ours':
    case 'taken-meanwhile':
      return [];
  }
}

function inputsAskedFor({
  line,
  jobFile,
}: {
  readonly line: number | null;
  readonly jobFile: string;
}): string {
  return `  asked for ${line === null ? 'on the command line' : `at ${jobFile}:${line}`}`;
}

function hadoopJobLines(details: FailureDetails['hadoop-job-failed']): string[] {
  const { cause, said, exitCode, task, applicationId, trackingUrl, log } = details;
  const exit =
    causeOfExit(cause === 'mapper-failed' ? exitCode : null) ??
    (exitCode === null ? '' : `exit code ${exitCode}`);
  const tail = (task?.stderrTail ?? '').trim();
  return [
    `${causeText(cause).title}${exit === '' ? '' : `: ${exit}`}`,
    ...recordLines(details.record),
    ...(tail.includes(said) ? [] : [`  ${said}`]),
    ...(task === null
      ? []
      : [
          `  task ${task.attemptId} on ${task.node}`,
          ...(task.input === null ? [] : [`  its input: ${task.input}`]),
          ...(tail === '' ? [] : ['  the end of its stderr:', ...indent(tail).map((line) => `  ${line}`)]),
        ]),
    ...(applicationId === null
      ? []
      : [`  application ${applicationId}${trackingUrl === null ? '' : `, ${trackingUrl}`}`]),
    `  the log of the hadoop command: ${log}`,
  ];
}

const NOT_DONE: Readonly<Record<FailureDetails['check-failed']['before'], string>> = {
  upload: 'nothing was sent or published',
  publish: 'nothing was published',
  load: 'nothing was loaded',
};

function checkFailedLines(details: FailureDetails['check-failed']): string[] {
  const { findings, before, logs, recordsRejected, jobFile, refused = [], mayRefuseMore } = details;
  const [first] = findings;
  const what =
    findings.length === 1 ? `The check ${first?.check} failed` : `${findings.length} checks failed`;
  return [
    `${what}, so ${NOT_DONE[before]}`,
    ...findings.flatMap((finding) => checkLines(finding).map((line) => `  ${line}`)),
    ...refusalLines(refused),
    ...(mayRefuseMore ? ['  beyond that it was asked for no more: it may refuse others too'] : []),
    ...(logs === null ? [] : [`  the logs of the tasks: ${logs}`]),
    ...(recordsRejected === 0
      ? []
      : [
          `  to see what ${refused.length === 0 ? 'is rejected' : 'the rules of the job reject'}: hadoop-elt map ${quoteForShell([jobFile])} --emit rejects < FILE`,
        ]),
  ];
}

function recordLines(record: FailedRecord | undefined): string[] {
  if (record === undefined) return [];
  const { path, lineNumber } = record;
  return [`  the record: ${path}${lineNumber === null ? '' : `:${lineNumber}`}`];
}

function askedForLines({ askedFor }: { readonly askedFor?: string }): string[] {
  return askedFor === undefined ? [] : [`  asked for at ${askedFor}`];
}

function fileKind(code: FailureCode): string {
  return code.startsWith('job-file') ? 'job file' : 'cluster file';
}

function problemLines(path: string, problem: JobFileProblem): string[] {
  const key = problem.key === '' ? '' : `${problem.key}: `;
  return [
    `  ${path}:${problem.line}:${problem.column} ${key}${problem.message}`,
    ...(problem.given === undefined ? [] : [`    given: ${problem.given}`]),
    ...(problem.accepted === undefined ? [] : [`    accepted: ${problem.accepted}`]),
    ...(problem.nearest === undefined ? [] : [`    Did you mean ${problem.nearest}?`]),
  ];
}

function storeLines({ operation, path, problem, cause }: StoreFailureDetails): string[] {
  const states: Record<typeof problem, string> = {
    'not-found': 'it does not exist',
    exists: 'the target exists already',
    'no-permission': 'no permission',
    'no-space': 'no space left on the device',
    'not-a-directory': 'a part of the path is a file, not a folder',
    'is-a-directory': 'it is a folder',
    unreachable: "it can't be reached",
    'connection-lost': 'the connection was lost',
    'timed-out': 'no answer in time',
    'not-authenticated': 'authentication failed',
    'safe-mode': 'HDFS is in safe mode (read-only)',
    'quota-exceeded': 'an HDFS quota is exceeded',
    corrupt: 'its content is damaged',
    'not-supported': 'this kind of file is not supported',
    unsafe: 'it is not safe',
    other: 'the system refused',
  };
  return [
    // System errors of calls on an open file name no path.
    `Can't ${operation}${path === '' ? '' : ` ${quote(path)}`}: ${states[problem]}`,
    ...(cause === undefined ? [] : [`  ${cause}`]),
  ];
}

function differsFrom({ first, second, firstIs }: FailureDetails['headers-differ']): string {
  switch (firstIs) {
    case 'job file':
      return `The header of ${quote(second)} is not csv.columns of ${quote(first)}`;
    case 'published':
      return `The header of ${quote(second)} is not that of what run ${first} published`;
    default:
      return `The headers of ${quote(first)} and ${quote(second)} differ`;
  }
}

function causeOfExit(exitCode: number | null): string | undefined {
  switch (exitCode) {
    case MAPPER_EXIT.invalidField:
      return 'a field is invalid and its rule says onInvalid: fail';
    case MAPPER_EXIT.wrongFieldCount:
      return 'a record has the wrong number of fields and the job says records.wrongFieldCount: fail';
    case MAPPER_EXIT.malformed:
      return 'a record is malformed and the job says records.malformed: fail';
    case MAPPER_EXIT.header:
      return 'the header is not what the job needs';
    case MAPPER_EXIT.quotedLineBreak:
      return 'a quoted field continues after a line end; set csv.quotedLineBreaks in the job file';
    case MAPPER_EXIT.lineTooLong:
      return 'a line is longer than csv.maxRecordBytes allows';
    case MAPPER_EXIT.userFunction:
      return 'a function of the mapper threw';
    case MAPPER_EXIT.io:
      return 'it could not read its input or write its output';
    case MAPPER_EXIT.bug:
      return 'the mapper hit an unexpected error; please report it';
    default:
      return undefined;
  }
}

function indent(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

function contentText({ of, path }: ContentMismatch): string {
  if (of === 'input') {
    return path === null
      ? 'the mappers read other lines than those that were scanned: an input was changed in between'
      : `the mappers read other lines of ${quote(path)} than those that were scanned: it was changed in between`;
  }
  return path === null
    ? 'a part file is not what its mapper wrote: it was changed in staging'
    : `the part file ${quote(path)} is not what its mapper wrote: it was changed in staging`;
}

function takenForHeader({ headerLine, headerRow }: FailureDetails['column-not-in-header']): string[] {
  if (headerRow !== undefined) return [`  row ${headerRow} of the sheet was taken for the header`];
  return headerLine === undefined ? [] : [`  line ${headerLine} was taken for the header`];
}
