import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';

/**
 * Compares bytes with a file of the repository. `npm run test:update` writes the file instead, so that its diff can be
 * reviewed.
 */
export function expectGolden(actual: Uint8Array, path: string): void {
  if (process.env.UPDATE_GOLDEN !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  expect(existsSync(path), `${path} is missing: npm run test:update writes it`).toBe(true);
  // Latin-1 shows every byte in the difference.
  expect(Buffer.from(actual).toString('latin1')).toBe(readFileSync(path).toString('latin1'));
}
