/**
 * Where things lie in and beside a published folder. What is ours beside the output lies in one folder, which no pattern
 * such as `output/*` matches: FileInputFormat (Hadoop 3.3) passes over names that begin with `_`.
 */

/** Name of our folder, in and beside an output. */
export const OWN_FOLDER = '_hadoop-elt';

/** The folder beside an output that holds what is ours: `/a/out` → `/a/_hadoop-elt/out`. */
export function folderBeside(output: string): string {
  const name = output.replace(/.*[/\\]/, '');
  return `${output.slice(0, output.length - name.length)}${OWN_FOLDER}/${name}`;
}

/** The staging folder of a run. */
export function stagingFolderOf(output: string, runId: string): string {
  return `${folderBeside(output)}/staging/${runId}`;
}

/** The folder of an output's lock. */
export function lockFolderOf(output: string): string {
  return `${folderBeside(output)}/lock`;
}

/** The folders of ours beside an output, each before the one that holds it. */
export function foldersBeside(output: string): readonly string[] {
  const beside = folderBeside(output);
  return [lockFolderOf(output), `${beside}/staging`, beside, beside.slice(0, -`/${nameOf(output)}`.length)];
}

function nameOf(output: string): string {
  return output.replace(/.*[/\\]/, '');
}
