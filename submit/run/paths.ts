/** The last name in a path of any store. */
export function basename(path: string): string {
  return path.replace(/.*[/\\]/, '');
}

/** A name in the folder that holds `path`. */
export function besides(path: string, name: string): string {
  return path.slice(0, path.length - basename(path).length) + name;
}

/** The folder above, in a path of HDFS. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
