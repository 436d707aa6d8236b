import type { Context } from '../context.js';
import { nodePrograms } from '../engines/node-programs.js';
import type { HadoopCluster } from '../engines/streaming/hadoop-cluster.js';
import { nodeArchiveOf, sendNodeArchive } from '../engines/streaming/node-archive.js';
import { Failure } from '../errors.js';
import type { ClusterSettings } from '../hadoop/cluster/cluster-settings.js';
import { createHistoryServer } from '../hadoop/history-server.js';
import { createResourceManager } from '../hadoop/resource-manager.js';
import { createWebHdfsStore, type WebHdfsStore } from '../stores/hdfs/webhdfs-store.js';
import { nodeFileSystem } from '../stores/local/node-file-system.js';

/** The user's home folder in HDFS, by Hadoop's rule, without asking for it. Throws `hadoop-not-found`. */
export function homeOf(settings: ClusterSettings): string {
  return `/user/${userOf(settings)}`;
}

function userOf({ user }: ClusterSettings): string {
  if (user.value !== null) return user.value;
  throw new Failure('hadoop-not-found', {
    what: 'user',
    looked: ['--user', 'user in the cluster file', 'environment HADOOP_USER_NAME and USER'],
  });
}

/** HDFS of a cluster. Nothing is sent. Throws `hadoop-not-found`. */
export function openStore(settings: ClusterSettings, signal: AbortSignal): WebHdfsStore {
  const { webhdfs, fs, datanodes, blockSize, replication } = settings;
  if (webhdfs.value === null) {
    throw new Failure('hadoop-not-found', {
      what: 'cluster',
      looked: [
        '--cluster and HADOOP_ELT_CLUSTER',
        '--webhdfs and webhdfs in the cluster file',
        'core-site.xml in HADOOP_CONF_DIR',
      ],
    });
  }
  return createWebHdfsStore({
    url: webhdfs.value,
    user: userOf(settings),
    fs: fs.value ?? undefined,
    datanodes: datanodes.value,
    blockSizeBytes: blockSize.value ?? undefined,
    replication: replication.value ?? undefined,
    signal,
  });
}

/** Path of the streaming jar as the hadoop command sees it. Throws `hadoop-not-found`. */
export function streamingJarOf({ streamingJar }: ClusterSettings): string {
  if (streamingJar.value !== null) return streamingJar.value;
  throw new Failure('hadoop-not-found', {
    what: 'streaming-jar',
    looked: [
      '--streaming-jar',
      'streamingJar in the cluster file',
      'HADOOP_HOME/share/hadoop/tools/lib',
      '/usr/lib/hadoop-mapreduce',
    ],
  });
}

/** A cluster by its settings. Nothing is sent. Throws `hadoop-not-found`, and `local-file` for a Node to send. */
export async function openCluster(
  settings: ClusterSettings,
  { nodePath, signal }: Pick<Context, 'nodePath' | 'signal'>,
): Promise<HadoopCluster> {
  const store = openStore(settings, signal);
  const sharedFolder = `${homeOf(settings)}/.hadoop-elt`;
  const shipped = settings.shipNode.value;
  const archive =
    shipped === false
      ? null
      : await nodeArchiveOf(shipped === true ? nodePath : shipped, `${sharedFolder}/node`);
  const at = <T>(address: string | null, create: (address: string, user: string | null) => T): T | null =>
    address === null ? null : create(address, settings.user.value);
  return {
    settings,
    store,
    resourceManager: at(settings.resourceManager.value, createResourceManager),
    historyServer: at(settings.historyServer.value, createHistoryServer),
    files: nodeFileSystem,
    programs: nodePrograms,
    streamingJar: streamingJarOf(settings),
    commandEnv: commandEnvOf(settings),
    nodeArchive: archive && { path: archive.path, send: () => sendNodeArchive(store, archive) },
    sharedFolder,
  };
}

/** Without Kerberos, Hadoop's commands take their user from this variable. */
export function commandEnvOf({ user }: ClusterSettings): Readonly<Record<string, string>> {
  return user.value === null ? {} : { HADOOP_USER_NAME: user.value };
}
