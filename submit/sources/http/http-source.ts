import { type AnyFailure, Failure, factsOf, isAnyFailure } from '../../errors.js';
import { identityOf, shownUrl } from '../../shown-url.js';
import type { Store } from '../../stores/store.js';
import { unreadable } from '../content-kind.js';
import type { FoundItems, ItemToOpen, Source, SourceItem } from '../source.js';
import { fetchFailure } from './fetch-failure.js';
import { FileChanged, fetchFile } from './fetch-file.js';
import type { FetchOptions } from './fetch-options.js';
import type { KeptCopies, KeptCopy } from './kept-copies.js';

export interface HttpSourceOptions {
  readonly fetch: FetchOptions;
  readonly copies: KeptCopies;
  /** Reads the copies. */
  readonly files: Source;
  readonly store: Pick<Store, 'read'>;
  /** SHA-256 that files must have, in lower-case hex, by address. */
  readonly sha256: Readonly<Record<string, string>>;
  /** Whether the last copy is read where a file can't be fetched. */
  readonly usesLast: boolean;
}

const ADDRESS = /^https?:\/\//i;
/** A file that changes all the time can't be fetched. */
const MAX_RESTARTS = 3;
const HEAD_BYTES = 512;

/**
 * Files at addresses. Each is fetched when it is looked for, unless the copy of the last time is still the file; then all is
 * as with a file of this machine, under its address.
 */
export function createHttpSource(options: HttpSourceOptions): Source {
  const { files, copies, fetch, usesLast } = options;
  /** The copies, by address as it is shown. */
  const kept = new Map<string, KeptCopy>();
  /** What each address as it is shown is short for. */
  const meant = new Map<string, string>();
  const local = <Item extends Pick<SourceItem, 'path'>>(item: Item): Item => ({
    ...item,
    source: files.name,
    path: kept.get(item.path)?.file.path ?? item.path,
  });

  async function find(pattern: string): Promise<FoundItems> {
    const url = addressOf(pattern);
    const shown = shownUrl(url);
    const identity = identityOf(url);
    if ((meant.get(shown) ?? identity) !== identity) {
      throw new Failure('usage', {
        problem: `Two inputs would both be called ${JSON.stringify(shown)}; put them into jobs of their own`,
      });
    }
    meant.set(shown, identity);
    const last = await copies.find(url);
    let copy: KeptCopy;
    let lastCopy: SourceItem['lastCopy'];
    try {
      copy = await fetchCopy(url, last, options);
    } catch (error) {
      fetch.signal.throwIfAborted();
      if (!isAnyFailure(error) || !isOfFile(error)) throw error;
      if (last === null || !usesLast) return nothing(shown, error);
      copy = last;
      lastCopy = { fetchedAt: last.fetchedAt, why: factsOf(error) };
    }
    kept.set(shown, copy);
    const { file } = copy;
    const item = { ...file, path: shown, source: 'http', isScanned: true, ...(lastCopy && { lastCopy }) };
    return { items: [item], folders: [], passedOver: [] };
  }

  return {
    name: 'http',
    schemeOf: (pattern) => (pattern.toLowerCase().startsWith('https:') ? 'https' : 'http'),
    takes: (pattern) => ADDRESS.test(pattern),
    find,
    get concurrency() {
      return files.concurrency;
    },
    async scan(item, reading, onBytes) {
      try {
        const scanned = await files.scan(local(item), reading, onBytes);
        return { ...scanned, source: item.source, path: item.path };
      } catch (error) {
        throw ofAddress(error, local(item).path, item.path);
      }
    },
    digest: (item) => files.digest(local(item)),
    checksumInBlocks: (item, blockSizeBytes) => files.checksumInBlocks?.(local(item), blockSizeBytes),
    open: (item: ItemToOpen) => files.open(local(item)),
    openText: (item) => files.openText(local(item)),
    addressFor: (item, engine) => (kept.has(item.path) ? files.addressFor(local(item), engine) : null),
    // It is closed by who made it.
    close: async () => undefined,
  };
}

function addressOf(pattern: string): URL {
  const problem = (what: string) =>
    new Failure('usage', {
      problem: `The input ${JSON.stringify(pattern.replace(/\/\/[^/@]*@/, '//***@'))} ${what}`,
    });
  if (!URL.canParse(pattern)) throw problem('is no address');
  const url = new URL(pattern);
  if (url.username !== '' || url.password !== '') {
    throw problem('has a password in it; name it in input.http.user and input.http.password: env:NAME');
  }
  url.hash = '';
  return url;
}

/** Fetches a file if it is another one than the last copy. Throws what keeps it from being used. */
async function fetchCopy(
  url: URL,
  last: KeptCopy | null,
  { fetch, copies, store, sha256: wantedByUrl }: HttpSourceOptions,
): Promise<KeptCopy> {
  const shown = shownUrl(url);
  const wanted = (wantedByUrl[url.href] ?? wantedByUrl[shown])?.toLowerCase();
  const known = last !== null && (wanted === undefined || wanted === last.sha256) ? last : null;
  for (let restarts = 0; restarts <= MAX_RESTARTS; restarts++) {
    const fetched = await fetchFile(url, known, fetch);
    if (fetched === null && known !== null) return known;
    if (fetched === null) continue;
    try {
      const copy = await copies.write(url, fetched.bytes, fetch.signal);
      const problem = await problemOf(shown, copy, fetched.sums(), wanted, store);
      if (problem !== null) {
        await copies.discard(copy);
        throw problem;
      }
      const fetchedAt = new Date(fetch.clock.now()).toISOString();
      return await copies.keep(url, copy, { ...fetched.validators, fetchedAt });
    } catch (error) {
      if (!(error instanceof FileChanged)) throw error;
    }
  }
  throw fetchFailure(shown, 'other', 'it changes again and again while it is fetched');
}

/** Why a file that was fetched can't be used; null if it can. */
async function problemOf(
  shown: string,
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  { sent, md5 }: { readonly sent: { readonly sha256?: string; readonly md5?: string }; readonly md5: string },
  wanted: string | undefined,
  store: Pick<Store, 'read'>,
): Promise<AnyFailure | null> {
  const differs = (what: string, expected: string, found: string) =>
    fetchFailure(shown, 'corrupt', `${what} is ${expected}, but that of what came is ${found}`);
  if (wanted !== undefined && wanted !== sha256)
    return differs('the SHA-256 of input.http.sha256', wanted, sha256);
  if (sent.sha256 !== undefined && sent.sha256 !== sha256)
    return differs('the SHA-256 of the server', sent.sha256, sha256);
  if (sent.md5 !== undefined && sent.md5 !== md5) return differs('the MD5 of the server', sent.md5, md5);
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(path, { end: HEAD_BYTES })) chunks.push(chunk);
  const head = Buffer.concat(chunks).toString('latin1').trimStart();
  const isPage = /^(?:\xef\xbb\xbf\s*)?<(?:!doctype html|html)[\s>]/i.test(head);
  return isPage ? unreadable(shown, shown.startsWith('https:') ? 'https' : 'http', 'html-page') : null;
}

/** Whether a failure is about this file, as opposed to this machine or the job. */
function isOfFile(failure: AnyFailure): boolean {
  if (failure.code === 'input-unreadable') return true;
  return failure.code === 'store' && /^https?$/.test(failure.details.scheme);
}

function nothing(path: string, failure: AnyFailure): FoundItems {
  return { items: [], folders: [], passedOver: [], missing: [{ path, failure }] };
}

/** Failures name the address, not the copy. */
function ofAddress(error: unknown, copy: string, address: string): unknown {
  if (!isAnyFailure(error) || !('path' in error.details) || error.details.path !== copy) return error;
  const details = { ...error.details, path: address };
  return new Failure(error.code, details as typeof error.details, { cause: error });
}
