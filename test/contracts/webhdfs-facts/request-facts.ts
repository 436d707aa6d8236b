import { describe, expect, it } from 'vitest';
import { jsonOf, rawRequest, refusalOf } from '../../support/raw-webhdfs.js';
import type { TriedHdfs } from './tried-hdfs.js';

/** Facts about users, answers and refusals. */
export function describeRequestFacts(tried: TriedHdfs): void {
  const {
    fresh,
    freshFolder,
    freshFile,
    ask,
    askJson,
    refusal,
    locate,
    follow,
    create,
    read,
    statusOf,
    namesIn,
  } = tried;

  describe('who asks', () => {
    it('is whoever user.name says, and dr.who without it', async () => {
      expect(await askJson('GET', '/', 'op=GETHOMEDIRECTORY', 'somebody')).toEqual({
        Path: '/user/somebody',
      });
      expect(await askJson('GET', '/', 'op=GETHOMEDIRECTORY', null)).toEqual({ Path: '/user/dr.who' });
    });

    it('may have a dollar sign at the end of the name, but no digit at its beginning', async () => {
      expect((await ask('GET', '/', 'op=GETHOMEDIRECTORY', 'a.b-c_1$')).status).toBe(200);
      expect(await refusal('GET', '/', 'op=GETHOMEDIRECTORY', '1a')).toMatch(
        /^400 IllegalArgumentException: Invalid value for webhdfs parameter "user.name"/,
      );
    });

    it('may not act for others by doas without being allowed to in the configuration', async () => {
      expect(await refusal('GET', '/', 'op=GETHOMEDIRECTORY&doas=joe')).toBe(
        `403 AuthorizationException: User: ${tried.superuser} is not allowed to impersonate joe`,
      );
    });

    it('gets no delegation token where nobody logs in', async () => {
      expect(await askJson('GET', '/', 'op=GETDELEGATIONTOKEN')).toEqual({ Token: null });
    });
  });

  describe('errors', () => {
    it('are JSON with exception, class and message', async () => {
      const path = fresh();
      expect(await askJson('GET', path, 'op=GETFILESTATUS')).toEqual({
        RemoteException: {
          exception: 'FileNotFoundException',
          javaClassName: 'java.io.FileNotFoundException',
          message: `File does not exist: ${path}`,
        },
      });
    });

    it('are 400 for what is no operation, and for parameters that are none', async () => {
      expect(await refusal('GET', tried.root, 'op=NONSENSE')).toBe(
        '400 IllegalArgumentException: Invalid value for webhdfs parameter "op": NONSENSE is not a valid GET operation.',
      );
      expect(await refusal('GET', tried.root, 'x=y')).toBe(
        '400 UnsupportedOperationException: op=NULL is not supported',
      );
      expect(await refusal('PUT', tried.root, 'op=RENAME')).toBe(
        '400 IllegalArgumentException: Required param destination for op: RENAME is null or empty',
      );
      expect(await refusal('GET', tried.root, 'op=OPEN&offset=x')).toMatch(/^400 IllegalArgumentException: /);
    });

    it('are 403 for missing permission, told with user, access and inode', async () => {
      const folder = await freshFolder();
      expect(await refusal('PUT', `${folder}/x`, 'op=MKDIRS', 'somebody')).toBe(
        `403 AccessControlException: Permission denied: user=somebody, access=WRITE, inode="${folder}":${tried.superuser}:supergroup:drwxr-xr-x`,
      );
      expect(refusalOf(await follow('PUT', `${folder}/x`, 'op=CREATE', undefined, 'somebody'))).toMatch(
        /^403 AccessControlException: Permission denied: user=somebody, access=WRITE, inode=/,
      );
      const secret = await freshFile('x', 'permission=600');
      expect(await refusal('GET', secret, 'op=OPEN', 'somebody')).toBe(
        `403 AccessControlException: Permission denied: user=somebody, access=READ, inode="${secret}":${tried.superuser}:supergroup:-rw-------`,
      );
    });

    it('below a file are "not found" for the superuser, and no permission for others', async () => {
      const file = await freshFile();
      expect(await refusal('GET', `${file}/x`, 'op=GETFILESTATUS')).toBe(
        `404 FileNotFoundException: File does not exist: ${file}/x`,
      );
      expect(await refusal('GET', `${file}/x`, 'op=GETFILESTATUS', 'somebody')).toBe(
        `403 AccessControlException: ${file} (is not a directory)`,
      );
      expect(await refusal('DELETE', `${file}/x`, 'op=DELETE')).toBe(
        `403 AccessControlException: ${file} (is not a directory)`,
      );
    });

    it('from a datanode carry a Java stack after the first line', async () => {
      const file = await freshFile();
      const { RemoteException } = jsonOf(await follow('PUT', file, 'op=CREATE'));
      expect(RemoteException?.message).toMatch(/ already exists\n\tat org\.apache\.hadoop\./);
    });

    it('are "Invalid operation" from a datanode that is asked as if it were the namenode', async () => {
      const { origin } = new URL(await locate('PUT', fresh(), 'op=CREATE'));
      for (const [method, op] of [
        ['GET', 'GETFILESTATUS'],
        ['PUT', 'MKDIRS'],
        ['DELETE', 'DELETE'],
      ] as const) {
        const answer = await rawRequest(method, `${origin}/webhdfs/v1/tmp?op=${op}`);
        expect(refusalOf(answer)).toBe(`400 IllegalArgumentException: Invalid operation ${op}`);
      }
    });
  });

  describe('paths', () => {
    const ODD = [
      'a b',
      '%41',
      'x+y',
      'a,b',
      '#1',
      'é',
      'a=b',
      '%',
      '日本',
      'a;b',
      '~',
      '?',
      '&',
      '[1]',
      '{a}',
      '*',
      'a\\b',
    ];

    it.each(ODD)('%j comes back as it was sent, from a listing and from a file', async (odd) => {
      const folder = await freshFolder();
      await create(`${folder}/${odd}/${odd}`, odd);
      expect(await namesIn(folder)).toEqual([odd]);
      expect(await read(`${folder}/${odd}/${odd}`)).toBe(odd);
    });

    it('may hold "+", "," and "=" unencoded', async () => {
      const folder = await freshFolder();
      await rawRequest(
        'PUT',
        `${tried.namenode}/webhdfs/v1${folder}/a+b,c=d?op=MKDIRS&user.name=${tried.superuser}`,
      );
      expect(await namesIn(folder)).toEqual(['a+b,c=d']);
    });

    it('come encoded in the header Location but for "+", and with raw non-ASCII in the JSON', async () => {
      const path = `${tried.root}/é %#+`;
      expect(await locate('PUT', path, 'op=CREATE')).toContain(`${tried.root}/%C3%A9%20%25%23+?`);
      const { Location } = await askJson('PUT', path, 'op=CREATE&noredirect=true');
      expect(Location).toContain(`${tried.root}/é%20%25%23+?`);
    });

    it('may have doubled slashes and one at the end', async () => {
      const folder = await freshFolder();
      expect(await statusOf(`${folder.replaceAll('/', '//')}/`)).toMatchObject({ type: 'DIRECTORY' });
    });
  });

  describe('what the namenode tells of itself', () => {
    it('GETSERVERDEFAULTS names block size, CRC size and checksum type', async () => {
      expect((await askJson('GET', '/', 'op=GETSERVERDEFAULTS')).FsServerDefaults).toMatchObject({
        blockSize: 134217728,
        bytesPerChecksum: 512,
        checksumType: 2,
      });
    });

    it.each([
      ['NameNodeInfo', { Safemode: '', SoftwareVersion: expect.stringMatching(/^3\./) }],
      ['NameNodeStatus', { State: 'active' }],
      [
        'FSNamesystemState',
        { NumLiveDataNodes: 2, CapacityRemaining: expect.any(Number), FSState: 'Operational' },
      ],
    ])('JMX has the bean %s, and no bean for another name', async (bean, expected) => {
      const beans = async (asked: string) =>
        JSON.parse(
          String(
            (await rawRequest('GET', `${tried.namenode}/jmx?qry=Hadoop:service=NameNode,name=${asked}`)).body,
          ),
        ).beans;
      expect(await beans(bean)).toEqual([expect.objectContaining(expected)]);
      expect(await beans('Nothing')).toEqual([]);
    });
  });
}
