import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';

/** The addresses in a cluster file, and what the drills ask of the servers there. */
export function openHadoop(clusterFile) {
  const cluster = parse(readFileSync(clusterFile, 'utf8'));
  const first = (one) => [one].flat()[0];
  const webhdfs = `${first(cluster.webhdfs)}/webhdfs/v1`;
  const resourceManager = `${first(cluster.resourceManager)}/ws/v1/cluster`;

  async function ask(method, path, query) {
    const url = `${webhdfs}${encodeURI(path)}?${query}&user.name=${cluster.user}`;
    const response = await fetch(url, { method });
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
    return response;
  }

  /** All files below a folder: path relative to it, size, file id. Empty if the folder does not exist. */
  async function filesBelow(folder) {
    const answer = await ask('GET', folder, 'op=LISTSTATUS');
    if (answer === null) return [];
    const { FileStatuses } = await answer.json();
    const found = await Promise.all(
      FileStatuses.FileStatus.map(async ({ pathSuffix, type, length, fileId, modificationTime }) => {
        if (type === 'FILE') return [{ name: pathSuffix, length, fileId, modificationTime }];
        const below = await filesBelow(`${folder}/${pathSuffix}`);
        return below.map((file) => ({ ...file, name: `${pathSuffix}/${file.name}` }));
      }),
    );
    return found.flat().sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  async function applications(query) {
    const response = await fetch(`${resourceManager}/apps${query}`);
    const { apps } = await response.json();
    return apps?.app ?? [];
  }

  return {
    filesBelow,
    makeFolder: (path) => ask('PUT', path, 'op=MKDIRS'),
    /** Makes a folder that belongs to another user. */
    async makeHome(path, owner) {
      await ask('PUT', path, 'op=MKDIRS');
      await ask('PUT', path, `op=SETOWNER&owner=${owner}`);
    },
    remove: (path) => ask('DELETE', path, 'op=DELETE&recursive=true'),
    async read(path) {
      const answer = await ask('GET', path, 'op=OPEN');
      if (answer === null) throw new Error(`${path} is not there`);
      return Buffer.from(await answer.arrayBuffer());
    },
    /** All applications of jobs with this name, the first one first. */
    async applicationsNamed(name) {
      const all = await applications('');
      return all.filter((app) => app.name === name).sort((one, other) => one.startedTime - other.startedTime);
    },
    /**
     * Kills a user's applications that still run, and waits until their logs are in HDFS: at most 20 s, because logs of
     * an application that ends while the namenode is down may never come (3.3.5).
     */
    async endApplicationsOf(user) {
      const deadlineMs = performance.now() + 20_000;
      while (performance.now() < deadlineMs) {
        const mine = await applications(`?user=${user}`);
        for (const { id } of mine.filter(({ finalStatus }) => finalStatus === 'UNDEFINED')) {
          await fetch(`${resourceManager}/apps/${id}/state?user.name=${user}`, {
            method: 'PUT',
            headers: { 'content-type': 'application/json' },
            body: '{"state":"KILLED"}',
          });
        }
        const isOver = ({ logAggregationStatus }) =>
          !['NOT_START', 'RUNNING', 'RUNNING_WITH_FAILURE'].includes(logAggregationStatus);
        if (mine.every(isOver)) return;
        await sleep(500);
      }
    },
  };
}
