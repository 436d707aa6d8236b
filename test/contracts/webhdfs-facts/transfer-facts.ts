import { describe, expect, it } from 'vitest';
import { beginRequest, jsonOf, refusalOf } from '../../support/raw-webhdfs.js';
import type { TriedHdfs } from './tried-hdfs.js';

/** Facts about writing and reading the bytes of files. */
export function describeTransferFacts(tried: TriedHdfs): void {
  const { fresh, freshFolder, freshFile, ask, refusal, locate, follow, create, read, statusOf } = tried;

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
        expect(location.searchParams.get('user.name')).toBe(tried.superuser);
        expect(location.host).not.toBe(new URL(tried.namenode).host);
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
      expect(await statusOf(await freshFile())).toMatchObject({ permission: '644', owner: tried.superuser });
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
}
