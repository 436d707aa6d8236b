import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MapperPlan } from '../../../mapper/contract.js';
import type { Finding } from '../../doctor/check.js';
import { Failure } from '../../errors.js';
import type { FileSystem } from '../../stores/file-system.js';
import type { RenamingStore } from '../../stores/store.js';
import { localFailure } from '../../stores/system-failure.js';
import type { Engine, JobRequest, TellJob } from '../engine.js';

const PROBE = 'probe\n1\n';

/** The plan of the probe job's mapper: it copies lines. */
export const PROBE_PLAN: MapperPlan = {
  job: 'doctor',
  csv: { delimiter: ',', header: false, names: null, quotedLineBreaks: 'yes', maxRecordBytes: 1024 },
  columns: [],
  records: { wrongFieldCount: 'pass', malformed: 'pass' },
  output: { header: 'keep' },
};

/**
 * Runs a job of one task that copies two lines, to test everything that a run needs, including Node on a nodemanager.
 * `mapper` is the source of a mapper built from `PROBE_PLAN`. Removes what it created in HDFS; keeps the log only if
 * the job fails, since the failure names it.
 */
export async function runProbeJob(
  { engine, files, mapper }: ProbeTools,
  onTracking: (url: string) => void,
  signal: AbortSignal,
): Promise<Finding> {
  const { store, sharedFolder } = engine;
  const runId = `doctor-${randomBytes(4).toString('hex')}`;
  const folder = `${sharedFolder}/${runId}`;
  const logFolder = await makeLogFolder(files, runId);
  try {
    await store.makeDirectory(folder);
    await store.write(`${folder}/probe.csv`, [Buffer.from(PROBE)]);
    await store.write(`${folder}/mapper.mjs`, [Buffer.from(mapper)]);
    const job = probeRequest(runId, folder, logFolder, mapper);
    const tell: TellJob = (news) => {
      if (news.kind === 'tracking') onTracking(news.trackingUrl);
    };
    const { counts } = await engine.follow(await engine.start(job, tell, signal), job, tell, signal);
    if (counts.linesWritten !== 2) {
      const mismatch = {
        left: 'lines sent',
        leftCount: 2,
        right: 'lines written',
        rightCount: counts.linesWritten,
      };
      throw new Failure('verification-failed', { mismatches: [mismatch], logs: logFolder });
    }
    await removeFolder(files, logFolder);
    return { status: 'ok', what: 'a job of one task ran; Node works where it ran' };
  } finally {
    await store.remove(folder).catch(() => false);
  }
}

/** What a probe job needs. */
export interface ProbeTools {
  readonly engine: Engine & { readonly store: RenamingStore };
  /** Files of this machine, for the logs. */
  readonly files: FileSystem;
  readonly mapper: string;
}

function probeRequest(runId: string, folder: string, logFolder: string, mapper: string): JobRequest {
  const path = `${folder}/probe.csv`;
  return {
    runId,
    emit: 'records',
    jobName: 'hadoop-elt doctor',
    inputs: [{ path, sizeBytes: Buffer.byteLength(PROBE), splittable: false, startsWithBom: false }],
    mapperPath: `${folder}/mapper.mjs`,
    mapperSha256: createHash('sha256').update(mapper).digest('hex'),
    outputPath: `${folder}/output`,
    compression: 'none',
    splitSize: 1,
    splitSizeIsChosen: false,
    parallel: 1,
    logFolder,
  };
}

/** Creates the log folder for this user alone. It must not exist yet, so nobody else can have put files into it. */
async function makeLogFolder(files: FileSystem, runId: string): Promise<string> {
  const path = join(tmpdir(), `hadoop-elt-${runId}`);
  await files.mkdir(path, 0o700).catch((error: unknown) => {
    throw localFailure('make the folder', path, error);
  });
  return path;
}

/** Removes the logs of a successful job; ignores failures. */
async function removeFolder(files: FileSystem, folder: string): Promise<void> {
  try {
    for (const name of await files.readdir(folder)) await files.unlink(join(folder, name));
    await files.rmdir(folder);
  } catch {
    // The system cleans up its temporary folder.
  }
}
