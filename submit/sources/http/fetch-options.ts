import type { Http, HttpRoute } from '../../hadoop/http.js';
import type { Clock } from '../../run/ports.js';

/** How files are fetched. */
export interface FetchOptions {
  readonly http: Http;
  readonly clock: Clock;
  /** How an address is reached. */
  routeTo(url: URL): Promise<HttpRoute>;
  /** The value of the header Authorization for the job's own addresses; null: none. */
  authorization(): Promise<string | null>;
  /** Larger files are not fetched; null: no limit. */
  readonly maxBytes: number | null;
  /** The longest time without a byte. */
  readonly silenceTimeoutMs: number;
  /** How often a file that makes no progress is tried again, and the first pause. */
  readonly retries: { readonly times: number; readonly delayMs: number };
  readonly signal: AbortSignal;
}

/** What a server says of a file, so that it need not be sent again. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Checksums that a server has sent for a file: by algorithm, as lower-case hex. */
export type SentChecksums = Readonly<Partial<Record<'sha256' | 'md5', string>>>;
