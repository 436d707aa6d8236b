import { type CommandRun, getHistory, runHadoop, type YarnUnderTest } from '../streaming-run.js';

/** The context that all groups of facts share. */
export interface FactsContext {
  /** Available only while tests run. */
  yarn(): YarnUnderTest;
  /** A folder in HDFS, owned by the user under test. */
  readonly folder: string;
}

/** Without a second attempt of a task that is slow on a busy machine: the facts are about the first. */
const MAP_ONLY = [
  'mapreduce.job.reduces=0',
  'mapreduce.job.maps=1',
  'mapreduce.map.speculative=false',
].flatMap((property) => ['-D', property]);

/** Runs a streaming job, without reducers unless `properties` say otherwise: `properties` as `-D`, then the other options. */
export function runJob(
  context: FactsContext,
  properties: Readonly<Record<string, string | number>>,
  words: readonly string[],
): Promise<CommandRun> {
  const yarn = context.yarn();
  const given = Object.entries(properties).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
  return runHadoop(yarn, ['jar', yarn.streamingJar, ...MAP_ONLY, ...given, ...words]);
}

/** The id of a job's map task. */
export function taskOf({ applicationId }: CommandRun, number = 0): string {
  return `${applicationId.replace('application', 'task')}_m_00000${number}`;
}

/** The attempts of a task, as the history server lists them. */
export async function attemptsOf({ yarn }: FactsContext, run: CommandRun, task: string = taskOf(run)) {
  const { taskAttempts } = await getHistory(yarn(), run.applicationId, `/tasks/${task}/attempts`);
  return taskAttempts.taskAttempt;
}

/** Writes a file below the shared folder; returns its path. */
export async function writeInput(
  { yarn, folder }: FactsContext,
  name: string,
  content: string | Uint8Array,
): Promise<string> {
  const path = `${folder}/${name}`;
  await yarn().hdfs.makeDirectory(path.slice(0, path.lastIndexOf('/')));
  await yarn().hdfs.write(path, [Buffer.from(content)]);
  return path;
}
