import { createHash } from 'node:crypto';
import { isAnyFailure } from '../../errors.js';
import type { HttpAnswer } from '../../hadoop/http.js';
import { shownUrl } from '../../shown-url.js';
import { connectionFailure, fetchFailure, mayBeTriedAgain, statusFailure } from './fetch-failure.js';
import type { FetchOptions, SentChecksums, Validators } from './fetch-options.js';
import { drop, sendFollowing } from './redirects.js';

/** A file that is being fetched. */
export interface FetchedFile {
  readonly validators: Validators;
  /** Its bytes, once. Throws `FileChanged` when it is another file in the middle of it. */
  readonly bytes: AsyncGenerator<Uint8Array>;
  /** What the server said of it, and MD5 of the bytes; after the last of them. */
  sums(): { readonly sent: SentChecksums; readonly md5: string };
}

/** The file is no longer the one that was begun: it has to be fetched from its start. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged';
}

/** Longer pauses than this are not waited for. */
const LONGEST_WAIT_MS = 300_000;
const FACTOR = 3;

/**
 * Begins to fetch a file; null if it is still the one that `known` tells of. Waits where the server asks for it, tries again
 * what may pass, and goes on after a lost connection where it was. Throws `store`.
 */
export async function fetchFile(
  url: URL,
  known: Validators | null,
  options: FetchOptions,
): Promise<FetchedFile | null> {
  const tries = new Tries(url, options);
  const first = await tries.until(() => sendFollowing(url, conditionsOf(known), options), [200, 304]);
  if (first.status === 304) {
    await drop(first);
    return null;
  }
  const validators = validatorsOf(first);
  requireSize(url, first, options);
  const md5 = createHash('md5');
  return {
    validators,
    bytes: bytesOf(url, first, validators, options, (chunk) => md5.update(chunk)),
    sums: () => ({ sent: checksumsOf(first), md5: md5.digest('hex') }),
  };
}

async function* bytesOf(
  url: URL,
  first: HttpAnswer,
  validators: Validators,
  options: FetchOptions,
  take: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const { maxBytes } = options;
  const tries = new Tries(url, options);
  let answer = first;
  let offset = 0;
  for (;;) {
    try {
      for await (const chunk of answer.body) {
        offset += chunk.length;
        tries.reset();
        if (maxBytes !== null && offset > maxBytes) throw tooLarge(url, maxBytes);
        take(chunk);
        yield chunk;
      }
      return;
    } catch (error) {
      options.signal.throwIfAborted();
      const failure = connectionFailure(shownUrl(url), error);
      if (failure === error || isAnyFailure(error)) throw error;
      await tries.pause(failure);
      answer = await tries.until(() => resume(url, offset, validators, options), [206]);
    }
  }
}

/** Asks for the rest of a file. Throws `FileChanged` if the server has another one now, or sends no parts. */
async function resume(
  url: URL,
  offset: number,
  { etag, lastModified }: Validators,
  options: FetchOptions,
): Promise<HttpAnswer> {
  const validator = etag !== null && !etag.startsWith('W/') ? etag : lastModified;
  if (validator === null) throw new FileChanged();
  const headers = { range: `bytes=${offset}-`, 'if-range': validator };
  const answer = await sendFollowing(url, headers, options);
  const { status } = answer;
  const [, start] = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '') ?? [];
  const isOther = etag !== null && answer.headers.etag !== undefined && answer.headers.etag !== etag;
  if (status === 200 || status === 416 || (status === 206 && (isOther || Number(start) !== offset))) {
    await drop(answer);
    throw new FileChanged();
  }
  return answer;
}

/** Counts what fails in a row. */
class Tries {
  readonly #shown: string;
  readonly #options: FetchOptions;
  #failed = 0;

  constructor(url: URL, options: FetchOptions) {
    this.#shown = shownUrl(url);
    this.#options = options;
  }

  reset(): void {
    this.#failed = 0;
  }

  /** Sends until one of these answers comes. */
  async until(send: () => Promise<HttpAnswer>, wanted: readonly number[]): Promise<HttpAnswer> {
    for (;;) {
      let failure: unknown;
      let waitMs: number | undefined;
      try {
        const answer = await send();
        if (wanted.includes(answer.status)) return answer;
        await drop(answer);
        failure = statusFailure(this.#shown, answer.status);
        if (!mayBeTriedAgain(answer.status)) throw failure;
        waitMs = retryAfterMs(answer.headers['retry-after'], this.#options.clock.now());
      } catch (error) {
        this.#options.signal.throwIfAborted();
        failure ??= connectionFailure(this.#shown, error);
        if (failure === error) throw error;
      }
      await this.pause(failure, waitMs);
    }
  }

  /** Waits before the next try; throws the failure if there was one too many. */
  async pause(failure: unknown, askedMs?: number): Promise<void> {
    const { clock, retries, signal } = this.#options;
    const mayPass = isAnyFailure(failure) && failure.code === 'store' && failure.details.mayPass === true;
    if (!mayPass || this.#failed >= retries.times) throw failure;
    const waitMs = askedMs ?? retries.delayMs * FACTOR ** this.#failed;
    if (waitMs > LONGEST_WAIT_MS) throw failure;
    this.#failed++;
    await clock.wait(waitMs, signal);
    signal.throwIfAborted();
  }
}

function conditionsOf(known: Validators | null): Record<string, string> {
  return {
    ...(known?.etag ? { 'if-none-match': known.etag } : {}),
    ...(known?.lastModified && !known.etag ? { 'if-modified-since': known.lastModified } : {}),
  };
}

function validatorsOf({ headers }: HttpAnswer): Validators {
  return { etag: headers.etag ?? null, lastModified: headers['last-modified'] ?? null };
}

function requireSize(url: URL, { headers }: HttpAnswer, { maxBytes }: FetchOptions): void {
  if (maxBytes !== null && Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(url, maxBytes);
}

function tooLarge(url: URL, maxBytes: number) {
  return fetchFailure(shownUrl(url), 'other', `it is larger than input.http.maxBytes, ${maxBytes} bytes`);
}

/** `Retry-After`: seconds, or a moment. */
function retryAfterMs(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - nowMs);
}

/** `Repr-Digest` and its elder `Digest`, `Content-MD5`, and what object stores send. */
function checksumsOf({ headers }: HttpAnswer): SentChecksums {
  const digests = `${headers['repr-digest'] ?? ''},${headers.digest ?? ''}`;
  const sha256 = /sha-256=:?([A-Za-z0-9+/]+=*)/i.exec(digests)?.[1] ?? headers['x-amz-checksum-sha256'];
  const md5 = headers['content-md5'] ?? /md5=([A-Za-z0-9+/]+=*)/.exec(headers['x-goog-hash'] ?? '')?.[1];
  // The checksum of an object that was sent in parts is one of the parts' checksums.
  const isOfParts = headers['x-amz-checksum-type'] === 'COMPOSITE' || /-\d+$/.test(sha256 ?? '');
  return {
    ...(sha256 === undefined || isOfParts ? {} : { sha256: hexOf(sha256) }),
    ...(md5 === undefined ? {} : { md5: hexOf(md5) }),
  };
}

function hexOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}
