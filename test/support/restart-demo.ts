import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { README, withoutVolatile } from './readme.js';
import { PROJECT } from './work-folder.js';

/** The demo's program. */
export const RESTART_DEMO = join(PROJECT, 'test', 'demo', 'restart.mjs');
/** What it printed once, as the README shows it. */
export const RECORDING = join(PROJECT, 'docker', 'demo-restart.svg');

const BLOCK = /(?<=^```console\n\$ npm run demo:restart\n)[\s\S]*?(?=^```$)/m;
/** In the README, for lines that are left out. */
const LEFT_OUT = '…';

/** The lines of the demo that the README shows. */
export function shownLines(): readonly string[] {
  const shown = BLOCK.exec(readFileSync(README, 'utf8'))?.[0];
  if (shown === undefined) throw new Error('The README shows nothing of npm run demo:restart');
  return shown.trimEnd().split('\n');
}

/**
 * The printed lines that stand for the shown ones, in the same order, or the first shown line for which there is none.
 * What differs from run to run does not count.
 */
export function findShown(
  shown: readonly string[],
  printed: readonly string[],
): { readonly found: readonly string[] } | { readonly missing: string } {
  const normal = printed.map(withoutRunFacts);
  const found: string[] = [];
  let from = 0;
  for (const line of shown) {
    if (line === LEFT_OUT || line === '') {
      found.push(line);
      continue;
    }
    const at = normal.indexOf(withoutRunFacts(line), from);
    if (at < 0) return { missing: line };
    found.push(printed[at] ?? '');
    from = at + 1;
  }
  return { found };
}

/** Puts lines in the place of those that the README shows. */
export function updateShown(lines: readonly string[]): void {
  writeFileSync(
    README,
    readFileSync(README, 'utf8').replace(BLOCK, () => `${lines.join('\n')}\n`),
  );
}

function withoutRunFacts(line: string): string {
  return withoutVolatile(line).replaceAll(/[^ "]*\/hadoop-elt-demo-\w+/g, '<folder>');
}
