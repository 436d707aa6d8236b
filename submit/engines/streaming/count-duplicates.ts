import type { Duplicates } from '../../check-finding.js';
import { maskerOf } from '../../config/secrets.js';
import { Failure } from '../../errors.js';
import type { Store } from '../../stores/store.js';
import type { DuplicatesRequest, TellJob } from '../engine.js';
import { duplicatesOf, joinTallies, type KeyTally } from '../keys/key-form.js';
import { KEY_PLAN_CONSTANT, keyPlanOf } from '../keys/key-program.js';
import { tellSafely } from '../tell-safely.js';
import { duplicatesCommand, pathsOf } from './duplicates-command.js';
import { followCommand } from './follow-job.js';
import type { HadoopCluster } from './hadoop-cluster.js';
import type { LogFacts } from './hadoop-log.js';
import { inputsOf } from './key-inputs.js';
import type { Services } from './services.js';
import { startJob } from './start-job.js';
import { killApplications } from './stop-job.js';
import { tagOfJob } from './streaming-arguments.js';

/**
 * Counts duplicate keys by a Streaming job with reducers. The mappers write the keys of all parts; Hadoop sorts them;
 * each reducer writes what its keys add up to.
 */
export async function countDuplicates(
  { cluster, services }: { readonly cluster: HadoopCluster; readonly services: Services },
  request: DuplicatesRequest,
  tell: TellJob,
  signal: AbortSignal,
): Promise<Duplicates> {
  const { store } = cluster;
  const { program, results } = pathsOf(request);
  // An earlier try of this process may have left them.
  if (services.resourceManager !== null) {
    await killApplications(services.resourceManager, tagOfJob(request), null);
  }
  await store.remove(request.workFolder);
  const words = duplicatesCommand(cluster, request, await inputsOf(store, request.folders));
  await store.makeDirectory(request.workFolder);
  await store.write(program, [Buffer.from(programOf(cluster.keyProgram, request))]);
  const job = { words, logFolder: request.logFolder, hasReducers: true };
  const attached = await startJob(cluster, job, tell, signal);
  const collect = async (log: LogFacts) => {
    const tally = joinTallies(await readTallies(store, results));
    requireAllKeys(tally, log, request);
    return tally;
  };
  const mask = maskerOf(cluster.settings.properties.value);
  const following = { services, request, collect, mask, tell: tellSafely(tell), signal };
  const tally = await followCommand(following, attached);
  await store.remove(request.workFolder);
  return duplicatesOf(tally);
}

/** The program's file: its plan, then its source, which reads the plan. */
function programOf(source: string, { folders }: DuplicatesRequest): string {
  return `const ${KEY_PLAN_CONSTANT} = ${JSON.stringify(keyPlanOf(folders), null, 2)};\n${source}`;
}

/** A reducer that got no key leaves an empty file: Streaming drops what it writes (PipeMapRed, Hadoop 3.3). */
async function readTallies(store: Store, folder: string): Promise<readonly KeyTally[]> {
  const tallies: KeyTally[] = [];
  for (const { name, path } of await store.list(folder)) {
    if (!name.startsWith('part-')) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.read(path)) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('latin1').trim();
    if (text !== '') tallies.push(JSON.parse(text) as KeyTally);
  }
  return tallies;
}

/** Throws `verification-failed` if the reducers counted other records than the mappers wrote keys. */
function requireAllKeys(
  { records }: KeyTally,
  { counters }: LogFacts,
  { logFolder }: DuplicatesRequest,
): void {
  const written = counters.get('Map-Reduce Framework')?.get('Map output records');
  // A command that was killed has not logged its counters.
  if (written === undefined || written === records) return;
  const mismatch = {
    left: 'keys written by the mappers',
    leftCount: written,
    right: 'keys counted by the reducers',
    rightCount: records,
  };
  throw new Failure('verification-failed', { mismatches: [mismatch], logs: logFolder });
}
