import { Failure } from '../../errors.js';
import type { Store } from '../../stores/store.js';
import type { ProtectedPlace } from '../sink.js';
import { folderBeside, OWN_FOLDER } from './layout.js';

/** Throws `output-refused` when publishing to an output would harm one of these places. Pure. */
export function protectPlaces(
  store: Pick<Store, 'uri'>,
  output: string,
  places: readonly ProtectedPlace[],
): void {
  const refuse = (because: string) => new Failure('output-refused', { path: store.uri(output), because });
  if (output.split(/[/\\]/).includes(OWN_FOLDER)) {
    throw refuse(`it lies in a folder ${JSON.stringify(OWN_FOLDER)}, which is hadoop-elt's own`);
  }
  const beside = folderBeside(output);
  const [belowOutput, belowBeside] = [startBelow(output), startBelow(beside)];
  for (const { path, what, isWhole } of places) {
    // Made for a refusal alone: there may be thousands of places.
    const named = () => `${what} ${JSON.stringify(store.uri(path))}`;
    if (path === output) throw refuse(`it is ${what}`);
    if (path.startsWith(belowOutput)) throw refuse(`it holds ${named()}`);
    if (isWhole && isBelow(output, path)) throw refuse(`it lies in ${named()}`);
    if (path === beside || path.startsWith(belowBeside)) {
      throw refuse(`what hadoop-elt keeps beside it, ${JSON.stringify(store.uri(beside))}, holds ${named()}`);
    }
  }
}

/** Whether a path lies below a folder. */
function isBelow(path: string, folder: string): boolean {
  return path.startsWith(startBelow(folder));
}

/** How the paths below a folder start. */
function startBelow(folder: string): string {
  return folder.endsWith('/') ? folder : `${folder}/`;
}
