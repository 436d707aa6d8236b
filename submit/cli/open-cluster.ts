import type { Context } from '../context.js';
import type { Check } from '../doctor/check.js';
import { STREAMING_JAR_CHECK, streamingChecks } from '../engines/streaming/checks.js';
import type { HadoopCluster } from '../engines/streaming/hadoop-cluster.js';
import { type KnownCommand, NOTHING_KNOWN } from '../engines/streaming/known-command.js';
import { nodeArchiveOf, sendNodeArchive } from '../engines/streaming/node-archive.js';
import { PROBE_PLAN, runProbeJob } from '../engines/streaming/probe-job.js';
import { createStreamingEngine } from '../engines/streaming/streaming-engine.js';
import { Failure } from '../errors.js';
import type { ClusterSettings } from '../hadoop/cluster/cluster-settings.js';
import { createHistoryServer } from '../hadoop/history-server.js';
import { createResourceManager } from '../hadoop/resource-manager.js';
import { bundleMapper } from '../job/bundle.js';
import type { ProtectedPlace } from '../sinks/sink.js';
import { DATANODE_CHECK, hdfsChecks } from '../stores/hdfs/checks.js';
import { createWebHdfsStore, type WebHdfsStore } from '../stores/hdfs/webhdfs-store.js';

/** The user's HDFS home by Hadoop's default, `/user/<name>`; asks no server. Throws `hadoop-not-found`. */
function homeOf(settings: ClusterSettings): string {
  return `/user/${userOf(settings)}`;
}

/** The user's HDFS home, which relative paths start from, and the URI of the file system. */
export function hdfsOf(settings: ClusterSettings): { readonly home: string; readonly fs: string } {
  return { home: homeOf(settings), fs: settings.fs.value ?? 'hdfs:' };
}

function userOf({ user }: ClusterSettings): string {
  if (user.value !== null) return user.value;
  throw new Failure('hadoop-not-found', {
    what: 'user',
    looked: ['--user', 'user in the cluster file', 'environment HADOOP_USER_NAME and USER'],
  });
}

/** The HDFS store of a cluster. Sends nothing. Throws `hadoop-not-found`. */
function openStore(
  settings: ClusterSettings,
  { machine, signal }: Pick<Context, 'machine' | 'signal'>,
): WebHdfsStore {
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
    http: machine.http,
  });
}

/** Path of the streaming jar on the machine of the hadoop command. Throws `hadoop-not-found`. */
function streamingJarOf({ streamingJar }: ClusterSettings): string {
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

/** The running Node, to be shipped to the nodes. Throws `usage` when this machine does not run Linux. */
function ownNode({ nodePath }: Pick<Context, 'nodePath'>, platform: NodeJS.Platform): string {
  if (platform === 'linux') return nodePath;
  throw new Failure(
    'usage',
    {
      problem: `Can't ship the running Node: it is built for ${platform}, and the cluster's nodes need one for Linux`,
    },
    { hint: 'Set shipNode in the cluster file to the path of a Node for Linux' },
  );
}

/** Settings → the cluster. Sends nothing. Throws `hadoop-not-found`, `usage`, and `store` for an unreadable Node. */
export async function openCluster(
  settings: ClusterSettings,
  context: Pick<Context, 'machine' | 'nodePath' | 'signal' | 'keyProgramSource'>,
  known: KnownCommand,
  platform: NodeJS.Platform = process.platform,
): Promise<HadoopCluster> {
  const { files, programs, http } = context.machine;
  const store = openStore(settings, context);
  const sharedFolder = sharedFolderOf(settings);
  const shipped = settings.shipNode.value;
  const archive =
    shipped === false
      ? null
      : await nodeArchiveOf(shipped === true ? ownNode(context, platform) : shipped, `${sharedFolder}/node`);
  const { resourceManager, historyServer, user } = settings;
  return {
    settings,
    store,
    resourceManager: resourceManager.value && createResourceManager(resourceManager.value, user.value, http),
    historyServer:
      historyServer.value === null ? null : createHistoryServer(historyServer.value, user.value, http),
    files,
    programs,
    http,
    streamingJar: streamingJarOf(settings),
    commandEnv: commandEnvOf(settings),
    known,
    nodeArchive: archive && {
      path: archive.path,
      send: (owner) => sendNodeArchive(store, archive, owner),
    },
    sharedFolder,
    keyProgram: context.keyProgramSource,
  };
}

/** Folder in HDFS for files that runs share: mappers and Node. */
function sharedFolderOf(settings: ClusterSettings): string {
  return `${homeOf(settings)}/.hadoop-elt`;
}

/** Places that no output in HDFS may harm. */
export function placesOfCluster(settings: ClusterSettings): readonly ProtectedPlace[] {
  return [
    { path: '/', what: 'the root folder', isWhole: false },
    { path: homeOf(settings), what: 'your home folder', isWhole: false },
    { path: sharedFolderOf(settings), what: 'the folder that runs share', isWhole: true },
  ];
}

/** All checks of a cluster, HDFS first; `deep` adds a probe job. */
export function clusterChecks(
  settings: ClusterSettings,
  context: Pick<Context, 'machine' | 'nodePath' | 'signal' | 'stderr' | 'mapper' | 'keyProgramSource'>,
  { output, deep }: { readonly output: string | null; readonly deep: boolean },
): Check[] {
  const { http, programs, files } = context.machine;
  const store = openStore(settings, context);
  const sharedFolder = sharedFolderOf(settings);
  const probe: Check = {
    name: 'probe job',
    needs: [DATANODE_CHECK, STREAMING_JAR_CHECK],
    failedMeans: 'no job ran',
    run: async () =>
      runProbeJob(
        {
          engine: createStreamingEngine(await openCluster(settings, context, NOTHING_KNOWN)),
          files,
          mapper: bundleMapper(context.mapper.bundleSource, PROBE_PLAN).text,
        },
        (url) => context.stderr.write(`      probe job: ${url}\n`),
        context.signal,
      ),
  };
  return [
    ...hdfsChecks({
      store,
      webhdfs: settings.webhdfs.value ?? [],
      user: settings.user.value ?? '',
      sharedFolder,
      output,
      http,
    }),
    ...streamingChecks({
      settings,
      store,
      sharedFolder,
      streamingJar: () => streamingJarOf(settings),
      commandEnv: commandEnvOf(settings),
      storeCheck: DATANODE_CHECK,
      http,
      programs,
    }),
    ...(deep ? [probe] : []),
  ];
}

/** Without Kerberos, the hadoop command takes its user from HADOOP_USER_NAME. */
function commandEnvOf({ user }: ClusterSettings): Readonly<Record<string, string>> {
  return user.value === null ? {} : { HADOOP_USER_NAME: user.value };
}
