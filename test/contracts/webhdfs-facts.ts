import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  beginRequest,
  jsonOf,
  type RawAnswer,
  type RawJson,
  type RawStatus,
  rawRequest,
  refusalOf,
} from '../support/raw-webhdfs.js';

/** An HDFS to try. */
export interface HdfsToTry {
  /** `http://namenode:9870` */
  readonly namenode: string;
  readonly superuser: string;
}

/**
 * What this project takes for granted of WebHDFS, Hadoop 3.3, one fact a test: held against a real cluster, and against
 * the fake that other tests stand on. Not tried:
 *
 * - Kerberos, delegation tokens, the CSRF header, 401: these clusters ask for no login.
 * - That a lease ends after 60 seconds for others and after 20 minutes for good: nobody waits that long here.
 * - That a rename is atomic for readers: it cannot be shown by trying.
 * - Safe mode and standby: one cluster is shared by all tests. The fake's are tried in test/unit/fakes.
 * - HttpFS, and servers before HDFS-14423: there is none here.
 * - dfs.checksum.combine.mode COMPOSITE_CRC: the cluster has the default.
 * - 500 for Java's RuntimeException: no request is known that brings it about.
 */
export function describeWebHdfsFacts(name: string, connect: () => Promise<HdfsToTry>): void {
  describe(name, () => {
    let hdfs: HdfsToTry;
    let root = '';
    let count = 0;
    beforeAll(async () => {
      hdfs = await connect();
      root = `/tmp/webhdfs-facts-${process.pid}-${Date.now()}`;
      await ask('PUT', root, 'op=MKDIRS');
    });
    afterAll(() => ask('DELETE', root, 'op=DELETE&recursive=true'));

    const fresh = () => `${root}/${++count}`;
    const freshFolder = async () => {
      const path = fresh();
      await ask('PUT', path, 'op=MKDIRS');
      return path;
    };
    const freshFile = async (content: string | Uint8Array = 'content', query = '') => {
      const path = fresh();
      await create(path, content, query);
      return path;
    };
    const url = (path: string, query: string, user: string | null = hdfs.superuser) =>
      `${hdfs.namenode}/webhdfs/v1${encodePath(path)}?${query}${user === null ? '' : `&user.name=${user}`}`;
    const ask = (method: string, path: string, query: string, user?: string | null) =>
      rawRequest(method, url(path, query, user));
    const askJson = async (...asked: Parameters<typeof ask>): Promise<RawJson> => jsonOf(await ask(...asked));
    const refusal = async (...asked: Parameters<typeof ask>) => refusalOf(await ask(...asked));
    const locate = async (...asked: Parameters<typeof ask>) => {
      const answer = await ask(...asked);
      if (answer.status !== 307) throw new Error(`No redirection but ${refusalOf(answer)}`);
      return answer.headers.location ?? '';
    };
    const follow = async (method: string, path: string, query: string, body?: Uint8Array, user?: string) =>
      rawRequest(method, await locate(method, path, query, user), body);
    const create = async (path: string, content: string | Uint8Array, query = '', user?: string) => {
      const answer = await follow('PUT', path, `op=CREATE&${query}`, Buffer.from(content), user);
      if (answer.status !== 201) throw new Error(refusalOf(answer));
      return answer;
    };
    const read = async (path: string) => (await follow('GET', path, 'op=OPEN')).body.toString();
    const statusOf = async (path: string) => (await askJson('GET', path, 'op=GETFILESTATUS')).FileStatus;
    const namesIn = async (path: string) =>
      (await askJson('GET', path, 'op=LISTSTATUS')).FileStatuses?.FileStatus.map((each) => each.pathSuffix);
    const checksum = async (path: string) =>
      jsonOf(await follow('GET', path, 'op=GETFILECHECKSUM')).FileChecksum;

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
          `403 AuthorizationException: User: ${hdfs.superuser} is not allowed to impersonate joe`,
        );
      });

      it('gets no delegation token where nobody logs in', async () => {
        expect(await askJson('GET', '/', 'op=GETDELEGATIONTOKEN')).toEqual({ Token: null });
      });
    });

    describe('operations in two steps', () => {
      it('answer 307 with the place to go on at', async () => {
        const file = await freshFile();
        for (const [method, path, op] of [
          ['PUT', fresh(), 'CREATE'],
          ['POST', file, 'APPEND'],
          ['GET', file, 'OPEN'],
          ['GET', file, 'GETFILECHECKSUM'],
        ] as const) {
          const location = new URL(await locate(method, path, `op=${op}`));
          expect(location.pathname).toBe(`/webhdfs/v1${path}`);
          expect(location.searchParams.get('op')).toBe(op);
          expect(location.searchParams.get('user.name')).toBe(hdfs.superuser);
          expect(location.host).not.toBe(new URL(hdfs.namenode).host);
        }
      });

      it('answer 200 and JSON with that place for noredirect=true', async () => {
        const file = await freshFile();
        for (const [method, op] of [
          ['PUT', 'CREATE'],
          ['POST', 'APPEND'],
          ['GET', 'OPEN'],
          ['GET', 'GETFILECHECKSUM'],
        ] as const) {
          const answer = await ask(method, file, `op=${op}&noredirect=true`);
          expect(answer.status).toBe(200);
          expect(new URL(jsonOf(answer).Location ?? '').pathname).toBe(`/webhdfs/v1${file}`);
        }
      });

      it('do nothing in the first step', async () => {
        const path = fresh();
        await locate('PUT', path, 'op=CREATE');
        expect((await ask('GET', path, 'op=GETFILESTATUS')).status).toBe(404);
      });

      it('say 100 Continue unasked, answer 201 for CREATE and 200 for APPEND, and close the connection', async () => {
        const path = fresh();
        const created = await follow('PUT', path, 'op=CREATE', Buffer.from('one '));
        expect(created).toMatchObject({ status: 201, hadContinue: true, headers: { connection: 'close' } });
        expect(created.headers.location).toMatch(new RegExp(`^hdfs://.*${path}$`));
        const appended = await follow('POST', path, 'op=APPEND', Buffer.from('two'));
        expect(appended).toMatchObject({ status: 200, hadContinue: true, headers: { connection: 'close' } });
        expect(await read(path)).toBe('one two');
      });

      it('close the connection after reading and after a refusal as well', async () => {
        const file = await freshFile();
        const opened = await follow('GET', file, 'op=OPEN');
        expect(opened).toMatchObject({ status: 200, hadContinue: false, headers: { connection: 'close' } });
        const refused = await follow('PUT', file, 'op=CREATE', Buffer.from('x'));
        expect(refused).toMatchObject({ status: 403, hadContinue: true, headers: { connection: 'close' } });
      });
    });

    describe('CREATE', () => {
      it('is sent on to a datanode for a path that is taken, and refused there', async () => {
        const [file, folder] = [await freshFile('old'), await freshFolder()];
        expect(refusalOf(await follow('PUT', file, 'op=CREATE', Buffer.from('new')))).toMatch(
          /^403 FileAlreadyExistsException: .* already exists$/,
        );
        expect(refusalOf(await follow('PUT', folder, 'op=CREATE&overwrite=true', Buffer.from('new')))).toBe(
          `403 FileAlreadyExistsException: ${folder} already exists as a directory`,
        );
        expect(await read(file)).toBe('old');
      });

      it('replaces a file with overwrite=true, which then is another one', async () => {
        const file = await freshFile('old');
        const before = await statusOf(file);
        await create(file, 'new', 'overwrite=true');
        expect(await read(file)).toBe('new');
        expect((await statusOf(file))?.fileId).not.toBe(before?.fileId);
      });

      it('gives files 644 and folders 755, and what is asked for without a umask', async () => {
        expect(await statusOf(await freshFile())).toMatchObject({ permission: '644', owner: hdfs.superuser });
        expect(await statusOf(await freshFolder())).toMatchObject({
          permission: '755',
          length: 0,
          blockSize: 0,
        });
        expect(await statusOf(await freshFile('x', 'permission=666'))).toMatchObject({ permission: '666' });
        const folder = fresh();
        await ask('PUT', folder, 'op=MKDIRS&permission=777');
        expect(await statusOf(folder)).toMatchObject({ permission: '777' });
      });

      it('takes block size and replication', async () => {
        const file = await freshFile('x', 'blocksize=2097152&replication=1');
        expect(await statusOf(file)).toMatchObject({ blockSize: 2097152, replication: 1, length: 1 });
      });

      it('refuses blocks of less than 1 MiB', async () => {
        const answer = await follow('PUT', fresh(), 'op=CREATE&blocksize=1048575', Buffer.from('x'));
        expect(refusalOf(answer)).toMatch(
          /^403 IOException: Specified block size is less than configured minimum/,
        );
      });

      it('refuses blocks that are not of whole 512 bytes, but leaves an empty file', async () => {
        const path = fresh();
        const answer = await follow('PUT', path, 'op=CREATE&blocksize=1048577', Buffer.from('x'));
        expect(refusalOf(answer)).toMatch(/^400 HadoopIllegalArgumentException: .* must divide block size/);
        expect(await statusOf(path)).toMatchObject({ type: 'FILE', length: 0 });
      });

      it('makes the folders above, and none with createparent=false', async () => {
        const path = `${fresh()}/b/file`;
        expect(refusalOf(await follow('PUT', path, 'op=CREATE&createparent=false'))).toBe(
          `404 FileNotFoundException: Parent directory doesn't exist: ${path.slice(0, -5)}`,
        );
        await create(path, 'x');
        expect(await statusOf(path.slice(0, -5))).toMatchObject({ type: 'DIRECTORY', permission: '755' });
      });

      it('is refused below a file as ParentNotDirectoryException', async () => {
        const file = await freshFile();
        expect(refusalOf(await follow('PUT', `${file}/x`, 'op=CREATE'))).toBe(
          `403 ParentNotDirectoryException: ${file} (is not a directory)`,
        );
      });

      it('is answered before the end of a body that is refused, and the connection ends', async () => {
        const file = await freshFile();
        const sending = beginRequest('PUT', await locate('PUT', file, 'op=CREATE'), 50_000_000);
        sending.write(Buffer.alloc(10_000));
        expect(refusalOf(await sending.answer)).toMatch(/^403 FileAlreadyExistsException/);
        sending.abort();
      });
    });

    describe('a file that is being written', () => {
      const begin = async (path: string, lengthBytes: number, query = '') =>
        beginRequest('PUT', await locate('PUT', path, `op=CREATE&blocksize=1048576&${query}`), lengthBytes);

      it('is there from the beginning, and shows the length of its whole blocks', async () => {
        const path = fresh();
        const sending = await begin(path, 3_000_000);
        await expect.poll(async () => (await statusOf(path))?.length, WAIT).toBe(0);
        sending.write(Buffer.alloc(2_500_000));
        await expect.poll(async () => (await statusOf(path))?.length, WAIT).toBe(2 * 1048576);
        sending.write(Buffer.alloc(500_000));
        sending.end();
        expect((await sending.answer).status).toBe(201);
        expect((await statusOf(path))?.length).toBe(3_000_000);
      });

      it('ends as a readable file of what has arrived when the connection is lost, without any error', async () => {
        const path = fresh();
        const sending = await begin(path, 100_000);
        sending.write(Buffer.alloc(40_000, 'x'));
        await expect.poll(async () => (await statusOf(path))?.type, WAIT).toBe('FILE');
        await pause(300);
        sending.abort();
        await expect.poll(async () => (await statusOf(path))?.length, WAIT).toBe(40_000);
        expect(await read(path)).toBe('x'.repeat(40_000));
      });

      it('ends as an empty file when the connection is lost before the first byte', async () => {
        const path = fresh();
        const sending = await begin(path, 100_000);
        await expect.poll(async () => (await statusOf(path))?.length, WAIT).toBe(0);
        sending.abort();
        await pause(300);
        expect(await read(path)).toBe('');
      });

      it('may not be written, nor appended to, by others', async () => {
        const path = fresh();
        const sending = await begin(path, 10);
        sending.write(Buffer.from('12345'));
        await expect.poll(async () => (await statusOf(path))?.type, WAIT).toBe('FILE');
        expect(refusalOf(await follow('PUT', path, 'op=CREATE', Buffer.from('x')))).toMatch(
          /^403 AlreadyBeingCreatedException: Failed to CREATE_FILE/,
        );
        // The namenode looks for an empty file's length only, so that the datanode is the one to refuse.
        expect(refusalOf(await follow('POST', path, 'op=APPEND', Buffer.from('x')))).toMatch(
          /^403 AlreadyBeingCreatedException: Failed to APPEND_FILE/,
        );
        sending.write(Buffer.from('67890'));
        sending.end();
        expect((await sending.answer).status).toBe(201);
        expect(await read(path)).toBe('1234567890');
      });

      it('may be renamed, and arrives under its new name', async () => {
        const [path, target] = [fresh(), fresh()];
        const sending = await begin(path, 10);
        sending.write(Buffer.from('12345'));
        await expect.poll(async () => (await statusOf(path))?.type, WAIT).toBe('FILE');
        await ask('PUT', path, `op=RENAME&renameoptions=NONE&destination=${target}`);
        sending.write(Buffer.from('67890'));
        sending.end();
        expect((await sending.answer).status).toBe(201);
        expect(await read(target)).toBe('1234567890');
      });

      it('may be deleted or replaced: then its writer gets 404', async () => {
        const [path, replaced] = [fresh(), fresh()];
        const sendings = [await begin(path, 10), await begin(replaced, 10)];
        for (const sending of sendings) sending.write(Buffer.from('12345'));
        for (const each of [path, replaced]) {
          await expect.poll(async () => (await statusOf(each))?.type, WAIT).toBe('FILE');
        }
        await pause(300);
        await ask('DELETE', path, 'op=DELETE');
        await create(replaced, 'new', 'overwrite=true');
        for (const sending of sendings) {
          sending.write(Buffer.from('67890'));
          sending.end();
          expect(refusalOf(await sending.answer)).toMatch(
            /^404 FileNotFoundException: File does not exist: /,
          );
        }
        expect((await ask('GET', path, 'op=GETFILESTATUS')).status).toBe(404);
        expect(await read(replaced)).toBe('new');
      });

      it('has no checksum', async () => {
        const path = fresh();
        const sending = await begin(path, 10);
        sending.write(Buffer.from('12345'));
        await expect.poll(async () => (await statusOf(path))?.type, WAIT).toBe('FILE');
        await pause(300);
        expect(refusalOf(await follow('GET', path, 'op=GETFILECHECKSUM'))).toBe(
          `403 IOException: Fail to get checksum, since file ${path} is under construction.`,
        );
        sending.abort();
      });
    });

    describe('OPEN', () => {
      it('gives a range, and what there is of one that goes over the end', async () => {
        const file = await freshFile('0123456789');
        expect((await follow('GET', file, 'op=OPEN&offset=2&length=3')).body.toString()).toBe('234');
        expect((await follow('GET', file, 'op=OPEN&offset=8&length=100')).body.toString()).toBe('89');
        expect((await follow('GET', file, 'op=OPEN&offset=4&length=0')).body.toString()).toBe('');
      });

      it('is refused by the namenode from the end of a file on, but not for an empty file', async () => {
        const file = await freshFile('0123456789');
        expect(await refusal('GET', file, 'op=OPEN&offset=10')).toBe(
          `403 IOException: Offset=10 out of the range [0, 10); OPEN, path=${file}`,
        );
        expect((await follow('GET', await freshFile(''), 'op=OPEN')).body).toHaveLength(0);
      });

      it('of a folder is refused by the datanode, of what is missing by the namenode', async () => {
        const [folder, missing] = [await freshFolder(), fresh()];
        expect(refusalOf(await follow('GET', folder, 'op=OPEN'))).toBe(
          `404 FileNotFoundException: Path is not a file: ${folder}`,
        );
        expect(await refusal('GET', missing, 'op=OPEN')).toBe(
          `404 FileNotFoundException: File ${missing} not found.`,
        );
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
        expect(await refusal('GET', root, 'op=NONSENSE')).toBe(
          '400 IllegalArgumentException: Invalid value for webhdfs parameter "op": NONSENSE is not a valid GET operation.',
        );
        expect(await refusal('GET', root, 'x=y')).toBe(
          '400 UnsupportedOperationException: op=NULL is not supported',
        );
        expect(await refusal('PUT', root, 'op=RENAME')).toBe(
          '400 IllegalArgumentException: Required param destination for op: RENAME is null or empty',
        );
        expect(await refusal('GET', root, 'op=OPEN&offset=x')).toMatch(/^400 IllegalArgumentException: /);
      });

      it('are 403 for missing permission, told with user, access and inode', async () => {
        const folder = await freshFolder();
        expect(await refusal('PUT', `${folder}/x`, 'op=MKDIRS', 'somebody')).toBe(
          `403 AccessControlException: Permission denied: user=somebody, access=WRITE, inode="${folder}":${hdfs.superuser}:supergroup:drwxr-xr-x`,
        );
        expect(refusalOf(await follow('PUT', `${folder}/x`, 'op=CREATE', undefined, 'somebody'))).toMatch(
          /^403 AccessControlException: Permission denied: user=somebody, access=WRITE, inode=/,
        );
        const secret = await freshFile('x', 'permission=600');
        expect(await refusal('GET', secret, 'op=OPEN', 'somebody')).toBe(
          `403 AccessControlException: Permission denied: user=somebody, access=READ, inode="${secret}":${hdfs.superuser}:supergroup:-rw-------`,
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

    describe('RENAME without options', () => {
      const rename = async (from: string, to: string) =>
        (await askJson('PUT', from, `op=RENAME&destination=${to}`)).boolean;

      it('answers true, and the file keeps its number', async () => {
        const [file, to] = [await freshFile(), fresh()];
        const before = await statusOf(file);
        expect(await rename(file, to)).toBe(true);
        expect((await statusOf(to))?.fileId).toBe(before?.fileId);
      });

      it('answers false where the source or the folder of the target is missing', async () => {
        expect(await rename(fresh(), fresh())).toBe(false);
        expect(await rename(await freshFile(), `${fresh()}/x`)).toBe(false);
      });

      it('answers false where the target is a file, or below the source', async () => {
        const [file, folder] = [await freshFile(), await freshFolder()];
        expect(await rename(await freshFile(), file)).toBe(false);
        expect(await rename(folder, file)).toBe(false);
        expect(await rename(folder, `${folder}/below`)).toBe(false);
      });

      it('moves the source into a folder that is there', async () => {
        const [file, folder] = [await freshFile(), await freshFolder()];
        expect(await rename(file, folder)).toBe(true);
        expect(await namesIn(folder)).toEqual([file.slice(file.lastIndexOf('/') + 1)]);
      });

      it('answers true for a file and itself, and false for a folder and itself', async () => {
        const [file, folder] = [await freshFile(), await freshFolder()];
        expect(await rename(file, file)).toBe(true);
        expect(await rename(folder, folder)).toBe(false);
      });
    });

    describe('RENAME with options', () => {
      const rename = (from: string, to: string, option: 'NONE' | 'OVERWRITE') =>
        ask('PUT', from, `op=RENAME&renameoptions=${option}&destination=${to}`);
      const isEmpty = ({ status, body }: RawAnswer) => status === 200 && body.length === 0;

      it('answers 200 with an empty body', async () => {
        for (const option of ['NONE', 'OVERWRITE'] as const) {
          expect(isEmpty(await rename(await freshFile(), fresh(), option))).toBe(true);
          expect(isEmpty(await rename(await freshFolder(), fresh(), option))).toBe(true);
        }
      });

      it('NONE refuses a target that is there, and does not move into it', async () => {
        const [file, other, folder, otherFolder] = [
          await freshFile('one'),
          await freshFile('two'),
          await freshFolder(),
          await freshFolder(),
        ];
        expect(refusalOf(await rename(file, other, 'NONE'))).toBe(
          `403 FileAlreadyExistsException: rename destination ${other} already exists`,
        );
        expect(refusalOf(await rename(folder, otherFolder, 'NONE'))).toBe(
          `403 FileAlreadyExistsException: rename destination ${otherFolder} already exists`,
        );
        expect(await read(other)).toBe('two');
        expect(await namesIn(otherFolder)).toEqual([]);
      });

      it('both refuse a file for a folder and a folder for a file, in other words', async () => {
        const [file, folder] = [await freshFile(), await freshFolder()];
        for (const option of ['NONE', 'OVERWRITE'] as const) {
          for (const [from, to] of [
            [file, folder],
            [folder, file],
          ] as const) {
            expect(refusalOf(await rename(from, to, option))).toBe(
              `403 IOException: Source ${from} and destination ${to} must both be directories`,
            );
          }
        }
      });

      it('OVERWRITE puts a file in the place of another, and a folder in the place of an empty one', async () => {
        const [file, other] = [await freshFile('one'), await freshFile('two')];
        const before = await statusOf(file);
        expect(isEmpty(await rename(file, other, 'OVERWRITE'))).toBe(true);
        expect(await read(other)).toBe('one');
        expect((await statusOf(other))?.fileId).toBe(before?.fileId);

        const [folder, empty, full] = [await freshFolder(), await freshFolder(), await freshFolder()];
        await create(`${full}/x`, 'x');
        expect(refusalOf(await rename(folder, full, 'OVERWRITE'))).toBe(
          `403 IOException: rename destination directory is not empty: ${full}`,
        );
        expect(isEmpty(await rename(folder, empty, 'OVERWRITE'))).toBe(true);
      });

      it('both name what is missing: the source, or the folder of the target', async () => {
        const [file, missing] = [await freshFile(), fresh()];
        for (const option of ['NONE', 'OVERWRITE'] as const) {
          expect(refusalOf(await rename(missing, fresh(), option))).toBe(
            `404 FileNotFoundException: rename source ${missing} is not found.`,
          );
          expect(refusalOf(await rename(file, `${missing}/x`, option))).toBe(
            `404 FileNotFoundException: rename destination parent ${missing}/x not found.`,
          );
          expect(refusalOf(await rename(file, `${file}/x`, option))).toBe(
            `403 ParentNotDirectoryException: ${file} (is not a directory)`,
          );
          expect(refusalOf(await rename(file, file, option))).toBe(
            `403 FileAlreadyExistsException: The source ${file} and destination ${file} are the same`,
          );
        }
      });
    });

    describe('folders', () => {
      it('MKDIRS answers true for what is there already, and makes those above', async () => {
        const path = `${fresh()}/b/c`;
        expect(await askJson('PUT', path, 'op=MKDIRS')).toEqual({ boolean: true });
        expect(await askJson('PUT', path, 'op=MKDIRS')).toEqual({ boolean: true });
      });

      it('MKDIRS is refused on a file and below one', async () => {
        const file = await freshFile();
        expect(await refusal('PUT', file, 'op=MKDIRS')).toBe(
          `403 FileAlreadyExistsException: Path is not a directory: ${file}`,
        );
        expect(await refusal('PUT', `${file}/x`, 'op=MKDIRS')).toBe(
          `403 ParentNotDirectoryException: ${file} (is not a directory)`,
        );
      });

      it('MKDIRS refuses names with a colon, and names of more than 255 bytes', async () => {
        expect(await refusal('PUT', `${root}/a:b`, 'op=MKDIRS')).toBe(
          `400 InvalidPathException: Invalid path name Invalid file name: ${root}/a:b`,
        );
        expect((await ask('PUT', `${root}/${'x'.repeat(255)}`, 'op=MKDIRS')).status).toBe(200);
        expect(await refusal('PUT', `${root}/${'é'.repeat(128)}`, 'op=MKDIRS')).toMatch(
          /^403 PathComponentTooLongException: .*limit=255 length=256$/,
        );
      });

      it('DELETE answers false for what is not there, and true for what was', async () => {
        const file = await freshFile();
        expect(await askJson('DELETE', file, 'op=DELETE')).toEqual({ boolean: true });
        expect(await askJson('DELETE', file, 'op=DELETE')).toEqual({ boolean: false });
      });

      it('DELETE wants recursive=true for a folder that is not empty', async () => {
        const folder = await freshFolder();
        expect(await askJson('DELETE', await freshFolder(), 'op=DELETE')).toEqual({ boolean: true });
        await create(`${folder}/x`, 'x');
        expect(await refusal('DELETE', folder, 'op=DELETE')).toBe(
          `403 PathIsNotEmptyDirectoryException: \`${folder} is non empty': Directory is not empty`,
        );
        expect(await askJson('DELETE', folder, 'op=DELETE&recursive=true')).toEqual({ boolean: true });
      });

      it('DELETE is final: there is no parameter for the trash, only GETTRASHROOT', async () => {
        const file = await freshFile();
        expect(await askJson('DELETE', file, 'op=DELETE&skiptrash=false')).toEqual({ boolean: true });
        const trash = `/user/${hdfs.superuser}/.Trash`;
        expect(await askJson('GET', root, 'op=GETTRASHROOT')).toEqual({ Path: trash });
        expect((await ask('GET', `${trash}/Current${file}`, 'op=GETFILESTATUS')).status).toBe(404);
      });

      it('keep others from what is not theirs where the sticky bit is set', async () => {
        expect(await refusal('DELETE', root, 'op=DELETE&recursive=true', 'somebody')).toMatch(
          /^403 AccessControlException: Permission denied by sticky bit: user=somebody, path=/,
        );
      });
    });

    describe('listings', () => {
      it('LISTSTATUS names entries in the order of their bytes, as signed ones: é comes before a', async () => {
        const folder = await freshFolder();
        for (const each of ['b', 'a', '_c', '.d', 'B', 'é'])
          await ask('PUT', `${folder}/${each}`, 'op=MKDIRS');
        expect(await namesIn(folder)).toEqual(['é', '.d', 'B', '_c', 'a', 'b']);
      });

      it('LISTSTATUS of a file answers with the file, its pathSuffix empty', async () => {
        expect(await namesIn(await freshFile())).toEqual(['']);
        const missing = fresh();
        expect(await refusal('GET', missing, 'op=LISTSTATUS')).toBe(
          `404 FileNotFoundException: File ${missing} does not exist.`,
        );
      });

      it('LISTSTATUS_BATCH pages by the last name, 1000 at a time, and LISTSTATUS does not', async () => {
        const folder = await freshFolder();
        const names = Array.from({ length: 1003 }, (_, index) => `d${String(index).padStart(4, '0')}`);
        for (let start = 0; start < names.length; start += 50) {
          await Promise.all(
            names.slice(start, start + 50).map((each) => ask('PUT', `${folder}/${each}`, 'op=MKDIRS')),
          );
        }
        const page = async (startAfter: string) => {
          const { DirectoryListing } = await askJson(
            'GET',
            folder,
            `op=LISTSTATUS_BATCH&startAfter=${startAfter}`,
          );
          const entries = DirectoryListing?.partialListing.FileStatuses.FileStatus ?? [];
          return {
            names: entries.map((each: RawStatus) => each.pathSuffix),
            left: DirectoryListing?.remainingEntries,
          };
        };
        expect(await page('')).toEqual({ names: names.slice(0, 1000), left: 3 });
        expect(await page('d0999')).toEqual({ names: names.slice(1000), left: 0 });
        expect(await namesIn(folder)).toEqual(names);
      });

      it('GETCONTENTSUMMARY counts files, folders with the one itself, and bytes', async () => {
        const folder = await freshFolder();
        await create(`${folder}/a`, '12345', 'replication=2');
        await create(`${folder}/sub/b`, '678', 'replication=1');
        expect((await askJson('GET', folder, 'op=GETCONTENTSUMMARY')).ContentSummary).toMatchObject({
          fileCount: 2,
          directoryCount: 2,
          length: 8,
          spaceConsumed: 13,
          quota: -1,
          spaceQuota: -1,
        });
      });
    });

    describe('CHECKACCESS, SETPERMISSION and SETOWNER', () => {
      it('CHECKACCESS answers 200 with an empty body, or says what is not allowed', async () => {
        const folder = await freshFolder();
        expect(await ask('GET', folder, 'op=CHECKACCESS&fsaction=r-x', 'somebody')).toMatchObject({
          status: 200,
        });
        expect(await refusal('GET', folder, 'op=CHECKACCESS&fsaction=-wx', 'somebody')).toMatch(
          /access=WRITE_EXECUTE, inode=/,
        );
        expect(await refusal('GET', fresh(), 'op=CHECKACCESS&fsaction=-wx')).toBe(
          '404 FileNotFoundException: Path not found',
        );
      });

      it('only the owner may set permissions, and only the superuser an owner', async () => {
        const file = await freshFile();
        expect(await refusal('PUT', file, 'op=SETPERMISSION&permission=600', 'somebody')).toBe(
          `403 AccessControlException: Permission denied. user=somebody is not the owner of inode=${file}`,
        );
        await ask('PUT', file, 'op=SETOWNER&owner=somebody&group=some');
        expect((await ask('PUT', file, 'op=SETPERMISSION&permission=600', 'somebody')).body).toHaveLength(0);
        expect(await statusOf(file)).toMatchObject({ owner: 'somebody', group: 'some', permission: '600' });
        expect(await refusal('PUT', file, 'op=SETOWNER&owner=other', 'somebody')).toMatch(
          /^403 AccessControlException: User somebody is not a super user/,
        );
      });
    });

    describe('CONCAT', () => {
      const concat = (target: string, ...sources: string[]) =>
        ask('POST', target, `op=CONCAT&sources=${sources.join(',')}`);
      const small = (content: string | Uint8Array) => freshFile(content, 'blocksize=1048576');

      it('puts the sources behind the target, which may be empty, and they are gone', async () => {
        const [target, one, two] = [await small(''), await small('one '), await small('two')];
        const answer = await concat(target, one, two);
        expect(answer).toMatchObject({ status: 200 });
        expect(answer.body).toHaveLength(0);
        expect(await read(target)).toBe('one two');
        expect((await ask('GET', one, 'op=GETFILESTATUS')).status).toBe(404);
      });

      it('refuses empty sources, the target itself, and one twice', async () => {
        const [target, source, empty] = [await small('x'), await small('y'), await small('')];
        expect(refusalOf(await concat(target, empty))).toBe(
          `400 HadoopIllegalArgumentException: concat: source file ${empty} is invalid or empty or underConstruction`,
        );
        expect(refusalOf(await concat(target, target))).toMatch(/^400 .* is the same with the target file/);
        expect(refusalOf(await concat(target, source, source))).toMatch(
          /^400 .* at least two of the source files/,
        );
        expect(refusalOf(await concat(target, fresh()))).toMatch(
          /^404 FileNotFoundException: File does not exist/,
        );
      });

      it('refuses sources from another folder, and of larger blocks', async () => {
        const target = await small('x');
        const elsewhere = `${await freshFolder()}/file`;
        await create(elsewhere, 'y', 'blocksize=1048576');
        expect(refusalOf(await concat(target, elsewhere))).toMatch(/^400 .* is not in the same directory/);
        expect(refusalOf(await concat(target, await freshFile('y', 'blocksize=2097152')))).toMatch(
          /^400 .* has preferred block size 2097152 which is greater/,
        );
      });
    });

    describe('extended attributes', () => {
      const set = (path: string, name: string, value: string, flag = 'CREATE') =>
        ask(
          'PUT',
          path,
          `op=SETXATTR&xattr.name=${name}&xattr.value=${encodeURIComponent(value)}&flag=${flag}`,
        );
      const get = async (path: string, name: string, encoding: string) =>
        (await askJson('GET', path, `op=GETXATTRS&xattr.name=${name}&encoding=${encoding}`)).XAttrs?.[0]
          ?.value;

      it('have a name in one of four spaces, and a value that keeps its quotes when it is read as text', async () => {
        const file = await freshFile();
        expect((await set(file, 'user.sha', '"abc"')).status).toBe(200);
        expect(await get(file, 'user.sha', 'text')).toBe('"abc"');
        expect(await get(file, 'user.sha', 'hex')).toBe('0x616263');
        expect(await get(file, 'user.sha', 'base64')).toBe('0sYWJj');
        await set(file, 'user.hex', '0x616263');
        expect(await get(file, 'user.hex', 'text')).toBe('"abc"');
        expect(refusalOf(await set(file, 'sha', '"abc"'))).toMatch(
          /^400 HadoopIllegalArgumentException: An XAttr name must be prefixed/,
        );
      });

      it('are made with CREATE and changed with REPLACE', async () => {
        const file = await freshFile();
        expect(refusalOf(await set(file, 'user.a', '"1"', 'REPLACE'))).toMatch(
          /^403 IOException: .*does not exist/,
        );
        await set(file, 'user.a', '"1"');
        expect(refusalOf(await set(file, 'user.a', '"2"'))).toMatch(/^403 IOException: .*already exists/);
        await set(file, 'user.a', '"2"', 'REPLACE');
        expect(await get(file, 'user.a', 'text')).toBe('"2"');
        expect(await refusal('GET', file, 'op=GETXATTRS&encoding=text&xattr.name=user.none')).toMatch(
          /^403 XAttrNotFoundException/,
        );
      });

      it('are 32 at most', async () => {
        const file = await freshFile();
        for (let index = 0; index < 32; index++) await set(file, `user.a${index}`, '"1"');
        expect(refusalOf(await set(file, 'user.more', '"1"'))).toMatch(/^403 IOException: .*exceed/);
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
          `${hdfs.namenode}/webhdfs/v1${folder}/a+b,c=d?op=MKDIRS&user.name=${hdfs.superuser}`,
        );
        expect(await namesIn(folder)).toEqual(['a+b,c=d']);
      });

      it('come encoded in the header Location but for "+", and with raw non-ASCII in the JSON', async () => {
        const path = `${root}/é %#+`;
        expect(await locate('PUT', path, 'op=CREATE')).toContain(`${root}/%C3%A9%20%25%23+?`);
        const { Location } = await askJson('PUT', path, 'op=CREATE&noredirect=true');
        expect(Location).toContain(`${root}/é%20%25%23+?`);
      });

      it('may have doubled slashes and one at the end', async () => {
        const folder = await freshFolder();
        expect(await statusOf(`${folder.replaceAll('/', '//')}/`)).toMatchObject({ type: 'DIRECTORY' });
      });
    });

    describe('GETFILECHECKSUM', () => {
      const MIB = 1024 ** 2;

      it.each([1, 512, 513, 1000, MIB, MIB + 1, 2 * MIB + 7, 4 * MIB + 3, 9 * MIB])(
        'follows from the bytes and the block size: %d bytes in blocks of 1 MiB',
        async (size) => {
          const bytes = patterned(size);
          const path = await freshFile(bytes, `blocksize=${MIB}`);
          const crcsPerBlock = size > MIB ? MIB / 512 : 0;
          const found = await checksum(path);
          expect(found?.algorithm).toBe(`MD5-of-${crcsPerBlock}MD5-of-512CRC32C`);
          expect(found?.length).toBe(28);
          const prefix = `00000200${crcsPerBlock.toString(16).padStart(16, '0')}`;
          expect(found?.bytes).toBe(`${prefix}${hdfsMd5(bytes, MIB)}00000000`);
        },
      );

      it('of an empty file is a constant', async () => {
        expect(await checksum(await freshFile(''))).toEqual({
          algorithm: 'MD5-of-0MD5-of-0CRC32',
          bytes: '00000000000000000000000070bc8f4b72a86921468bf8e8441dce5100000000',
          length: 28,
        });
      });

      it('is another one for another block size', async () => {
        const bytes = patterned(3 * MIB);
        const sums = [
          await checksum(await freshFile(bytes, `blocksize=${MIB}`)),
          await checksum(await freshFile(bytes, `blocksize=${2 * MIB}`)),
        ];
        expect(sums[0]?.bytes).not.toBe(sums[1]?.bytes);
      });

      it('is the same after APPEND, which fills up the last block, and another after CONCAT', async () => {
        const bytes = patterned(2_500_000);
        const [head, tail] = [bytes.subarray(0, 1_300_001), bytes.subarray(1_300_001)];
        const [whole, appended, joined, source] = [
          await freshFile(bytes, `blocksize=${MIB}`),
          await freshFile(head, `blocksize=${MIB}`),
          await freshFile(head, `blocksize=${MIB}`),
          await freshFile(tail, `blocksize=${MIB}`),
        ];
        expect((await follow('POST', appended, 'op=APPEND', tail)).status).toBe(200);
        await ask('POST', joined, `op=CONCAT&sources=${source}`);
        expect((await checksum(appended))?.bytes).toBe((await checksum(whole))?.bytes);
        expect(sha256(Buffer.from((await follow('GET', joined, 'op=OPEN')).body))).toBe(sha256(bytes));
        expect((await checksum(joined))?.bytes).not.toBe((await checksum(whole))?.bytes);
      });
    });

    describe('quotas', () => {
      it('of names are refused by the namenode and by the datanode', async () => {
        const folder = await freshFolder();
        await ask('PUT', folder, 'op=SETQUOTA&namespacequota=2');
        await create(`${folder}/a`, 'x');
        const message = `403 NSQuotaExceededException: The NameSpace quota (directories and files) of directory ${folder} is exceeded: quota=2 file count=3`;
        expect(await refusal('PUT', `${folder}/b`, 'op=MKDIRS')).toBe(message);
        expect(refusalOf(await follow('PUT', `${folder}/b`, 'op=CREATE', Buffer.from('x')))).toBe(message);
        expect(await refusal('PUT', await freshFile(), `op=RENAME&destination=${folder}/b`)).toBe(message);
      });

      it('of bytes want room for a whole block with its replicas, and leave an empty file', async () => {
        const folder = await freshFolder();
        await ask('PUT', folder, 'op=SETQUOTA&storagespacequota=2097152');
        await create(`${folder}/fits`, 'x', 'blocksize=1048576&replication=2');
        await ask('DELETE', `${folder}/fits`, 'op=DELETE');
        const query = 'op=CREATE&blocksize=2097152&replication=2';
        expect(refusalOf(await follow('PUT', `${folder}/large`, query, Buffer.from('x')))).toBe(
          `403 DSQuotaExceededException: The DiskSpace quota of ${folder} is exceeded: quota = 2097152 B = 2 MB but diskspace consumed = 4194304 B = 4 MB`,
        );
        expect(await statusOf(`${folder}/large`)).toMatchObject({ type: 'FILE', length: 0 });
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
              (await rawRequest('GET', `${hdfs.namenode}/jmx?qry=Hadoop:service=NameNode,name=${asked}`))
                .body,
            ),
          ).beans;
        expect(await beans(bean)).toEqual([expect.objectContaining(expected)]);
        expect(await beans('Nothing')).toEqual([]);
      });
    });
  });
}

const WAIT = { timeout: 10_000, interval: 50 };

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Bytes without a period that blocks or chunks could hide. */
function patterned(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  for (let index = 0, state = 1; index < sizeBytes; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** The MD5 in HDFS's checksum, by the recipe of FileChecksumHelper and bit by bit. */
function hdfsMd5(bytes: Uint8Array, blockSize: number): string {
  const sums: Buffer[] = [];
  for (let block = 0; block < bytes.length; block += blockSize) {
    const crcs = createHash('md5');
    const blockEnd = Math.min(block + blockSize, bytes.length);
    for (let chunk = block; chunk < blockEnd; chunk += 512) {
      const crc = Buffer.alloc(4);
      crc.writeUInt32BE(crc32c(bytes.subarray(chunk, Math.min(chunk + 512, blockEnd))));
      crcs.update(crc);
    }
    sums.push(crcs.digest());
  }
  let grown = 32;
  while (grown < sums.length * 16) grown *= 2;
  return createHash('md5').update(Buffer.concat(sums, grown)).digest('hex');
}

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
