import { describe, expect, it } from 'vitest';
import { type RawStatus, refusalOf } from '../../support/raw-webhdfs.js';
import type { TriedHdfs } from './tried-hdfs.js';

/** Facts about folders, listings and permissions. */
export function describeFolderFacts(tried: TriedHdfs): void {
  const { fresh, freshFolder, freshFile, ask, askJson, refusal, follow, create, statusOf, namesIn } = tried;

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
      expect(await refusal('PUT', `${tried.root}/a:b`, 'op=MKDIRS')).toBe(
        `400 InvalidPathException: Invalid path name Invalid file name: ${tried.root}/a:b`,
      );
      expect((await ask('PUT', `${tried.root}/${'x'.repeat(255)}`, 'op=MKDIRS')).status).toBe(200);
      expect(await refusal('PUT', `${tried.root}/${'é'.repeat(128)}`, 'op=MKDIRS')).toMatch(
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
      const trash = `/user/${tried.superuser}/.Trash`;
      expect(await askJson('GET', tried.root, 'op=GETTRASHROOT')).toEqual({ Path: trash });
      expect((await ask('GET', `${trash}/Current${file}`, 'op=GETFILESTATUS')).status).toBe(404);
    });

    it('keep others from what is not theirs where the sticky bit is set', async () => {
      expect(await refusal('DELETE', tried.root, 'op=DELETE&recursive=true', 'somebody')).toMatch(
        /^403 AccessControlException: Permission denied by sticky bit: user=somebody, path=/,
      );
    });
  });

  describe('listings', () => {
    it('LISTSTATUS names entries in the order of their bytes, as signed ones: é comes before a', async () => {
      const folder = await freshFolder();
      for (const each of ['b', 'a', '_c', '.d', 'B', 'é']) await ask('PUT', `${folder}/${each}`, 'op=MKDIRS');
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
}
