import { createHash } from 'node:crypto';

/** Signatures of addresses that object stores hand out for a while, and the parts of the query that come with them. */
const SIGNATURES: readonly (readonly [signature: string, parts: RegExp])[] = [
  ['x-amz-signature', /^x-amz-/],
  ['x-goog-signature', /^x-goog-/],
  ['sig', /^(?:sig|sv|sr|st|se|sp|spr|sip|skoid|sktid|skt|ske|sks|skv)$/],
  ['signature', /^(?:signature|expires|policy|key-pair-id|awsaccesskeyid|googleaccessid)$/],
];
const MARK_CHARS = 8;

/** What tells an address apart from others: all of it but a signature, which is another one each time. May be secret. */
export function identityOf(url: URL): string {
  const names = new Set([...url.searchParams.keys()].map((name) => name.toLowerCase()));
  const signing = SIGNATURES.filter(([signature]) => names.has(signature)).map(([, parts]) => parts);
  if (signing.length === 0) return url.href;
  const own = new URL(url);
  for (const name of [...own.searchParams.keys()]) {
    if (signing.some((parts) => parts.test(name.toLowerCase()))) own.searchParams.delete(name);
  }
  return own.href;
}

/** A mark for an address whose query is not shown: too short to tell what is in it. */
function markOf(url: URL): string {
  return createHash('sha256').update(identityOf(url)).digest('hex').slice(0, MARK_CHARS);
}

/**
 * An address without what may be secret: user, password and the values of its query. A mark stands for those:
 * `https://host/a.csv?token=…#1f3c9a0b`.
 */
export function shownUrl(url: URL): string {
  const path = `${url.origin}${decodeSafely(url.pathname)}`;
  if (url.search === '') return path;
  const query = [...url.searchParams.keys()].map((name) => `${name}=…`).join('&');
  return `${path}?${query}#${markOf(url)}`;
}

function decodeSafely(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** An input as a job names it, without what may be secret: a path or a glob stays as it is. */
export function shownInput(pattern: string): string {
  if (!/^https?:\/\//i.test(pattern)) return pattern;
  return URL.canParse(pattern) ? shownUrl(new URL(pattern)) : pattern.replace(/[?#].*$/s, '?…');
}
