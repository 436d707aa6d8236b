import type { MapperCounts, MapperDigests } from '../../mapper/contract.js';
import type { CheckFinding } from '../check-finding.js';
import type { PartForm } from '../engines/engine.js';
import type { PassedOver, ScannedItem } from '../sources/source.js';

/** How an output, or a batch of one, was made. Sizes in bytes, checksums SHA-256 in lower-case hex. */
export interface Manifest {
  /** 2 is what this version writes; version 0.1 wrote 1. */
  readonly formatVersion: 1 | 2;
  readonly runId: string;
  readonly job: string;
  readonly engine: string;
  readonly version: string;
  readonly publishedAt: string;
  /** The year of the output's first run, where years of two digits are read by it. */
  readonly firstYear?: number;
  /**
   * SHA-256 of what decides the output besides the inputs: rules and forms of the job file, an own mapper, the compression. In
   * format 1, columns, names and content of the inputs are part of it.
   */
  readonly fingerprint: string;
  readonly mapperSha256: string;
  readonly inputs: readonly ManifestInput[];
  /** Inputs that were missing or broken: paths, or patterns. `why` is a failure code. Absent: none. */
  readonly left?: readonly { readonly path: string; readonly why: string }[];
  /** Hidden files and folders among the inputs that were not read. Absent: none. */
  readonly passedOver?: readonly PassedOver[];
  readonly parts: readonly ManifestPart[];
  readonly counts: MapperCounts;
  /** How the records are written; missing in manifests of 0.1. */
  readonly layout?: ManifestLayout;
  /**
   * Column names of the records as they are read, in order; null when they are not known. Missing: those that are written,
   * which `layout` has.
   */
  readonly inputColumns?: readonly string[] | null;
  /** What the checks found; missing in manifests of 0.1. */
  readonly checks?: readonly CheckFinding[];
  /** Digests of all that the mappers read and wrote; missing in manifests of version 0.1. */
  readonly digests?: ManifestDigests;
  /** The rejected records, as files beside the manifest. Absent: none, or a manifest of version 0.1. */
  readonly rejects?: ManifestRejects;
  /** Whose rejects the inputs are. Absent: the inputs are the job's own. */
  readonly replays?: ManifestReplay;
}

/** Names of the columns that a run has read; null when they are not known. */
export function columnsReadBy({ inputColumns, layout }: Manifest): readonly string[] | null {
  return (inputColumns === undefined ? layout?.columns : inputColumns) ?? null;
}

/** How the rejects of a run are written, and what they were read from. */
export interface ManifestRejects {
  /** Between the columns of the rejects. */
  readonly delimiter: string;
  /** Between the columns of the records in them, where that is another. */
  readonly recordDelimiter?: string;
  /** Column names of the inputs; null when they are not known. */
  readonly header: readonly string[] | null;
  /** The names as the inputs spell them, one char a byte; left out where that is their UTF-8. */
  readonly headerBytes?: readonly string[];
  /** Present if the records in them lack what the job hides. */
  readonly hidesData?: true;
  /** Present if some of the records come from inputs with another header. */
  readonly hasOtherHeaders?: true;
  readonly parts: readonly RejectPart[];
}

type ConvertedText = NonNullable<ScannedItem['converted']>;

export type RejectPart = Pick<ManifestPart, 'name' | 'sizeBytes' | 'lines' | 'sha256'>;

/** The rejects that a run has run again. */
export interface ManifestReplay {
  /** The run that rejected them. */
  readonly runId: string;
  readonly rejects: number;
  /** SHA-256 of the records that were run again. */
  readonly sha256: string;
  /** Records that the first run of all has read: percentages in checks are of these. */
  readonly recordsRead: number;
}

/** Digests have 64 bits: 16 hex digits. mapper/digest/ says how they are taken and added. */
export interface ManifestDigests extends MapperDigests {
  /** Who took the digest of the lines read: for inputs that were not all scanned, the mappers alone. */
  readonly readBy: 'scan and mappers' | 'mappers alone';
}

export interface ManifestLayout {
  readonly delimiter: string;
  /** Left out if nothing is unusual. */
  readonly form?: PartForm;
  /** Column names of the output; null when they are not known. */
  readonly columns: readonly string[] | null;
}

export interface ManifestInput {
  readonly path: string;
  readonly sizeBytes: number;
  /** Null for a file already in HDFS, which is not scanned; `sha256` is then HDFS's own checksum. */
  readonly lines: number | null;
  /** Without headers; in format 1 with them. */
  readonly records: number | null;
  /** Digest of its lines; null for a file that is not scanned, missing in manifests of version 0.1. */
  readonly linesDigest?: string | null;
  /** Of the file's own bytes, as `sizeBytes` is. */
  readonly sha256: string;
  /** The CSV text in UTF-8 that it was converted to, which lines, records and digest are of. Absent: it is CSV itself. */
  readonly converted?: ConvertedText;
}

export interface ManifestPart {
  readonly name: string;
  readonly sizeBytes: number;
  readonly lines: number;
  readonly sha256: string;
  /** Digest of its bytes, decompressed; missing in manifests of version 0.1. */
  readonly digest?: string;
  /** The input split that the part was made from: file and byte range. */
  readonly split: string;
  /** All of them, in order, where small inputs share a part; `split` is then the first. */
  readonly splits?: readonly string[];
  /**
   * What the store said of the file when it was published: if it still says so, nobody has changed the file. Missing in
   * format 1.
   */
  readonly stamp?: PartStamp;
}

export interface PartStamp {
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
  /** As in `FileStatus`. */
  readonly identity: string | null;
}

/** The text of a manifest → the manifest, or what is wrong with it. Pure. */
export function parseManifest(text: string): { readonly manifest: Manifest } | { readonly problem: string } {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch {
    return { problem: text.trim() === '' ? 'it is empty' : 'it is not valid JSON' };
  }
  const value: unknown = manifest;
  if (!isRecord(value)) return { problem: 'it is not a JSON object' };
  const { formatVersion } = value;
  if (formatVersion !== 1 && formatVersion !== 2) {
    const version = formatVersion === undefined ? 'missing' : JSON.stringify(formatVersion);
    return { problem: `its formatVersion is ${version}, but this version of hadoop-elt knows 1 and 2` };
  }
  const flaw = flawOf(value);
  return flaw === null ? { manifest } : { problem: `${flaw} is missing or wrong` };
}

const TEXTS = ['runId', 'job', 'fingerprint', 'version', 'publishedAt'] as const;

/** The first key that is not as this program writes it. */
function flawOf(value: Readonly<Record<string, unknown>>): string | null {
  const text = TEXTS.find((key) => typeof value[key] !== 'string');
  if (text !== undefined) return text;
  const { inputs, parts, counts } = value;
  if (!Array.isArray(inputs) || !inputs.every(isInput)) return 'inputs';
  if (!Array.isArray(parts) || !parts.every(isPart)) return 'parts';
  return isRecord(counts) && typeof counts.recordsRejected === 'number' ? null : 'counts';
}

function isInput(value: unknown): boolean {
  return isRecord(value) && typeof value.path === 'string' && isSize(value.sizeBytes) && isText(value.sha256);
}

/** Also that the name is one name: it is joined to the path of a folder. */
function isPart(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.name) || !isSize(value.sizeBytes)) return false;
  if (/[/\\]/.test(value.name) || value.name.startsWith('.')) return false;
  const { stamp } = value;
  return isText(value.sha256) && (stamp === undefined || (isRecord(stamp) && isSize(stamp.modifiedMs)));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isSize(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
