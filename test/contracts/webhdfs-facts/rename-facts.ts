import { describe, expect, it } from 'vitest';
import { type RawAnswer, refusalOf } from '../../support/raw-webhdfs.js';
import type { TriedHdfs } from './tried-hdfs.js';

/** Facts about both kinds of RENAME. */
export function describeRenameFacts(tried: TriedHdfs): void {
  const { fresh, freshFolder, freshFile, ask, askJson, create, read, statusOf, namesIn } = tried;

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
}
