import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * The files of a job on a nodemanager. Each is fetched from HDFS once, unpacked if it is an archive, and linked into
 * the folder of each task. Files can be read and executed, but not written (FSDownload).
 */
export class LocalFiles {
  #hdfs;
  #root;
  #known = new Map();
  #folders = 0;

  constructor(hdfs) {
    this.#hdfs = hdfs;
    this.#root = mkdtemp(join(tmpdir(), 'fake-yarn-'));
  }

  /**
   * Local path of a resource. Rejects if the file in HDFS was removed or replaced after the job was submitted.
   *
   * @param {{ kind: 'file' | 'archive', uri: string, path: string, fileId: number }} resource
   */
  provide(resource) {
    const key = `${resource.kind} ${resource.path} ${resource.fileId}`;
    const known = this.#known.get(key) ?? this.#fetch(resource);
    this.#known.set(key, known);
    known.catch(() => this.#known.delete(key));
    return known;
  }

  async #fetch({ kind, uri, path, fileId }) {
    const status = await this.#hdfs.status(path);
    if (status === undefined) throw new Error(`java.io.FileNotFoundException: File does not exist: ${uri}`);
    if (status.fileId !== fileId)
      throw new Error(`java.io.IOException: Resource ${uri} changed on src filesystem`);
    const folder = await this.#newFolder('filecache');
    const name = path.slice(path.lastIndexOf('/') + 1);
    const local = join(folder, name);
    await writeFile(local, await this.#hdfs.read(path), { mode: 0o555 });
    if (kind === 'file') return local;
    const unpacked = join(folder, 'unpacked');
    await mkdir(unpacked);
    await promisify(execFile)('tar', ['-xf', local, '-C', unpacked]);
    return unpacked;
  }

  /** Makes a working folder for a task, with links to its resources. */
  async taskFolder(resources) {
    const folder = await this.#newFolder('appcache');
    await mkdir(join(folder, 'tmp'));
    for (const resource of resources)
      await symlink(await this.provide(resource), join(folder, resource.link));
    return folder;
  }

  async #newFolder(kind) {
    const folder = join(await this.#root, kind, String(this.#folders));
    this.#folders += 1;
    await mkdir(folder, { recursive: true });
    return folder;
  }

  async removeAll() {
    await rm(await this.#root, { recursive: true, force: true });
  }
}
