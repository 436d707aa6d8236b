import { createHash } from 'node:crypto';
import { Failure } from '../../errors.js';
import type { Manifest } from '../manifest.js';
import { basename } from '../paths.js';
import type { ScannedInput } from './scan.js';

/** Names everything that decides the output's bytes. */
export async function fingerprintOf(
  decisions: readonly unknown[],
  inputs: readonly ScannedInput[],
): Promise<string> {
  const files = await Promise.all(
    inputs.map(async ({ path, sha256 }) => [basename(path), await sha256] as const),
  );
  return createHash('sha256')
    .update(JSON.stringify([decisions, files]))
    .digest('hex');
}

/**
 * The inputs that no published batch was made from. Throws `input-changed` for a file that was published with
 * other content: its records would be there twice.
 */
export async function unpublished(
  scanned: readonly ScannedInput[],
  published: readonly Manifest[],
): Promise<readonly ScannedInput[]> {
  const known = new Map(published.flatMap(({ inputs }) => inputs.map(({ path, sha256 }) => [path, sha256])));
  for (const { path, sha256 } of scanned) {
    const before = known.get(path);
    if (before !== undefined && before !== (await sha256)) {
      throw new Failure('input-changed', {
        path,
        what: 'its content is not what an earlier batch was made from',
      });
    }
  }
  return scanned.filter(({ path }) => !known.has(path));
}
