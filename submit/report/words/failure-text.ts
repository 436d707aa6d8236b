import { MAPPER_EXIT } from '../../../mapper/contract.js';
import { quoteForShell } from '../../engines/programs.js';
import type {
  FailedRecord,
  FailureCode,
  FailureDetails,
  FailureFacts,
  JobFileProblem,
  StoreFailureDetails,
} from '../../errors.js';
import { escapeControls, formatNumber, quote } from '../escape.js';
import { causeText } from './cause-text.js';
import { checkLines } from './check-text.js';
import { hintOf } from './failure-hints.js';

/**
 * A failure as text for people. The first line says what could not be done, to what, in which state; then comes the
 * cause, then the hint. Without a final line end.
 */
export function formatFailure(failure: FailureFacts): string {
  const { lines, hint } = explainFailure(failure);
  return escapeControls(['hadoop-elt: ', lines.join('\n'), hint === undefined ? '' : `\n  ${hint}`].join(''));
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
    case 'cluster-file-invalid':
      return [
        `The ${fileKind(code)} ${quote(details.path)} has ${details.problems.length === 1 ? 'a problem' : `${details.problems.length} problems`}`,
        ...details.problems.flatMap((problem) => problemLines(details.path, problem)),
      ];
    case 'column-not-in-header': {
      const place = details.line === null ? quote(details.jobFile) : `${details.jobFile}:${details.line}`;
      const what =
        details.occurrences === 0
          ? `Column ${quote(details.column)} is not in the header of ${quote(details.input)}`
          : `Column ${quote(details.column)} occurs ${details.occurrences} times in the header of ${quote(details.input)}`;
      return [
        what,
        `  asked for at ${place}`,
        `  the header has: ${details.names.map(quote).join(', ')}`,
        ...(details.occurrences > 1 ? ['  Use its 0-based index instead, such as [2]'] : []),
        ...(details.nearest === undefined ? [] : [`  Did you mean ${quote(details.nearest)}?`]),
      ];
    }
    case 'headers-differ':
      return [
        `The headers of ${quote(details.first)} and ${quote(details.second)} differ`,
        ...firstDifference(details.firstNames, details.secondNames),
      ];
    case 'no-input':
      return [
        `No input matches ${details.patterns.map(quote).join(', ')}`,
        `  asked for ${details.line === null ? 'on the command line' : `at ${details.jobFile}:${details.line}`}`,
      ];
    case 'malformed-record':
      return [
        `Line ${formatNumber(details.lineNumber)} of ${quote(details.path)} is malformed: ${details.reason}`,
        ...(details.count > 1 ? [`  ${formatNumber(details.count)} lines of this file are malformed`] : []),
      ];
    case 'input-changed':
      return [`The input ${quote(details.path)} has changed: ${details.what}`];
    case 'output-refused':
      return [`Can't publish to ${quote(details.path)}: ${details.because}`];
    case 'output-foreign':
      return [
        details.owner === null
          ? `Can't replace the output ${quote(details.path)}: it was not published by hadoop-elt`
          : `Can't replace the output ${quote(details.path)}: it was published by another job (${details.owner})`,
      ];
    case 'output-exists':
      return [`The output ${quote(details.path)} exists already (mode ${details.mode})`];
    case 'store':
      return storeLines(details);
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
        'The counts do not agree, so nothing was published',
        ...details.mismatches.map(
          ({ left, leftCount, right, rightCount }) =>
            `  ${left}: ${formatNumber(leftCount)}, but ${right}: ${formatNumber(rightCount)}`,
        ),
        `  the logs of the tasks: ${details.logs}`,
      ];
    case 'locked':
      return [`The output ${quote(details.path)} is locked by ${details.owner}`];
    case 'interrupted':
      return [`Interrupted by ${details.signal}; nothing was published`];
  }
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

function checkFailedLines(details: FailureDetails['check-failed']): string[] {
  const { findings, before, logs, recordsRejected, jobFile } = details;
  const [first] = findings;
  const what =
    findings.length === 1 ? `The check ${first?.check} failed` : `${findings.length} checks failed`;
  return [
    `${what}, so ${before === 'upload' ? 'nothing was sent or published' : 'nothing was published'}`,
    ...findings.flatMap((finding) => checkLines(finding).map((line) => `  ${line}`)),
    ...(logs === null ? [] : [`  the logs of the tasks: ${logs}`]),
    ...(recordsRejected === 0
      ? []
      : [`  to see what is rejected: hadoop-elt map ${quoteForShell([jobFile])} --emit rejects < FILE`]),
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
    other: 'the system refused',
  };
  return [
    // System errors of calls on an open file name no path.
    `Can't ${operation}${path === '' ? '' : ` ${quote(path)}`}: ${states[problem]}`,
    ...(cause === undefined ? [] : [`  ${cause}`]),
  ];
}

function firstDifference(first: readonly string[], second: readonly string[]): string[] {
  const index = first.findIndex((name, at) => name !== second[at]);
  const at = index === -1 ? first.length : index;
  const show = (name: string | undefined) => (name === undefined ? 'no column' : quote(name));
  return [
    `  column [${at}] is ${show(first[at])} in the first and ${show(second[at])} in the second`,
    `  they have ${first.length} and ${second.length} columns`,
  ];
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
