import type { Engine } from '../engines/engine.js';
import { createHadoopEngine, type HadoopCluster } from '../engines/hadoop-engine.js';
import { Failure } from '../errors.js';
import type { ClusterSettings } from '../job/cluster-settings.js';
import { createWebHdfsStore, type WebHdfsStore } from '../stores/webhdfs-store.js';

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
    url: webhdfs.value.split(','),
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

/** The engine of a cluster. Nothing is sent. Throws `hadoop-not-found`. */
export function openEngine(
  settings: ClusterSettings,
  signal: AbortSignal,
  nodeArchivePath: string | null,
): Engine {
  const cluster: HadoopCluster = {
    settings,
    store: openStore(settings, signal),
    streamingJar: streamingJarOf(settings),
    commandEnv: commandEnvOf(settings),
    nodeArchivePath,
    keepFolder: `${homeOf(settings)}/.hadoop-elt`,
  };
  return createHadoopEngine(cluster);
}

/** Without Kerberos, Hadoop's commands take their user from this variable. */
export function commandEnvOf({ user }: ClusterSettings): Readonly<Record<string, string>> {
  return user.value === null ? {} : { HADOOP_USER_NAME: user.value };
}
