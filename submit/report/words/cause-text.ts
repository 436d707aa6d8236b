import type { HadoopCauseKind } from '../../errors.js';

/** Text for the cause of a failed job, and a hint. */
export interface CauseText {
  readonly title: string;
  readonly hint: string;
}

const CAUSES: Readonly<Record<HadoopCauseKind, CauseText>> = {
  'command-missing': {
    title: "Can't start the hadoop command",
    hint: 'Set hadoop in the cluster file to a command that works in your shell, and start what it needs',
  },
  'jar-missing': {
    title: "Hadoop's streaming jar was not found",
    hint: 'Set streamingJar in the cluster file, or --streaming-jar, to its path where the hadoop command runs, often $HADOOP_HOME/share/hadoop/tools/lib/hadoop-streaming-3.x.jar',
  },
  'namenode-unreachable': {
    title: "The hadoop command can't reach the namenode",
    hint: 'Check that the namenode is up and that fs in the cluster file is its address (fs.defaultFS)',
  },
  'resource-manager-unreachable': {
    title: "The hadoop command can't reach the resourcemanager",
    hint: 'Check that the resourcemanager is up and that yarn-site.xml of the hadoop command has its address',
  },
  'hdfs-safe-mode': {
    title: 'The namenode is in safe mode: HDFS is read-only',
    hint: 'Wait until it leaves safe mode; see: hdfs dfsadmin -safemode get',
  },
  'hdfs-permission': {
    title: 'HDFS denies access',
    hint: 'Choose an output that this user may write to, have the permissions changed, or submit as another user (user in the cluster file, --user)',
  },
  'hdfs-quota': {
    title: 'An HDFS quota is exceeded',
    hint: 'Remove files there, have the quota raised, or choose another output; see: hadoop fs -count -q DIR',
  },
  'other-hdfs': {
    title: 'Jobs would not find the data: fs and webhdfs are not the same HDFS',
    hint: 'Set fs in the cluster file to the hdfs:// address of the HDFS behind webhdfs; see: hdfs getconf -confKey fs.defaultFS',
  },
  'input-missing': {
    title: 'An input is not in HDFS',
    hint: 'It was removed, or fs and webhdfs in the cluster file are different HDFS; run again to upload it again',
  },
  'output-exists': {
    title: "The job's output folder exists already",
    hint: 'Run again: every run has a folder of its own',
  },
  'queue-unknown': {
    title: "YARN doesn't know the queue",
    hint: 'Set queue in the cluster file or job file, or --queue, to an existing queue; see: mapred queue -list',
  },
  'queue-stopped': {
    title: 'The queue does not accept jobs',
    hint: 'Choose another queue (queue in the cluster file or job file, --queue), or have this one started; see: mapred queue -list',
  },
  'queue-refused': {
    title: 'YARN refused the job in this queue',
    hint: 'Choose another queue, or have this user added to its ACL; see: mapred queue -showacls',
  },
  'memory-request': {
    title: 'A task requests more memory than YARN allows',
    hint: 'Lower taskMemory; the limit is yarn.scheduler.maximum-allocation-mb',
  },
  'file-not-localised': {
    title: 'A node could not fetch the mapper from HDFS',
    hint: 'The file was removed or changed while the job ran; run again to upload it again',
  },
  'program-missing': {
    title: 'Node was not found on a node of the cluster',
    hint: 'Ship Node with the job (--ship-node), or set node in the cluster file to its path on the nodes',
  },
  'program-not-executable': {
    title: 'Node could not be started on a node of the cluster',
    hint: 'It is not executable, or built for another system; set shipNode in the cluster file to one that fits',
  },
  'environment-too-big': {
    title: "The job's configuration is too big for a task's environment",
    hint: 'Give fewer inputs, or name their folder instead of each file',
  },
  'task-memory': {
    title: 'A task was killed for exceeding its memory limit',
    hint: 'Raise taskMemory (mapreduce.map.memory.mb), or lower nodeMemory',
  },
  'node-memory': {
    title: 'Node ran out of memory in a task',
    hint: 'Raise nodeMemory, and taskMemory with it so that Java fits as well',
  },
  'task-timeout': {
    title: 'A task timed out: it read and wrote nothing until its time was up',
    hint: 'Look for an endless loop in the mapper; the limit is mapreduce.task.timeout (milliseconds)',
  },
  'no-space-on-node': {
    title: 'The disk of a node is full',
    hint: 'Have disk space freed on that node, or the node decommissioned',
  },
  'mapper-failed': {
    title: 'The mapper stopped',
    hint: 'Fix the record or the rule that it names; try it in a pipe: hadoop-elt map JOB < FILE',
  },
  'mapper-exit': {
    title: 'The mapper failed',
    hint: 'Try it on the same input in a pipe: hadoop-elt map JOB < FILE',
  },
  'mapper-stopped-early': {
    title: 'The mapper ended before it had read all of its input',
    hint: 'A mapper must read stdin to its end, even if it ignores the rest',
  },
  'task-failed': { title: 'A task failed', hint: 'Read the log of the task at the address above' },
  'master-failed': {
    title: "The job's application master failed to run",
    hint: 'Check yarn.app.mapreduce.am.* in mapred-site.xml, and read the log of the application',
  },
  'job-killed': {
    title: 'The job was killed from outside',
    hint: 'Find out who killed it; nothing was published, and it can be run again',
  },
  'application-lost': {
    title: 'YARN no longer knows the application of the job',
    hint: 'Was the resourcemanager restarted without recovery? Nothing was published, and it can be run again',
  },
  'order-unknown': {
    title: 'The job succeeded, but the input order of its part files is unknown',
    hint: 'Set historyServer in the cluster file to the address of the history server, and run again',
  },
  unknown: {
    title: "The job failed, and Hadoop's output shows no known cause",
    hint: 'Read the log',
  },
};

/** The text for a cause. */
export function causeText(kind: HadoopCauseKind): CauseText {
  return CAUSES[kind];
}
