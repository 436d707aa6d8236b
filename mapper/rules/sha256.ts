import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as hash } from '@noble/hashes/sha2.js';

export type Hasher = (bytes: Uint8Array) => Uint8Array;

/** SHA-256 of bytes. Compiled when first called (bin/later-modules.mjs). */
export const sha256: Hasher = (bytes) => hash(bytes);

/** HMAC-SHA-256 with a secret. */
export function keyedSha256(secret: string): Hasher {
  const keyed = hmac.create(hash, Buffer.from(secret, 'utf8'));
  return (bytes) => keyed.clone().update(bytes).digest();
}
