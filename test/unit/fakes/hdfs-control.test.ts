import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FakeHdfs, startFakeHdfs } from '../../support/fake-hdfs.js';
import { jsonOf, rawRequest, refusalOf } from '../../support/raw-webhdfs.js';

let hdfs: FakeHdfs;
beforeAll(async () => {
  hdfs = await startFakeHdfs();
});
afterAll(() => hdfs.stop());
beforeEach(async () => {
  await hdfs.clearFaults();
  await hdfs.clearLog();
});

const ask = (method: string, path: string, query: string, body?: Uint8Array) =>
  rawRequest(method, `${hdfs.namenode}/webhdfs/v1${path}?${query}&user.name=hadoop`, body);
const follow = async (method: string, path: string, query: string, body?: Uint8Array) =>
  rawRequest(method, (await ask(method, path, query)).headers.location ?? '', body);
const statusOf = async (path: string) => jsonOf(await ask('GET', path, 'op=GETFILESTATUS')).FileStatus;

describe('files', () => {
  it('that are put there are files of HDFS, and the other way round', async () => {
    await hdfs.writeFile('/data/a b/é%.csv', 'one', 'joe');
    expect(await statusOf('/data/a%20b/%C3%A9%25.csv')).toMatchObject({ length: 3, owner: 'joe' });
    await follow('PUT', '/data/two', 'op=CREATE', Buffer.from('two'));
    expect((await hdfs.readFile('/data/two'))?.toString()).toBe('two');
    expect(await hdfs.status('/data/two')).toMatchObject({ type: 'FILE', length: 3, name: 'two' });
  });

  it('are replaced, renamed, listed and removed', async () => {
    await hdfs.writeFile('/control/a', 'old');
    await hdfs.writeFile('/control/a', 'new');
    expect(await (await fetch(`${hdfs.namenode}/fake/list?path=/control`)).json()).toMatchObject([
      { name: 'a' },
    ]);
    await fetch(`${hdfs.namenode}/fake/rename?from=/control&to=/moved`, { method: 'POST' });
    expect((await hdfs.readFile('/moved/a'))?.toString()).toBe('new');
    expect(await hdfs.readFile('/control/a')).toBeUndefined();
    await hdfs.removeAll('/moved');
    expect(await hdfs.status('/moved')).toBeUndefined();
  });

  it('are not in the log, and HDFS requests are, with their bytes', async () => {
    await hdfs.writeFile('/logged', 'x');
    await follow('PUT', '/logged', 'op=CREATE&overwrite=true', Buffer.from('12345'));
    await follow('GET', '/logged', 'op=OPEN');
    expect(await hdfs.log()).toMatchObject([
      { server: 'namenode', method: 'PUT', op: 'CREATE', path: '/logged', status: 307, user: 'hadoop' },
      { server: 'datanode', method: 'PUT', op: 'CREATE', status: 201, bytesIn: 5 },
      { server: 'namenode', method: 'GET', op: 'OPEN', status: 307 },
      { server: 'datanode', method: 'GET', op: 'OPEN', status: 200, bytesOut: 5 },
    ]);
  });
});

describe('faults', () => {
  it('"refuse" ends the connection before anything is done', async () => {
    await hdfs.fault({ match: { op: 'MKDIRS' }, do: 'refuse' });
    await expect(ask('PUT', '/refused', 'op=MKDIRS')).rejects.toThrow();
    expect(await hdfs.status('/refused')).toBeUndefined();
  });

  it('"lose-answer" does what was asked for and tells nobody', async () => {
    await hdfs.fault({ match: { op: 'MKDIRS' }, do: 'lose-answer' });
    await expect(ask('PUT', '/lost', 'op=MKDIRS')).rejects.toThrow();
    expect(await hdfs.status('/lost')).toMatchObject({ type: 'DIRECTORY' });
  });

  it('"error" and "lie" answer in place of HDFS', async () => {
    const error = { status: 403, exception: 'StandbyException', message: 'not me' };
    await hdfs.fault({ match: { server: 'namenode' }, do: 'error', ...error });
    expect(refusalOf(await ask('GET', '/', 'op=GETFILESTATUS'))).toBe('403 StandbyException: not me');
    await hdfs.fault({ match: {}, do: 'lie', json: { boolean: false } });
    expect(jsonOf(await ask('PUT', '/lied', 'op=MKDIRS'))).toEqual({ boolean: false });
    expect(await hdfs.status('/lied')).toBeUndefined();
  });

  it('"cut" ends a body in the middle, on its way in and on its way out', async () => {
    await hdfs.fault({ match: { server: 'datanode', op: 'CREATE' }, do: 'cut', bytes: 4 });
    await expect(follow('PUT', '/cut', 'op=CREATE', Buffer.from('0123456789'))).rejects.toThrow();
    expect((await hdfs.readFile('/cut'))?.toString()).toBe('0123');
    await hdfs.fault({ match: { server: 'datanode', op: 'OPEN' }, do: 'cut', bytes: 2 });
    const { location = '' } = (await ask('GET', '/cut', 'op=OPEN')).headers;
    await expect(fetch(location).then((response) => response.text())).rejects.toThrow();
  });

  it('"hang" never answers', async () => {
    await hdfs.fault({ match: { op: 'GETFILESTATUS' }, do: 'hang' });
    const waiting = fetch(`${hdfs.namenode}/webhdfs/v1/?op=GETFILESTATUS`, {
      signal: AbortSignal.timeout(200),
    });
    await expect(waiting).rejects.toThrow(/timeout/);
  });

  it('wait for `after` requests, come `times` times, and only where path and method match', async () => {
    const error = { status: 503, exception: 'RetriableException', message: 'later' };
    await hdfs.fault({ match: { path: '^/some', method: 'get' }, after: 1, times: 2, do: 'error', ...error });
    await hdfs.writeFile('/some/file', 'x');
    await hdfs.writeFile('/other', 'x');
    const statuses = [];
    for (let count = 0; count < 5; count++) {
      statuses.push((await ask('GET', '/some/file', 'op=GETFILESTATUS')).status);
    }
    expect(statuses).toEqual([200, 503, 503, 200, 200]);
    expect((await ask('GET', '/other', 'op=GETFILESTATUS')).status).toBe(200);
  });
});

describe('states of the cluster', () => {
  it('safe mode lets nobody change anything, and shows in JMX', async () => {
    await hdfs.writeFile('/safe', 'x');
    await hdfs.setSafeMode(true);
    // These texts, and those that are cut off here, are what a namenode of Hadoop 3.3.5 answered.
    const refusals = [
      refusalOf(await ask('PUT', '/new', 'op=MKDIRS')),
      refusalOf(await ask('DELETE', '/safe', 'op=DELETE')),
      refusalOf(await ask('PUT', '/safe', 'op=RENAME&destination=/x&renameoptions=NONE')),
      refusalOf(await follow('PUT', '/new', 'op=CREATE')),
    ];
    expect(refusals).toEqual([
      '403 SafeModeException: Cannot create directory /new. Name node is in safe mode.',
      '403 SafeModeException: Cannot delete /safe. Name node is in safe mode.',
      '403 SafeModeException: Cannot rename /safe. Name node is in safe mode.',
      '403 SafeModeException: Cannot create file/new. Name node is in safe mode.',
    ]);
    expect((await follow('GET', '/safe', 'op=OPEN')).body.toString()).toBe('x');
    const jmx = await fetch(`${hdfs.namenode}/jmx?qry=Hadoop:service=NameNode,name=NameNodeInfo`);
    expect(await jmx.json()).toMatchObject({
      beans: [{ Safemode: expect.stringMatching(/^Safe mode is ON\./) }],
    });
    await hdfs.setSafeMode(false);
    expect((await ask('PUT', '/new', 'op=MKDIRS')).status).toBe(200);
  });

  it('a standby namenode refuses everything', async () => {
    await hdfs.setStandby(true);
    expect(refusalOf(await ask('GET', '/', 'op=GETFILESTATUS'))).toMatch(
      /^403 StandbyException: Operation category/,
    );
    await hdfs.setStandby(false);
  });

  it('file numbers can be missing or zero, as from HttpFS and old servers', async () => {
    await hdfs.setOptions({ fileId: 'missing' });
    expect(await statusOf('/')).not.toHaveProperty('fileId');
    await hdfs.setOptions({ fileId: 'zero' });
    expect(await statusOf('/')).toMatchObject({ fileId: 0 });
    await hdfs.setOptions({ fileId: 'real' });
  });

  it('refused bodies can be read to their end, as a proxy before a datanode does', async () => {
    await hdfs.writeFile('/taken', 'x');
    await hdfs.setOptions({ refusals: 'read' });
    const refused = await follow('PUT', '/taken', 'op=CREATE', Buffer.alloc(20_000_000));
    expect(refusalOf(refused)).toMatch(/^403 FileAlreadyExistsException/);
    await hdfs.setOptions({ refusals: 'reset' });
  });

  it('quotas count', async () => {
    await hdfs.writeFile('/quota/a', 'x');
    await hdfs.setQuota('/quota', { names: 2 });
    expect(refusalOf(await ask('PUT', '/quota/b', 'op=MKDIRS'))).toMatch(/NSQuotaExceededException/);
    await hdfs.setQuota('/quota', {});
    expect((await ask('PUT', '/quota/b', 'op=MKDIRS')).status).toBe(200);
  });
});
