import { sumOfDigests } from '../../../mapper/digest/digest.js';
import { Failure } from '../../errors.js';
import type { JobSettings } from '../../job/settings.js';
import { mapBounded } from '../../map-bounded.js';
import type { OnBytes, PartReader, ScannedItem, Source } from '../../sources/source.js';
import { changedInput, type Store } from '../../stores/store.js';
import { requireColumnsThatFit } from '../columns-fit.js';
import { proveHeaders } from '../header-proof.js';
import type { ManifestPart, RejectPart } from '../manifest.js';
import { proveCounts } from '../proof.js';
import { type ContentProof, type ProvenInput, proveContent } from '../prove-content.js';
import { byteProgress, type Step } from '../step.js';
import { findChangedInput } from './changed-input.js';
import { combinedAmong, type TaskInput } from './combine.js';
import type { FinishedJob, FinishedJobs } from './run-job.js';
import { checkStillStaged, type StagedInput } from './stage.js';

interface ToVerify {
  readonly items: readonly ScannedItem[];
  readonly staged: readonly StagedInput[];
  /** What the tasks read. */
  readonly inputs: readonly TaskInput[];
  readonly jobs: FinishedJobs;
  /** Whether the job's column names are known. */
  readonly namesAreKnown: boolean;
}

interface VerifiedPart extends ManifestPart {
  readonly digest: string;
}

/** The part files as read back. */
interface Verified {
  readonly parts: readonly ManifestPart[];
  readonly rejectParts: readonly RejectPart[];
  /** Comparisons that hold, of counts and of content. */
  readonly equations: number;
}

/**
 * Proves that every record is accounted for, and that the parts hold what the mappers made of what was scanned. Throws
 * `verification-failed` when two counts or digests differ, and `input-changed` when an input changed during the run.
 */
export const verifyStep: Step<ToVerify, Verified> = {
  name: 'verify',
  async perform({ plan, ports, journal }, { items, staged, inputs, jobs, namesAreKnown }, progress) {
    const { source, engine, parts: reader } = ports;
    const { records, rejects } = jobs;
    requireColumnsThatFit(plan, records.job.counts);
    // Counts mean nothing if an input changed during the job, so check that first.
    await checkStillStaged(engine.store, [...staged, ...combinedAmong(inputs)]);
    await Promise.all(items.map((item) => source.digest(item)));
    const folders = [records, ...(rejects === null ? [] : [rejects])];
    const sizes = await Promise.all(folders.map(({ folder }) => sizeOfParts(engine.store, folder)));
    const onBytes = byteProgress(
      progress,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    const splitsIn = splitsOfCombined(staged, inputs);
    const parts = await readParts(reader, records, splitsIn, onBytes);
    const rejectParts = rejects === null ? [] : await readParts(reader, rejects, splitsIn, onBytes);
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
    const proven = provenInputs(items, staged, inputs);
    const proofs = [
      proveContent(proven, records.job, parts),
      ...(rejects === null ? [] : [proveContent(readBy(rejects, proven), rejects.job, rejectParts)]),
    ];
    await requireUnchanged(source, items, plan.settings, proofs);
    const mismatches = [...counts.mismatches, ...headers.mismatches];
    // The job of the rejects reads the same inputs.
    const contents = [
      ...new Map(
        proofs.flatMap(({ mismatches: all }) => all.map((one) => [`${one.of} ${one.path}`, one])),
      ).values(),
    ];
    if (mismatches.length > 0 || contents.length > 0) {
      throw new Failure('verification-failed', { mismatches, contents, logs: journal.logFolder });
    }
    return {
      parts,
      rejectParts: rejectParts.map(({ name, sizeBytes, lines, sha256 }) => ({
        name,
        sizeBytes,
        lines,
        sha256,
      })),
      equations: proofs.reduce(
        (sum, { comparisons }) => sum + comparisons,
        counts.equations + headers.equations,
      ),
    };
  },
  summarise: (_run, { equations }) => ({ step: 'verify', equations }),
};

/** What the tasks read, with what the scan knows of it. */
function provenInputs(
  items: readonly ScannedItem[],
  staged: readonly StagedInput[],
  inputs: readonly TaskInput[],
): ProvenInput[] {
  const itemAt = new Map(items.map((item, index) => [staged[index]?.path ?? item.path, item]));
  return inputs.map(({ path: stagedPath, sections }) => {
    if (sections === undefined) {
      const { path = stagedPath, linesDigest = null } = itemAt.get(stagedPath) ?? {};
      return { path, stagedPath, linesDigest };
    }
    const digests = sections.flatMap(({ path }) => itemAt.get(path)?.linesDigest ?? []);
    const linesDigest = digests.length < sections.length ? null : sumOfDigests(digests);
    return { path: null, stagedPath, linesDigest };
  });
}

/** The inputs in each file that several were put together in, by the file's path. */
function splitsOfCombined(
  staged: readonly StagedInput[],
  inputs: readonly TaskInput[],
): ReadonlyMap<string, readonly string[]> {
  const sizeAt = new Map(staged.map(({ path, sizeBytes }) => [path, sizeBytes]));
  const splits = (sections: readonly { readonly path: string }[]) =>
    sections.map(({ path }) => `${path}:0+${sizeAt.get(path) ?? 0}`);
  return new Map(inputs.flatMap(({ path, sections }) => (sections ? [[path, splits(sections)]] : [])));
}

function pathOfSplit(split: string): string {
  return split.replace(/:\d+\+\d+$/, '');
}

/** What a job has read. The digests of splits are those that the tasks of the records took, which are proven. */
function readBy(
  { read, excerpts = [] }: FinishedJob,
  inputs: readonly ProvenInput[],
): readonly ProvenInput[] {
  if (read === undefined) return inputs;
  return [
    ...inputs.filter(({ stagedPath }) => read.includes(stagedPath)),
    ...excerpts.map(({ path, linesDigest }) => ({ path: null, stagedPath: path, linesDigest })),
  ];
}

/** Throws `input-changed` if the mappers read other lines than the scan, and an input is still seen to have changed. */
async function requireUnchanged(
  source: Source,
  items: readonly ScannedItem[],
  settings: JobSettings,
  proofs: readonly ContentProof[],
): Promise<void> {
  const inputs = proofs.flatMap(({ mismatches }) => mismatches.filter(({ of }) => of === 'input'));
  if (inputs.length === 0) return;
  const named = new Set(inputs.map(({ path }) => path));
  const suspects = named.has(null) ? items : items.filter(({ path }) => named.has(path));
  const changed = await findChangedInput(source, suspects, settings);
  if (changed !== null) throw changedInput(changed);
}

async function sizeOfParts(store: Store, folder: string): Promise<number> {
  return (await store.list(folder)).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Reads the part files back: size, lines, checksum, digest. Throws `store` when one is missing. */
function readParts(
  reader: PartReader,
  { folder, job: { tasks } }: FinishedJob,
  splitsIn: ReadonlyMap<string, readonly string[]>,
  onBytes: OnBytes,
): Promise<VerifiedPart[]> {
  return mapBounded(
    tasks,
    async ({ part, split, ranges }) => {
      const { sizeBytes, lines, sha256, digest } = await reader.measure(`${folder}/${part}`, onBytes);
      const splits = splitsIn.get(pathOfSplit(split)) ?? ranges?.map((range) => range.split);
      return {
        ...{ name: part, sizeBytes, lines, sha256, digest },
        split: splits?.[0] ?? split,
        ...(splits && { splits }),
      };
    },
    { concurrency: reader.concurrency },
  );
}
