import type { HadoopCauseKind } from '../../errors.js';

/** What ended a job, in a sentence, and what to do about it. */
export interface CauseText {
  readonly title: string;
  readonly hint: string;
}

const CAUSES: Readonly<Record<HadoopCauseKind, CauseText>> = {
  'command-missing': {
    title: "Hadoop's command could not be started",
    hint: 'Set "hadoop" in the cluster file to the command that works at a prompt, and start what it needs',
  },
  'jar-missing': {
    title: "Hadoop's streaming jar is not where it was looked for",
    hint: 'Set streamingJar in the cluster file (or --streaming-jar): the path as the hadoop command sees it, often $HADOOP_HOME/share/hadoop/tools/lib/hadoop-streaming-3.x.jar',
  },
  'namenode-unreachable': {
    title: "The hadoop command can't reach the namenode",
    hint: 'See that the namenode is up, and that fs in the cluster file is its address (fs.defaultFS)',
  },
  'resource-manager-unreachable': {
    title: "The hadoop command can't reach the resourcemanager",
    hint: 'See that the resourcemanager is up and that yarn-site.xml of the hadoop command names its address',
  },
  'hdfs-safe-mode': {
    title: 'The namenode is in safe mode: nothing can be written',
    hint: 'Wait until it leaves safe mode by itself, or see why it does not: hdfs dfsadmin -safemode get',
  },
  'hdfs-permission': {
    title: 'HDFS denies access',
    hint: 'Choose an output that this user may write to, have the rights changed, or submit as another user (user in the cluster file, --user)',
  },
  'hdfs-quota': {
    title: 'A quota of HDFS is used up',
    hint: 'Remove what is not needed there, have the quota raised, or choose another output; see: hadoop fs -count -q DIR',
  },
  'other-hdfs': {
    title: 'Jobs would not find the data: fs and webhdfs are not the same HDFS',
    hint: 'Set fs in the cluster file to what the hadoop command calls the HDFS behind webhdfs; see: hdfs getconf -confKey fs.defaultFS',
  },
  'input-missing': {
    title: 'An input is not in HDFS',
    hint: 'Somebody removed it, or fs in the cluster file names another HDFS than webhdfs; run again to send it once more',
  },
  'output-exists': {
    title: "The job's output folder exists already",
    hint: 'Run again: every run has a folder of its own',
  },
  'queue-unknown': {
    title: "YARN doesn't know the queue",
    hint: 'Set queue in the cluster file or job file, or --queue, to one that exists; see: mapred queue -list',
  },
  'queue-stopped': {
    title: 'The queue takes no jobs',
    hint: 'Choose another queue (queue in the cluster file or job file, --queue), or have this one started; see: mapred queue -list',
  },
  'queue-refused': {
    title: 'YARN refused the job in this queue',
    hint: 'Choose another queue, or have this user admitted; see: mapred queue -showacls',
  },
  'memory-request': {
    title: 'A task asks for more memory than any node may give',
    hint: 'Set taskMemory lower; the limit is yarn.scheduler.maximum-allocation-mb',
  },
  'file-not-localised': {
    title: 'A node could not fetch the mapper from HDFS',
    hint: 'The file was removed or changed while the job ran; run again to send it once more',
  },
  'program-missing': {
    title: 'Node was not found on a node of the cluster',
    hint: 'Send Node along with --ship-node, or name its path on the nodes: node in the cluster file',
  },
  'program-not-executable': {
    title: 'Node could not be started on a node of the cluster',
    hint: 'It is not executable there or built for another system; name one that fits: shipNode in the cluster file',
  },
  'environment-too-big': {
    title: "The job's configuration is too big for a task's environment",
    hint: 'Give fewer inputs, or name their folder instead of each file',
  },
  'task-memory': {
    title: 'A task was killed for taking more memory than it was given',
    hint: 'Set taskMemory higher (mapreduce.map.memory.mb), or nodeMemory lower',
  },
  'node-memory': {
    title: 'Node ran out of memory in a task',
    hint: 'Set nodeMemory higher, and taskMemory so that Java fits beside it',
  },
  'task-timeout': {
    title: 'A task hung: it neither read nor wrote until its time was up',
    hint: 'Look for an endless loop in the mapper; the limit is mapreduce.task.timeout (milliseconds)',
  },
  'no-space-on-node': {
    title: 'The disk of a node is full',
    hint: 'Have space made on that node, or the node taken out',
  },
  'mapper-failed': {
    title: 'The mapper stopped',
    hint: 'Mend the record or the rule that it names; try it alone: hadoop-elt map JOB < FILE',
  },
  'mapper-exit': {
    title: 'The mapper failed',
    hint: 'Try it on the same input in a pipe: hadoop-elt map JOB < FILE',
  },
  'mapper-stopped-early': {
    title: 'The mapper ended before it had read all of its input',
    hint: 'A mapper must read stdin to its end, even when it needs no more of it',
  },
  'task-failed': { title: 'A task failed', hint: 'The log of the task says more; see its address above' },
  'master-failed': {
    title: "The job's application master failed to run",
    hint: "It is YARN's side of the job: see yarn.app.mapreduce.am.* in mapred-site.xml, and the log of the application",
  },
  'job-killed': {
    title: 'The job was killed from outside',
    hint: 'Ask who killed it; nothing was published, and it may be run again',
  },
  'order-unknown': {
    title: "The job succeeded, but it can't be told which part file belongs where in the input",
    hint: 'Give the address of the history server (historyServer in the cluster file) and run again',
  },
  unknown: {
    title: 'The job failed, and no known cause was found in what Hadoop tells',
    hint: 'Read the log',
  },
};

/** The words for a cause. */
export function causeText(kind: HadoopCauseKind): CauseText {
  return CAUSES[kind];
}
