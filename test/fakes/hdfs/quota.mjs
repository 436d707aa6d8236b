import { RemoteError } from './remote-error.mjs';
import { inodesBelow, lengthOf, pathOf } from './tree.mjs';

/** The names and bytes of an inode and everything below it; bytes include all replicas. */
export function usageOf(node) {
  let names = 0;
  let space = 0;
  for (const inode of inodesBelow(node)) {
    names += 1;
    space += lengthOf(inode) * inode.replication;
  }
  return { names, space };
}

/** Throws if a folder or one above it has no quota for that many more names and bytes. */
export function checkQuota(folder, { names = 0, space = 0 }) {
  for (let inode = folder; inode !== null; inode = inode.parent) {
    if (inode.quota === null) continue;
    const used = usageOf(inode);
    const path = pathOf(inode);
    if (names > 0 && inode.quota.names >= 0 && used.names + names > inode.quota.names) {
      throw new RemoteError(
        'NSQuotaExceededException',
        `The NameSpace quota (directories and files) of directory ${path} is exceeded: quota=${inode.quota.names} file count=${used.names + names}`,
      );
    }
    if (space > 0 && inode.quota.space >= 0 && used.space + space > inode.quota.space) {
      throw new RemoteError(
        'DSQuotaExceededException',
        `The DiskSpace quota of ${path} is exceeded: quota = ${sizeText(inode.quota.space)} but diskspace consumed = ${sizeText(used.space + space)}`,
      );
    }
  }
}

/** Formats a size like StringUtils.TraditionalBinaryPrefix: `3000000 B = 2.86 MB`. */
function sizeText(bytes) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.max(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), 0), units.length - 1);
  const inUnits = bytes / 1024 ** power;
  const value = Number.isInteger(inUnits) ? String(inUnits) : inUnits.toFixed(2);
  return `${bytes} B = ${value} ${units[power]}`;
}
