import pMap from 'p-map';
import { Failure } from '../../errors.js';
import type { OnBytes, PartReader, ScannedItem } from '../../sources/source.js';
import type { Store } from '../../stores/store.js';
import { proveHeaders } from '../header-proof.js';
import type { ManifestPart } from '../manifest.js';
import { proveCounts } from '../proof.js';
import { byteProgress, type Step } from '../step.js';
import type { FinishedJob, FinishedJobs } from './run-job.js';
import { checkStillStaged, type StagedInput } from './stage.js';

interface ToVerify {
  readonly items: readonly ScannedItem[];
  readonly staged: readonly StagedInput[];
  readonly jobs: FinishedJobs;
  /** Whether the job's column names are known. */
  readonly namesAreKnown: boolean;
}

/** The part files as read back. */
interface Verified {
  readonly parts: readonly ManifestPart[];
  readonly equations: number;
}

/**
 * Proves that every record is accounted for. Throws `verification-failed` when two counts differ, and `input-changed`
 * when an input changed during the run.
 */
export const verifyStep: Step<ToVerify, Verified> = {
  name: 'verify',
  async perform(
    { plan, ports: { source, engine, parts: reader }, journal },
    { items, staged, jobs, namesAreKnown },
    progress,
  ) {
    const { records, rejects } = jobs;
    // Counts mean nothing if an input changed during the job, so check that first.
    await checkStillStaged(engine.store, staged);
    await Promise.all(items.map((item) => source.digest(item)));
    const folders = [records, ...(rejects === null ? [] : [rejects])];
    const sizes = await Promise.all(folders.map(({ folder }) => sizeOfParts(engine.store, folder)));
    const onBytes = byteProgress(
      progress,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    const parts = await readParts(reader, records, onBytes);
    const rejectParts = rejects === null ? [] : await readParts(reader, rejects, onBytes);
    const counts = proveCounts(
      items,
      records.job,
      parts,
      rejects === null ? undefined : { result: rejects.job, parts: rejectParts },
    );
    const headers = proveHeaders(records.job, rejects?.job ?? null, {
      choice: plan.settings['output.header'].value,
      namesAreKnown,
    });
    const mismatches = [...counts.mismatches, ...headers.mismatches];
    if (mismatches.length > 0) {
      throw new Failure('verification-failed', { mismatches, logs: journal.logFolder });
    }
    return { parts, equations: counts.equations + headers.equations };
  },
  summarise: (_run, { equations }) => ({ step: 'verify', equations }),
};

async function sizeOfParts(store: Store, folder: string): Promise<number> {
  return (await store.list(folder)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Reads the part files back: size, lines, checksum. Throws `store` when one is missing. */
function readParts(
  reader: PartReader,
  { folder, job: { tasks } }: FinishedJob,
  onBytes: OnBytes,
): Promise<ManifestPart[]> {
  return pMap(
    tasks,
    async ({ part, split }) => {
      const { sizeBytes, lines, sha256 } = await reader.measure(`${folder}/${part}`, onBytes);
      return { name: part, sizeBytes, lines, sha256, split };
    },
    { concurrency: reader.concurrency },
  );
}
