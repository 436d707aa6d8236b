/**
 * Where things lie in and beside a published folder. What is ours beside the output lies in one folder, which no pattern
 * such as `output/*` matches: FileInputFormat (Hadoop 3.3) passes over names that begin with `_`.
 */

/** Name of our folder, in and beside an output. */
export const OWN_FOLDER = '_hadoop-elt';

/** Names in our folder of a published folder. */
export const MANIFEST_NAME = 'manifest.json';
export const REJECTS_NAME = 'rejects';

/** Where version 0.1 put manifest and rejects: in the published folder itself. */
export const OLD_MANIFEST_NAME = '_manifest.json';
export const OLD_REJECTS_NAME = '_rejects';

/** `batch=<run id>`: a folder that a run in mode append adds. */
export const BATCH_PREFIX = 'batch=';

/** Our folder in a published folder. */
export function ownFolderIn(folder: string): string {
  return `${folder}/${OWN_FOLDER}`;
}

/** Where the manifest of a published folder may lie, by this version and by 0.1. */
export function manifestPathsIn(folder: string): readonly [string, string] {
  return [`${ownFolderIn(folder)}/${MANIFEST_NAME}`, `${folder}/${OLD_MANIFEST_NAME}`];
}

/** The folder of the rejected records of a published folder. */
export function rejectsFolderIn(folder: string): string {
  return `${ownFolderIn(folder)}/${REJECTS_NAME}`;
}

/** `/a/out` → `/a/`, `out`. */
function splitPath(path: string): readonly [parent: string, name: string] {
  const name = path.replace(/.*[/\\]/, '');
  return [path.slice(0, path.length - name.length), name];
}

/** The folder that an output lies in. */
export function parentOf(output: string): string {
  const [parent] = splitPath(output);
  return parent.length > 1 ? parent.slice(0, -1) : parent;
}

/** The folder beside an output that holds what is ours: `/a/out` → `/a/_hadoop-elt/out`. */
export function folderBeside(output: string): string {
  const [parent, name] = splitPath(output);
  return `${parent}${OWN_FOLDER}/${name}`;
}

/** The folder of all staging folders of an output. */
export function stagingRootOf(output: string): string {
  return `${folderBeside(output)}/staging`;
}

/** The staging folder of a run. */
export function stagingFolderOf(output: string, runId: string): string {
  return `${stagingRootOf(output)}/${runId}`;
}

/** What the name of a staging folder ends in that was taken away from its run. */
export const RETIRED = '.retired';

/** Where version 0.1 staged. */
export function oldStagingFolderOf(output: string, runId: string): string {
  const [parent, name] = splitPath(output);
  return `${parent}_staging.${name}.${runId}`;
}

/** The folder of earlier outputs. */
export function previousFolderOf(output: string): string {
  return `${folderBeside(output)}/previous`;
}

/**
 * The name of an earlier output: the run or rollback that set it aside, so that names sort by when that was, and the run
 * that published it.
 */
export function previousNameOf(setAsideBy: string, publishedBy: string): string {
  return `${setAsideBy}.${publishedBy}`;
}

/** The run that published the earlier output of this name; null for a name that is not ours. */
export function runOfPrevious(name: string): string | null {
  return /^[^.]+\.([^.]+)$/.exec(name)?.[1] ?? null;
}

/** `/a/out` → `out`. */
export function nameOf(path: string): string {
  return splitPath(path)[1];
}

/** The folder of an output's lock. */
export function lockFolderOf(output: string): string {
  return `${folderBeside(output)}/lock`;
}
