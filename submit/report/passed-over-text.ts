import type { PassedOver } from '../sources/source.js';
import { quote } from './escape.js';

/** What Hadoop's committers and this program put beside data: nobody takes these for inputs. */
const NEVER_INPUTS = /(?:^|\/)(?:_SUCCESS|_manifest\.json|_rejects|_temporary|_staging\..*|\.hadoop-elt)$/;
const MAX_NAMED = 5;

/** A line about what is not read though it lies where inputs are; null where nothing is worth a word. */
export function formatPassedOver(passedOver: readonly PassedOver[]): string | null {
  const told = passedOver.filter(({ path }) => !NEVER_INPUTS.test(path));
  if (told.length === 0) return null;
  const whys = { hidden: 'its name starts with _ or .', subfolder: 'it is a folder in a folder' };
  const named = told.slice(0, MAX_NAMED).map(({ path, why }) => `${quote(path)} (${whys[why]})`);
  const more = told.length > MAX_NAMED ? ` and ${told.length - MAX_NAMED} more` : '';
  return `  Warning: not read: ${named.join(', ')}${more}`;
}
