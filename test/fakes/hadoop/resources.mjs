import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';

/** An exception that the command does not catch, with its class and message. */
export class UncaughtException extends Error {}

/**
 * The files of `-files` and `-archives`. Local ones are copied to the job's staging folder in HDFS.
 *
 * @param {{ files: string[], archives: string[] }} named `path`, `path#link` or `hdfs://…#link`
 * @param {import('./paths.mjs').Paths} paths
 */
export async function findResources({ files, archives }, paths, hdfs, staging) {
  const all = [
    ...files.map((name) => ({ kind: 'file', name })),
    ...archives.map((name) => ({ kind: 'archive', name })),
  ];
  return Promise.all(all.map(({ kind, name }) => findResource(kind, name, paths, hdfs, staging)));
}

async function findResource(kind, name, paths, hdfs, staging) {
  const [place = '', fragment] = name.split('#');
  const isRemote = place.startsWith('hdfs:');
  const local = decodeURIComponent(place.replace(/^file:(\/\/)?/, ''));
  const path = isRemote ? decodeURIComponent(paths.pathOf(place)) : `${staging}/files/${basename(local)}`;
  if (!isRemote) await sendFile(local, path, hdfs, paths.user);
  const status = await hdfs.status(path);
  if (status === undefined)
    throw new UncaughtException(`java.io.FileNotFoundException: File does not exist: ${name}`);
  const link = fragment ?? basename(path);
  return { kind, uri: paths.qualify(path), path, fileId: status.fileId, link };
}

async function sendFile(local, path, hdfs, user) {
  const isFile = await stat(local).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) throw new UncaughtException(`java.io.FileNotFoundException: File ${local} does not exist`);
  await hdfs.write(path, await readFile(local), user);
}

/** Hadoop decodes names to find the files and then parses them as URIs again (JobResourceUploader, 3.3.5). */
export function checkNames(resources) {
  for (const { uri, kind, link } of resources) {
    if (!/[\s"<>\\^`{|}#]|%(?![0-9A-Fa-f]{2})/.test(uri)) continue;
    throw new UncaughtException(
      `java.lang.IllegalArgumentException: Error parsing ${kind}s argument. Argument must be a valid URI: ${uri}#${link}`,
    );
  }
}
