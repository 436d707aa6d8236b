/** The last stack frames of every task error; the first ones depend on the error. */
const TASK_FRAMES = [
  'org.apache.hadoop.mapred.MapTask.runOldMapper(MapTask.java:466)',
  'org.apache.hadoop.mapred.MapTask.run(MapTask.java:350)',
  'org.apache.hadoop.mapred.YarnChild$2.run(YarnChild.java:178)',
  'java.base/java.security.AccessController.doPrivileged(AccessController.java:712)',
  'java.base/javax.security.auth.Subject.doAs(Subject.java:439)',
  'org.apache.hadoop.security.UserGroupInformation.doAs(UserGroupInformation.java:1899)',
  'org.apache.hadoop.mapred.YarnChild.main(YarnChild.java:172)',
];

const withFrames = (first, frames) =>
  [first, ...[...frames, ...TASK_FRAMES].map((frame) => `\tat ${frame}`), ''].join('\n');

/** For an attempt whose mapper ended with an exit code other than 0. */
export function exitDiagnostics(code) {
  return withFrames(
    `Error: java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): subprocess failed with code ${code}`,
    [
      'org.apache.hadoop.streaming.PipeMapRed.waitOutputThreads(PipeMapRed.java:326)',
      'org.apache.hadoop.streaming.PipeMapRed.mapRedFinished(PipeMapRed.java:539)',
      'org.apache.hadoop.streaming.PipeMapper.close(PipeMapper.java:130)',
    ],
  );
}

/** For an attempt whose mapper ended with exit code 0 before it had read all of its input. */
export function brokenPipeDiagnostics() {
  return withFrames('Error: java.io.IOException: Broken pipe', [
    'java.base/java.io.FileOutputStream.writeBytes(Native Method)',
    'java.base/java.io.BufferedOutputStream.write(BufferedOutputStream.java:123)',
    'org.apache.hadoop.streaming.io.TextInputWriter.writeUTF8(TextInputWriter.java:72)',
    'org.apache.hadoop.streaming.PipeMapper.map(PipeMapper.java:106)',
  ]);
}

/** For an attempt whose mapper could not be started. @param {import('./command-words.mjs').StartError} error */
export function startDiagnostics(error) {
  const causes = [
    'java.lang.reflect.InvocationTargetException',
    'java.lang.RuntimeException: Error in configuring object',
    'java.lang.reflect.InvocationTargetException',
    'java.lang.RuntimeException: configuration exception',
    `java.io.IOException: ${error.message}`,
    `java.io.IOException: ${error.reason}`,
  ];
  const first = withFrames('Error: java.lang.RuntimeException: Error in configuring object', [
    'org.apache.hadoop.util.ReflectionUtils.setJobConf(ReflectionUtils.java:115)',
  ]);
  return first + causes.map((cause) => `Caused by: ${cause}\n\t... 9 more\n`).join('');
}

/** For an attempt that reported no progress within the timeout. */
export function timeoutDiagnostics(attemptId, conf) {
  const seconds = (name) => Math.floor(conf.number(name) / 1000);
  const timeout = `task timeout set: ${seconds('mapreduce.task.timeout')}s, taskTimedOut: true`;
  const stuck = `task stuck timeout set: ${seconds('mapreduce.task.stuck.timeout-ms')}s, taskStuck: false`;
  return `AttemptID:${attemptId} ${timeout}; ${stuck}`;
}

/** For an application whose master failed at each start. */
export function masterDiagnostics(applicationId, exitCode, detail) {
  const attempt = `${applicationId.replace('application', 'appattempt')}_000002`;
  return [
    `Application ${applicationId} failed 2 times due to AM Container for ${attempt} exited with  exitCode: ${exitCode}`,
    `Failing this attempt.Diagnostics: ${detail}`,
    `For more detailed output, check the application tracking page: http://resourcemanager:8088/cluster/app/${applicationId} Then click on links to logs of each attempt.`,
    '. Failing the application.',
  ].join('\n');
}

/** For a job whose tasks ask for more memory than a container may have. */
export function memoryDiagnostics(memoryMib, { maxContainerMib, maxContainerVcores }, tasks) {
  const said = `The required MAP capability is more than the supported max container capability in the cluster. Killing the Job. mapResourceRequest: <memory:${memoryMib}, vCores:1> maxContainerCapability:<memory:${maxContainerMib}, vCores:${maxContainerVcores}>`;
  return [
    said,
    'Job received Kill while in RUNNING state.',
    ...Array(Math.max(0, tasks - 1)).fill(said),
  ].join('\n');
}
