import type { MapperCounts } from '../../mapper/contract.js';
import type { CheckFinding } from '../check-finding.js';
import { isFailure } from '../errors.js';
import type { Store } from '../stores/store.js';

/** Name of the manifest in a published folder; Hadoop's FileInputFormat skips names that start with `_`. */
export const MANIFEST_NAME = '_manifest.json';
/** Folder of the rejected records in a published folder. */
export const REJECTS_NAME = '_rejects';

/** How a published folder was made. Sizes in bytes, checksums SHA-256 in lower-case hex. */
export interface Manifest {
  readonly formatVersion: 1;
  readonly runId: string;
  readonly job: string;
  readonly engine: string;
  readonly version: string;
  readonly publishedAt: string;
  /** SHA-256 of everything that decides the output: the mapper's plan, the inputs, the compression. */
  readonly fingerprint: string;
  readonly mapperSha256: string;
  readonly inputs: readonly ManifestInput[];
  readonly parts: readonly ManifestPart[];
  readonly counts: MapperCounts;
  /** How the records are written; missing in manifests of 0.1. */
  readonly layout?: ManifestLayout;
  /** What the checks found; missing in manifests of 0.1. */
  readonly checks?: readonly CheckFinding[];
}

export interface ManifestLayout {
  readonly delimiter: string;
  /** Column names of the output; null when they are not known. */
  readonly columns: readonly string[] | null;
}

export interface ManifestInput {
  readonly path: string;
  readonly sizeBytes: number;
  /** Null for a file already in HDFS, which is not scanned; `sha256` is then HDFS's own checksum. */
  readonly lines: number | null;
  readonly records: number | null;
  readonly sha256: string;
}

export interface ManifestPart {
  readonly name: string;
  readonly sizeBytes: number;
  readonly lines: number;
  readonly sha256: string;
  /** The input split that the part was made from: file and byte range. */
  readonly split: string;
}

/** The manifest of a published folder; undefined when it is missing, not JSON, or of another format version. */
export async function readManifest(store: Store, folder: string): Promise<Manifest | undefined> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of store.read(`${folder}/${MANIFEST_NAME}`)) chunks.push(chunk);
    const manifest = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Manifest | null;
    return manifest?.formatVersion === 1 && Array.isArray(manifest.parts) && Array.isArray(manifest.inputs)
      ? manifest
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (!isFailure(error, 'store')) throw error;
    if (error.details.problem === 'not-found' || error.details.problem === 'not-a-directory')
      return undefined;
    throw error;
  }
}
