import { MAPPER_EXIT } from '../../../mapper/contract.js';
import type { HadoopCauseKind } from '../../errors.js';
import type { LogFacts } from './hadoop-log.js';

/** The last failed attempt of a failed task. */
export interface FailedAttempt {
  readonly taskId: string;
  readonly attemptId: string;
  readonly node: string;
  readonly diagnostics: string;
  /** The last lines that the task wrote to stderr; null if its log is not available. */
  readonly stderrTail: string | null;
  /** `/data/a.csv, bytes 0 to 1024`; null if unknown. */
  readonly split: string | null;
}

/** The facts about a job that did not succeed. */
export interface JobFacts {
  /** Exit code of the hadoop command; null if it did not start or a signal ended it. */
  readonly exitCode: number | null;
  /** System error code if the command did not start: `ENOENT`. */
  readonly startError: string | null;
  readonly log: LogFacts;
  /** As the resourcemanager reports it. */
  readonly application: { readonly state: string; readonly diagnostics: string } | null;
  /** As the history server reports them. */
  readonly jobDiagnostics: string;
  readonly attempt: FailedAttempt | null;
}

/** The most probable cause of a failed job. */
export interface ProbableCause {
  readonly kind: HadoopCauseKind;
  /** The line that names the cause, as Hadoop or the task wrote it. */
  readonly said: string;
  /** Exit code of the mapper, if it ended with one. */
  readonly exitCode: number | null;
}

type Rule = readonly [HadoopCauseKind, RegExp];

/** Causes in the diagnostics of a task attempt; the first match counts. */
const ATTEMPT_RULES: readonly Rule[] = [
  ['program-missing', /Cannot run program "[^"]*".*error=2,.*/],
  ['program-not-executable', /Cannot run program "[^"]*".*error=(?:13|8),.*/],
  ['environment-too-big', /Cannot run program "[^"]*".*error=7,.*/],
  [
    'task-memory',
    /.*running (?:\d+B )?beyond (?:the )?'?(?:PHYSICAL|VIRTUAL|physical|virtual)'? memory limit.*/,
  ],
  ['task-timeout', /.*(?:taskTimedOut: true|Timed out after \d+ secs).*/],
  ['no-space-on-node', /.*No space left on device.*/],
  [
    'file-not-localised',
    /.*(?:changed on src filesystem|FileNotFoundException: File does not exist: \S*(?:mappers|node)\S*).*/,
  ],
  ['hdfs-quota', /.*(?:NSQuotaExceeded|DSQuotaExceeded|QuotaByStorageTypeExceeded)Exception.*/],
  ['hdfs-permission', /.*AccessControlException.*/],
  ['hdfs-safe-mode', /.*SafeModeException.*/],
  ['input-missing', /.*(?:FileNotFoundException: File does not exist|BlockMissingException).*/],
];

/** The command did not start: a shell, Docker or Java says so. */
export const COMMAND_MISSING =
  /.*(?:No such container|is not running|Cannot connect to the Docker daemon|no such service|executable file not found|command not found|No such file or directory|Could not find or load main class|JAVA_HOME).*/;
/** HDFS denies access. */
export const HDFS_PERMISSION = /.*(?:AccessControlException|Permission denied: user=).*/;

/** Causes in the texts about the whole job; the first match counts. */
const JOB_RULES: readonly Rule[] = [
  [
    'queue-unknown',
    /.*(?:to unknown queue|unknown queue|Unknown queue|is not a leaf queue|Queue \S+ is not).*/,
  ],
  [
    'queue-refused',
    /.*(?:cannot submit applications to queue|does not have permission to submit|User \S+ does not have.*SUBMIT|is STOPPED).*/,
  ],
  [
    'memory-request',
    /.*(?:capability is more than the supported max|InvalidResourceRequestException|maximum allowed allocation).*/,
  ],
  [
    'hdfs-quota',
    /.*(?:(?:NS|DS)QuotaExceededException|quota of \S+ is exceeded|NameSpace quota|DiskSpace quota).*/,
  ],
  ['hdfs-safe-mode', /.*(?:SafeModeException|Name node is in safe mode).*/],
  ['hdfs-permission', HDFS_PERMISSION],
  ['input-missing', /.*(?:Input path does not exist|Input Pattern .* matches 0 files).*/],
  ['output-exists', /.*Output directory \S+ already exists.*/],
  ['file-not-localised', /.*FileNotFoundException: File does not exist.*/],
  ['jar-missing', /.*(?:JAR does not exist or is not a normal file|Not a valid JAR).*/],
];

/** The end of an application that no service knows any more. */
export const LOST_APPLICATION = /^neither the resourcemanager nor the history server knows /;

const UNREACHABLE =
  /.*(?:ConnectException|Connection refused|UnknownHostException|NoRouteToHostException|ConnectTimeoutException|SocketTimeoutException|failed on connection exception|Retrying connect to server).*/;

/** Facts → the probable cause; `unknown`, with the most telling line, if no rule matches. Pure. */
export function findProbableCause(facts: JobFacts): ProbableCause {
  return (
    causeOfStart(facts) ??
    causeOfLoss(facts) ??
    causeOfKill(facts) ??
    causeOfAttempt(facts) ??
    causeOfJob(facts) ??
    unknown(facts)
  );
}

/** The cause if the hadoop command did not start. */
function causeOfStart({ startError, exitCode, log }: JobFacts): ProbableCause | undefined {
  if (startError !== null) return { kind: 'command-missing', said: startError, exitCode: null };
  if (log.applicationId !== null) return undefined;
  const said = matchIn(log.problems, COMMAND_MISSING);
  const isOfStart = said !== undefined && !/Exception/.test(said) && exitCode !== 0;
  return isOfStart ? { kind: 'command-missing', said, exitCode: null } : undefined;
}

/** `lost` in application-end.ts says so. */
function causeOfLoss({ log }: JobFacts): ProbableCause | undefined {
  return LOST_APPLICATION.test(log.reason)
    ? { kind: 'application-lost', said: log.reason, exitCode: null }
    : undefined;
}

function causeOfKill({ application, log, jobDiagnostics }: JobFacts): ProbableCause | undefined {
  const said = matchIn(
    [application?.diagnostics ?? '', log.reason, jobDiagnostics],
    /.*(?:was killed by user|killed by user|Application killed|Kill job \S+ received from).*/,
  );
  if (said !== undefined) return { kind: 'job-killed', said, exitCode: null };
  if (application?.state !== 'KILLED') return undefined;
  return { kind: 'job-killed', said: firstLine(application.diagnostics) || 'KILLED', exitCode: null };
}

function causeOfAttempt({ attempt }: JobFacts): ProbableCause | undefined {
  if (attempt === null) return undefined;
  const { diagnostics, stderrTail } = attempt;
  const heap = matchIn([stderrTail ?? ''], /.*JavaScript heap out of memory.*/);
  if (heap !== undefined) return { kind: 'node-memory', said: heap, exitCode: 134 };
  for (const [kind, pattern] of ATTEMPT_RULES) {
    const said = matchIn([diagnostics], pattern);
    if (said !== undefined) return { kind, said, exitCode: null };
  }
  const code = /subprocess failed with code (\d+)/.exec(diagnostics)?.[1];
  if (code !== undefined) return causeOfExit(Number(code), stderrTail ?? '', diagnostics);
  const killed = /Exit code (?:is|from container \S+ is ?:) ?(\d+)|exitCode: (\d+)/.exec(diagnostics);
  if (killed !== null && ['137', '143'].includes(killed[1] ?? killed[2] ?? '')) {
    return { kind: 'task-memory', said: firstLine(diagnostics), exitCode: Number(killed[1] ?? killed[2]) };
  }
  if (/subprocess exited successfully|Broken pipe|Stream closed/.test(diagnostics)) {
    return { kind: 'mapper-stopped-early', said: firstLine(diagnostics), exitCode: null };
  }
  return diagnostics.trim() === ''
    ? undefined
    : { kind: 'task-failed', said: firstLine(diagnostics), exitCode: null };
}

function causeOfExit(exitCode: number, stderrTail: string, diagnostics: string): ProbableCause {
  if (exitCode === 137 || exitCode === 134) {
    return { kind: exitCode === 137 ? 'task-memory' : 'node-memory', said: firstLine(diagnostics), exitCode };
  }
  const known = Object.entries(MAPPER_EXIT).some(([name, code]) => code === exitCode && name !== 'done');
  const said = sayingOf(stderrTail) ?? firstLine(diagnostics);
  // Another program may use the same exit codes; hadoop-elt's mapper prefixes its messages with its name.
  const ours = /hadoop-elt mapper:/.test(stderrTail);
  return { kind: known && ours ? 'mapper-failed' : 'mapper-exit', said, exitCode };
}

/** The line of a task's stderr that names the error: hadoop-elt's own, else Node's `Error: …`, else the last. */
function sayingOf(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !/^log4j:|^\s+at /.test(line));
  return (
    lines.find((line) => /hadoop-elt mapper:/.test(line)) ??
    lines.find((line) => /^(?:Uncaught )?\w*Error\b.*:/.test(line)) ??
    lines.at(-1)
  );
}

function causeOfJob({ log, application, jobDiagnostics }: JobFacts): ProbableCause | undefined {
  const texts = [
    log.launchError,
    application?.diagnostics ?? '',
    log.reason,
    jobDiagnostics,
    ...log.problems,
  ];
  for (const [kind, pattern] of JOB_RULES) {
    const said = matchIn(texts, pattern);
    if (said !== undefined) return { kind, said, exitCode: null };
  }
  const unreachable = matchIn(texts, UNREACHABLE);
  if (unreachable !== undefined) return { kind: serviceOf(unreachable), said: unreachable, exitCode: null };
  const master = matchIn(texts, /.*AM Container for \S+ exited with.*/);
  if (master !== undefined) {
    const detail = matchIn(texts, /^(?:Error:|Unrecognized|Exception|Caused by:|.*is running beyond).*/);
    return { kind: 'master-failed', said: detail ?? master, exitCode: null };
  }
  return undefined;
}

/** The service that did not answer: the resourcemanager if the line has its name or port, else the namenode. */
function serviceOf(line: string): HadoopCauseKind {
  return /:(?:8032|8030|8031|8033|8050)\b|resourcemanager/i.test(line)
    ? 'resource-manager-unreachable'
    : 'namenode-unreachable';
}

function unknown({ log, application, jobDiagnostics, exitCode }: JobFacts): ProbableCause {
  const said =
    firstLine(log.launchError) ||
    matchIn(log.problems, /.*(?:Exception|Error)\b.*/) ||
    firstLine(application?.diagnostics ?? '') ||
    firstLine(log.reason) ||
    firstLine(jobDiagnostics) ||
    log.problems.at(-1) ||
    `the command ended with exit code ${exitCode}`;
  return { kind: 'unknown', said, exitCode: null };
}

function matchIn(texts: readonly string[], pattern: RegExp): string | undefined {
  for (const text of texts) {
    for (const line of text.split('\n')) {
      const match = pattern.exec(line);
      if (match !== null) return match[0].trim();
    }
  }
  return undefined;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
