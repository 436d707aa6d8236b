import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWebHdfsStore, type WebHdfsStore } from '../../../../../submit/stores/hdfs/webhdfs-store.js';
import { statAll } from '../../../../../submit/stores/store.js';
import { type FakeHdfs, startFakeHdfs } from '../../../../support/fake-hdfs.js';

let hdfs: FakeHdfs;
let store: WebHdfsStore;
let count = 0;
let folder = '';
beforeAll(async () => {
  hdfs = await startFakeHdfs();
  store = createWebHdfsStore({ url: hdfs.namenode, user: 'ann', retries: 1, firstPauseMs: 1 });
});
beforeEach(async () => {
  count += 1;
  folder = `/find-all-${count}`;
});
afterEach(async () => {
  await hdfs.clearFaults();
  await hdfs.setOptions({ listLimit: 1000 });
});
afterAll(() => hdfs.stop());

const pathOf = (at: number) => `${folder}/${String(at).padStart(3, '0')}`;
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => pathOf(from + at));

/** Writes `size` files, and looks for the wanted ones: the sizes found, and the requests that took. */
async function look(size: number, wanted: readonly string[]) {
  for (let at = 0; at < size; at++) await hdfs.writeFile(pathOf(at), 'x'.repeat(at % 7), 'ann');
  await hdfs.clearLog();
  const found = await statAll(store, wanted);
  const requests = (await hdfs.log()).map(({ op }) => op);
  const times = (op: string) => requests.filter((one) => one === op).length;
  return {
    sizes: found.map((status) => status?.sizeBytes),
    ...{ pages: times('LISTSTATUS_BATCH'), looks: times('GETFILESTATUS') },
  };
}
const sizesOf = (paths: readonly string[], size: number) =>
  paths.map((path) => (Number(path.slice(-3)) < size ? Number(path.slice(-3)) % 7 : undefined));

describe('many files of a folder in HDFS', () => {
  it('are found by one listing, and what is not in it is not there', async () => {
    const wanted = range(10, 40);
    expect(await look(30, wanted)).toEqual({ sizes: sizesOf(wanted, 30), pages: 1, looks: 0 });
  });

  it('are found by several pages if they are many', async () => {
    await hdfs.setOptions({ listLimit: 60 });
    const wanted = range(0, 110);
    expect(await look(110, wanted)).toEqual({ sizes: sizesOf(wanted, 110), pages: 2, looks: 0 });
  });

  it('are looked at one by one once the folder shows to hold many others', async () => {
    await hdfs.setOptions({ listLimit: 20 });
    const wanted = range(15, 30);
    expect(await look(50, wanted)).toEqual({ sizes: sizesOf(wanted, 50), pages: 1, looks: 10 });
  });

  it('are looked at one by one if they are few, or the folder cannot be listed', async () => {
    expect(await look(9, range(0, 7))).toMatchObject({ pages: 0, looks: 7 });
    const error = {
      do: 'error',
      status: 400,
      exception: 'UnsupportedOperationException',
      message: '',
    } as const;
    await hdfs.fault({ match: { op: 'LISTSTATUS_BATCH' }, times: -1, ...error });
    const wanted = range(0, 12);
    expect(await look(9, wanted)).toEqual({ sizes: sizesOf(wanted, 9), pages: 1, looks: 12 });
  });

  it('of a folder that is missing are looked at one by one, and are not there', async () => {
    const wanted = range(0, 9);
    expect(await look(0, wanted)).toEqual({ sizes: wanted.map(() => undefined), pages: 1, looks: 9 });
  });

  it('name the one that HDFS does not let the user see', async () => {
    await hdfs.fault({
      match: { path: `${pathOf(3)}$` },
      ...{ do: 'error', status: 403, exception: 'AccessControlException', message: 'no', times: -1 },
    });
    await hdfs.setOptions({ listLimit: 2 });
    await expect(look(9, range(0, 9))).rejects.toMatchObject({ code: 'store', details: { path: pathOf(3) } });
  });
});
