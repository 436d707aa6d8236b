import { describe, expect, it } from 'vitest';
import { runChecks } from '../../../../../submit/doctor/run-checks.js';
import { createHttp } from '../../../../../submit/hadoop/http.js';
import { formatCheck } from '../../../../../submit/report/doctor-text.js';
import { hdfsChecks } from '../../../../../submit/stores/hdfs/checks.js';
import { createWebHdfsStore } from '../../../../../submit/stores/hdfs/webhdfs-store.js';
import { NOWHERE, useFakeServices } from '../../../../support/fake-services.js';
import { remoteException } from '../../../../support/fake-webhdfs.js';

const serve = useFakeServices();

const JMX = '/jmx?qry=Hadoop:service=NameNode,name=';
const root = { FileStatus: { type: 'DIRECTORY', length: 0, modificationTime: 1, fileId: 16385 } };
const active = (safeMode = '') =>
  serve({
    '/webhdfs/v1/': root,
    '/webhdfs/v1/?op=GETFILESTATUS': root,
    [`${JMX}NameNodeInfo`]: { beans: [{ SoftwareVersion: '3.3.5', Safemode: safeMode }] },
  });
const standby = () =>
  serve({
    '/webhdfs/v1/': {
      status: 403,
      ...(remoteException(
        'StandbyException',
        'Operation category READ is not supported in state standby. Visit https://s.apache.org/sbnn-error',
      ) as object),
    },
  });

async function check(...webhdfs: string[]) {
  const store = createWebHdfsStore({ url: webhdfs, user: 'etl', retries: 2, firstPauseMs: 1 });
  const checks = hdfsChecks({
    store,
    webhdfs,
    user: 'etl',
    sharedFolder: '/user/etl/.hadoop-elt',
    output: null,
    http: createHttp(),
  });
  return runChecks(
    checks.filter(({ name }) => ['namenode', 'safe mode'].includes(name)),
    () => undefined,
    new AbortController().signal,
  );
}
const namenodeOf = async (...webhdfs: string[]) => {
  const [first] = await check(...webhdfs);
  if (first === undefined) throw new Error('no check ran');
  return { status: first.status, text: formatCheck(first) };
};

describe('the check of the namenode', () => {
  it('tells of a pair which is active and which is standby', async () => {
    const [one, other] = [await standby(), await active()];
    const { status, text } = await namenodeOf(one, other);
    expect(status).toBe('ok');
    expect(text).toContain(`${one} is standby, ${other} is active, Hadoop 3.3.5`);
  });

  it('warns where one of a pair is down', async () => {
    const one = await active();
    const { status, text } = await namenodeOf(NOWHERE, one);
    expect(status).toBe('warn');
    expect(text).toContain(`${one} is active`);
    expect(text).toContain(`${NOWHERE} does not answer: `);
  });

  it('fails where none is active', async () => {
    const one = await standby();
    const { status, text } = await namenodeOf(one, NOWHERE);
    expect(status).toBe('fail');
    expect(text).toMatch(/is standby; .*does not answer/);
    expect(text).toContain('list all of them');
  });

  it('fails with the reason where its one address does not answer', async () => {
    const [namenode, safeMode] = await check(NOWHERE);
    expect(namenode).toMatchObject({
      status: 'fail',
      failure: { code: 'store', details: { scheme: 'hdfs', problem: 'unreachable' } },
    });
    expect(safeMode).toMatchObject({ status: 'skipped', why: 'the namenode did not answer' });
  });
});

describe('the check of safe mode', () => {
  it('fails by what the active namenode of a pair says', async () => {
    const [one, other] = [await standby(), await active('Safe mode is ON. \nThe reported blocks 0')];
    const [namenode, safeMode] = await check(one, other);
    expect(namenode?.status).toBe('ok');
    expect(safeMode).toMatchObject({
      status: 'fail',
      failure: { code: 'store', details: { problem: 'safe-mode', cause: 'Safe mode is ON. ' } },
    });
  });
});
