import { usageOf } from './quota.mjs';
import { inodesBelow, lengthOf } from './tree.mjs';

/** FileStatus of WebHDFS, its fields in Hadoop's order. `fileIds`: real, missing or zero. */
export function fileStatus(node, pathSuffix, fileIds) {
  return {
    accessTime: node.accessedMs,
    blockSize: node.blockSize,
    childrenNum: node.children.size,
    ...(fileIds === 'missing' ? {} : { fileId: fileIds === 'zero' ? 0 : node.fileId }),
    group: node.group,
    length: lengthOf(node),
    modificationTime: node.modifiedMs,
    owner: node.owner,
    pathSuffix,
    permission: node.permission.toString(8),
    replication: node.replication,
    storagePolicy: 0,
    type: node.type,
  };
}

/** ContentSummary of WebHDFS. */
export function contentSummary(node) {
  const inodes = [...inodesBelow(node)];
  const files = inodes.filter(({ type }) => type === 'FILE');
  return {
    directoryCount: inodes.length - files.length,
    ecPolicy: '',
    fileCount: files.length,
    length: files.reduce((sum, file) => sum + lengthOf(file), 0),
    quota: node.quota?.names ?? -1,
    snapshotDirectoryCount: 0,
    snapshotFileCount: 0,
    snapshotLength: 0,
    snapshotSpaceConsumed: 0,
    spaceConsumed: usageOf(node).space,
    spaceQuota: node.quota?.space ?? -1,
    typeQuota: {},
  };
}
