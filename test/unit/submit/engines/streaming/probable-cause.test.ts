import { describe, expect, it } from 'vitest';
import {
  type FailedAttempt,
  findProbableCause,
  type JobFacts,
} from '../../../../../submit/engines/streaming/probable-cause.js';
import { HADOOP_CAUSES, type HadoopCauseKind } from '../../../../../submit/errors.js';
import { causeText } from '../../../../../submit/report/words/cause-text.js';
import { recordedJob } from './recorded-job.js';

const RECORDED: readonly (readonly [string, HadoopCauseKind, RegExp])[] = [
  ['nocontainer', 'command-missing', /No such container: hadoop-elt-nosuch/],
  ['nocommand', 'command-missing', /"hadop": executable file not found/],
  ['nojar', 'jar-missing', /\/nosuch\/streaming\.jar/],
  ['nonn', 'namenode-unreachable', /namenode:8021 failed on connection exception/],
  ['noperm', 'hdfs-permission', /Permission denied: user=alice, access=WRITE, inode="\/user\/hadoop"/],
  ['quota', 'hdfs-quota', /quota=3 file count=4/],
  ['noinput', 'input-missing', /Input path does not exist: hdfs:\/\/namenode:8020\/nosuch\/in/],
  ['exists', 'output-exists', /\/tmp\/try\/in already exists/],
  ['nomapper', 'file-not-localised', /none\.mjs/],
  ['queue', 'queue-unknown', /unknown queue: nosuch/],
  ['memreq', 'memory-request', /memory:9000/],
  ['am', 'master-failed', /Unrecognized option: -Xnonsense/],
  ['nonode', 'program-missing', /Cannot run program "nodexx": error=2/],
  ['throws', 'mapper-exit', /^Error: boom$/],
  ['exit3', 'mapper-exit', /subprocess failed with code 3/],
  ['oom', 'task-memory', /beyond the 'PHYSICAL' memory limit/],
  ['heap', 'node-memory', /heap out of memory/],
  ['timeout', 'task-timeout', /taskTimedOut: true/],
  ['killed', 'job-killed', /was killed by user/],
];

describe('the probable cause of a real failed job', () => {
  it.each(RECORDED)('%s: %s', (name, kind, said) => {
    const cause = findProbableCause(recordedJob(name).facts);
    expect(cause.kind).toBe(kind);
    expect(cause.said).toMatch(said);
  });

  it('has the exit code of a mapper that ended by one', () => {
    expect(findProbableCause(recordedJob('exit3').facts).exitCode).toBe(3);
    expect(findProbableCause(recordedJob('throws').facts).exitCode).toBe(1);
  });
});

describe('the probable cause', () => {
  const { facts } = recordedJob('exit3');
  const attempt = facts.attempt as FailedAttempt;
  const withAttempt = (change: Partial<FailedAttempt>): JobFacts => ({
    ...facts,
    attempt: { ...attempt, ...change },
  });

  it('names our mapper when it says what it stopped at', () => {
    const stderrTail = 'hadoop-elt mapper: Field "x" is invalid\n  at line 3';
    const diagnostics = attempt.diagnostics.replace('code 3', 'code 10');
    expect(findProbableCause(withAttempt({ stderrTail, diagnostics }))).toEqual({
      kind: 'mapper-failed',
      said: 'hadoop-elt mapper: Field "x" is invalid',
      exitCode: 10,
    });
  });

  it('is a command that could not be started, whatever else', () => {
    expect(findProbableCause({ ...facts, startError: 'ENOENT', exitCode: null }).kind).toBe(
      'command-missing',
    );
  });

  it('is a kill when YARN says so, though attempts failed too', () => {
    const application = { state: 'KILLED', diagnostics: '' };
    expect(findProbableCause({ ...facts, application }).kind).toBe('job-killed');
  });

  it('is found without the history server, as far as the log goes', () => {
    const alone = { ...recordedJob('queue').facts, application: null };
    expect(findProbableCause(alone).kind).toBe('queue-unknown');
  });

  it('is unknown where nothing is known, with a line all the same', () => {
    const nothing = { ...facts, application: null, attempt: null, jobDiagnostics: '' };
    expect(findProbableCause(nothing)).toMatchObject({
      kind: 'unknown',
      said: expect.stringContaining('Task failed'),
    });
  });

  it('has words and a remedy for every kind', () => {
    for (const kind of HADOOP_CAUSES) {
      expect(causeText(kind).title).toMatch(/^[A-Z].*[^.]$/);
      expect(causeText(kind).hint).not.toBe('');
    }
  });
});
