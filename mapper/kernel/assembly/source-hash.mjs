import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** SHA-256 of the AssemblyScript sources in this folder, in order of their names, with LF line ends. */
export function hashSources() {
  const folder = new URL('.', import.meta.url);
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.ts'))
      hash.update(`${name}\n${readFileSync(new URL(name, folder), 'utf8')}`.replace(/\r\n/g, '\n'));
  }
  return hash.digest('hex');
}
