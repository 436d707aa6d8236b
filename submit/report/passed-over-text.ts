import type { PassedOver } from '../sources/source.js';
import { quote } from './escape.js';

const MAX_NAMED = 5;

/** A warning about files and folders among the inputs that are not read; null when there is nothing to warn of. */
export function formatPassedOver(told: readonly PassedOver[]): string | null {
  if (told.length === 0) return null;
  const whys = {
    hidden: 'its name starts with _ or .',
    unfinished: 'hadoop fs -put has not completed it, or was stopped',
    subfolder: 'it is a subfolder',
  };
  const named = told.slice(0, MAX_NAMED).map(({ path, why }) => `${quote(path)} (${whys[why]})`);
  const more = told.length > MAX_NAMED ? ` and ${told.length - MAX_NAMED} more` : '';
  return `  Warning: not read: ${named.join(', ')}${more}`;
}
