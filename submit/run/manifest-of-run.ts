import { isDeepStrictEqual } from 'node:util';
import type { LeftInput } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import type { ConvertedText, PassedOver, ScannedItem } from '../sources/source.js';
import type { DecidedMapper } from './decide.js';
import { delimiterWritten } from './decide.js';
import { fingerprintOf } from './fingerprint.js';
import type { Manifest, ManifestRejects } from './manifest.js';
import type { Run } from './step.js';
import type { FinishedJobs } from './steps/run-job.js';

/** What became of the inputs. */
export interface InputsOfRun {
  readonly items: readonly ScannedItem[];
  readonly left: readonly LeftInput[];
  readonly passedOver: readonly PassedOver[];
  /** The year of the output's first run. */
  readonly firstYear: number;
}

/** The manifest of what a run is about to publish. */
export async function manifestOfRun(
  { runId, plan, ports: { source, engine, clock }, version, replay }: Run,
  { bundle, names }: DecidedMapper,
  { items, left, passedOver, firstYear }: InputsOfRun,
  { records }: FinishedJobs,
  found: Pick<Manifest, 'parts' | 'layout' | 'checks' | 'firstYear' | 'rejects'>,
): Promise<Manifest> {
  return {
    formatVersion: 2,
    runId,
    job: plan.settings.name.value,
    engine: engine.name,
    version,
    publishedAt: new Date(clock.now()).toISOString(),
    // A replay reads its rejects in another form, by the same rules.
    fingerprint: fingerprintOf(replay?.job ?? plan, firstYear),
    mapperSha256: bundle.sha256,
    inputs: await Promise.all(
      items.map(async (item) => {
        const { path, sizeBytes, lines, records: count, linesDigest, converted } = item;
        const sha256 = await source.digest(item);
        return {
          path,
          sizeBytes,
          lines,
          records: count,
          linesDigest,
          sha256,
          ...(converted && { converted: withoutPlace(converted) }),
        };
      }),
    ),
    ...(left.length > 0 && { left: left.map(({ path, why }) => ({ path, why: why.code })) }),
    ...(passedOver.length > 0 && { passedOver }),
    counts: records.job.counts,
    digests: {
      ...records.job.digests,
      readBy: items.every(({ linesDigest }) => linesDigest !== null) ? 'scan and mappers' : 'mappers alone',
    },
    ...found,
    // Often the same, and a header may have megabytes.
    ...(!isDeepStrictEqual(found.layout?.columns, names) && { inputColumns: names }),
    ...(replay && { replays: replay.replays }),
  };
}

/** The text is gone once the run has ended, and its lines with it. */
function withoutPlace({ keptAt: _gone, sheet, ...converted }: ConvertedText): ConvertedText {
  if (sheet === undefined) return converted;
  const { rows: _all, ...facts } = sheet;
  return { ...converted, sheet: facts };
}

/** The rejects of a run: their parts, and what a replay has to know of their records. */
export function rejectsOfRun(
  { hidesData }: Pick<JobPlan, 'hidesData'>,
  items: readonly ScannedItem[],
  { names, mapperPlan }: DecidedMapper,
  parts: ManifestRejects['parts'],
): ManifestRejects {
  const delimiter = delimiterWritten(mapperPlan);
  const read = mapperPlan.csv.delimiter;
  const withHeader = items.filter((item) => item.header !== null);
  const headerBytes = withHeader[0]?.headerBytes;
  // Where all inputs have one header it is known, also if the columns of the output are others.
  const isDrifted = mapperPlan.csv.layouts !== undefined;
  const areAlike =
    new Set(withHeader.map((item) => JSON.stringify([item.header, item.headerBytes]))).size === 1;
  const header = isDrifted && areAlike ? (withHeader[0]?.header ?? names) : names;
  return {
    delimiter,
    ...(delimiter === read ? {} : { recordDelimiter: read }),
    header,
    ...(headerBytes === undefined ? {} : { headerBytes }),
    ...(hidesData ? { hidesData } : {}),
    ...(isDrifted && !areAlike ? { hasOtherHeaders: true as const } : {}),
    parts,
  };
}
