/** What checks allow and find. It imports nothing, so that settings, engines, failures and manifests can share it. */

/** A limit on a count: the count itself, or a percentage of the records read. */
export type Limit = { readonly count: number } | { readonly percent: number };

/** How far the number of records may be from the average of earlier runs. */
export interface VolumeRule {
  /** Percent of the average. */
  readonly within: number;
  /** Number of earlier runs to take the average of. */
  readonly ofLast: number;
  readonly level: 'warn' | 'fail';
}

/** The keys that several records share. JSON. */
export interface Duplicates {
  /** Records compared. A line that is no well-formed record has no key. */
  readonly records: number;
  /** Different keys. */
  readonly keys: number;
  /** Keys of more than one record. */
  readonly duplicateKeys: number;
  /** A few of them, the most frequent first. */
  readonly examples: readonly { readonly key: readonly string[]; readonly count: number }[];
}

/** The facts that one check looks at, and what it allows. JSON. */
export type CheckFacts =
  | {
      readonly check: 'minRecords' | 'maxRecords';
      readonly found: number;
      readonly allowed: number;
      /** `inputs`: records that the scan found in them; `output`: records of the output. */
      readonly in: 'inputs' | 'output';
    }
  | { readonly check: 'maxBytes'; readonly found: number; readonly allowed: number }
  | {
      readonly check: 'maxRejected';
      readonly found: number;
      readonly of: number;
      /** Null: all but one record. */
      readonly allowed: Limit | null;
    }
  | {
      readonly check: 'maxInvalid';
      readonly column: string;
      readonly found: number;
      readonly of: number;
      readonly allowed: Limit;
    }
  | ({ readonly check: 'unique'; readonly columns: readonly string[] } & Duplicates)
  | {
      readonly check: 'volume';
      readonly found: number;
      /** Records of the earlier runs, on average; null when there are none. */
      readonly average: number | null;
      readonly runs: number;
      /** Present if the average is that of an input: how many inputs these runs had. */
      readonly inputs?: number;
      readonly allowed: VolumeRule;
    };

/** What one check found. JSON; it goes into the manifest. */
export type CheckFinding = CheckFacts & { readonly verdict: 'pass' | 'warn' | 'fail' };
