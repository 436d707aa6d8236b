/** Accesses files of the fake HDFS through its private interface. @param {string} namenode its address */
export function createHdfsClient(namenode) {
  const ask = async (method, path, body) => {
    const response = await fetch(namenode + path, { method, ...(body === undefined ? {} : { body }) });
    if (response.status === 404) {
      await response.arrayBuffer();
      return undefined;
    }
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const json = async (method, path) => (await ask(method, path))?.json();
  const encode = encodeURIComponent;
  const fileAt = (path) => `/fake/files${path.split('/').map(encode).join('/')}`;
  return {
    /** `{ type, length, owner, fileId, blockSize }`, or undefined if the path does not exist. */
    status: (path) => json('GET', `/fake/status?path=${encode(path)}`),
    /** `{ name, type, length }` of each entry of a folder. */
    list: async (path) => (await json('GET', `/fake/list?path=${encode(path)}`)) ?? [],
    async read(path) {
      const response = await ask('GET', fileAt(path));
      if (response === undefined) throw new Error(`File does not exist: ${path}`);
      return Buffer.from(await response.arrayBuffer());
    },
    write: (path, bytes, user) => ask('PUT', `${fileAt(path)}?user=${encode(user)}`, bytes),
    makeDirectories: (path, user) => ask('POST', `/fake/mkdirs?path=${encode(path)}&user=${encode(user)}`),
    rename: (from, to) => ask('POST', `/fake/rename?from=${encode(from)}&to=${encode(to)}`),
    remove: (path) => ask('DELETE', fileAt(path)),
  };
}
