import { randomBytes } from 'node:crypto';
import { formatSize } from '../../config/sizes.js';
import type { Check, Finding } from '../../doctor/check.js';
import { Failure, isFailure } from '../../errors.js';
import type { Http } from '../../hadoop/http.js';
import { createRestClient, RestError } from '../../hadoop/rest-client.js';
import { activeNamenode, askNamenodes, type NamenodeState, stateInWords } from './namenode-states.js';
import { hintOfHdfs } from './webhdfs-hints.js';
import type { WebHdfsStore } from './webhdfs-store.js';

/** What the checks of HDFS need. */
export interface HdfsToCheck {
  readonly store: WebHdfsStore;
  /** All addresses of this HDFS. */
  readonly webhdfs: readonly string[];
  readonly user: string;
  /** Folder for files that runs share; a probe file is written into it and removed. */
  readonly sharedFolder: string;
  /** Absolute path of the job's output, or null. */
  readonly output: string | null;
  readonly http: Http;
}

const NAMENODE = 'namenode';
const SAFE_MODE = 'safe mode';
/** Name of the check that writes a file; checks that write to HDFS need it. */
export const DATANODE_CHECK = 'datanode';

/** The checks of HDFS; each comes after those that it needs. */
export function hdfsChecks(hdfs: HdfsToCheck): Check[] {
  let asked: Promise<readonly NamenodeState[]> | undefined;
  const states = () => {
    asked ??= askNamenodes(hdfs.webhdfs, hdfs.user, hdfs.http);
    return asked;
  };
  const active = async () => activeNamenode(await states());
  return [
    {
      name: NAMENODE,
      failedMeans: 'the namenode did not answer',
      run: async () => checkNamenodes(await states(), hdfs.http),
    },
    {
      name: SAFE_MODE,
      needs: [NAMENODE],
      failedMeans: 'HDFS is in safe mode',
      run: async () => checkSafeMode(await active(), hdfs.http),
    },
    {
      name: 'user',
      needs: [NAMENODE],
      failedMeans: 'the user is not known',
      run: () => checkUser(hdfs),
    },
    {
      name: 'write access',
      needs: [NAMENODE],
      failedMeans: 'the user may not write',
      run: () => checkWriteAccess(hdfs),
    },
    {
      name: DATANODE_CHECK,
      needs: [SAFE_MODE],
      failedMeans: 'no file could be written to HDFS',
      run: () => checkDatanode(hdfs),
    },
    {
      name: 'space and quota',
      needs: [NAMENODE],
      failedMeans: 'the space is not known',
      run: async () => checkSpace(hdfs, await active()),
    },
  ];
}

async function checkNamenodes(states: readonly NamenodeState[], http: Http): Promise<Finding> {
  const active = activeNamenode(states);
  const info = await bean(active, 'NameNodeInfo', http);
  const version = typeof info?.SoftwareVersion === 'string' ? `, Hadoop ${info.SoftwareVersion}` : '';
  if (states.length === 1) return { status: 'ok', what: `answers at ${active}${version}` };
  const what = `${states
    .filter(({ state }) => state !== 'silent')
    .map(stateInWords)
    .join(', ')}${version}`;
  const silent = states.filter(({ state }) => state === 'silent');
  if (silent.length === 0) return { status: 'ok', what };
  return {
    status: 'warn',
    what,
    why: silent.map(stateInWords).join('; '),
    fix: 'Start it, or correct its address under webhdfs: without it nothing takes over if the active one fails',
  };
}

async function checkSafeMode(namenode: string, http: Http): Promise<Finding> {
  const safeMode = (await bean(namenode, 'NameNodeInfo', http))?.Safemode;
  if (typeof safeMode === 'string' && safeMode !== '') {
    const problem = 'safe-mode';
    const cause = safeMode.split('\n', 1)[0] ?? '';
    throw new Failure(
      'store',
      { scheme: 'hdfs', operation: 'write to', path: '/', problem, cause },
      { hint: hintOfHdfs(problem) },
    );
  }
  // A gateway does not report safe mode; the datanode check writes a file anyway.
  return { status: 'ok', what: safeMode === undefined ? 'not reported by this address' : 'off' };
}

async function checkUser({ store, user }: HdfsToCheck): Promise<Finding> {
  const home = await store.home();
  const seen = home.replace(/.*\//, '');
  if (seen !== user) {
    return {
      status: 'warn',
      what: `the server sees the user ${seen}`,
      why: `the requests name the user ${user}`,
      fix: 'Check user in the cluster file; with Kerberos or a gateway the server may map names',
    };
  }
  if ((await store.stat(home)) === undefined) {
    return {
      status: 'warn',
      what: `the server sees the user ${seen}`,
      why: `the home folder ${home} does not exist; relative paths start there`,
      fix: `As the superuser: hadoop fs -mkdir ${home} && hadoop fs -chown ${seen} ${home}`,
    };
  }
  return { status: 'ok', what: `the server sees the user ${seen}, home ${home}` };
}

async function checkWriteAccess({ store, output, sharedFolder }: HdfsToCheck): Promise<Finding> {
  const places = output === null ? [sharedFolder] : [output, sharedFolder];
  const writable: string[] = [];
  for (const place of places) {
    const folder = await nearestFolder(store, place.slice(0, place.lastIndexOf('/')) || '/');
    await store.checkAccess(folder, '-wx');
    writable.push(folder);
  }
  return { status: 'ok', what: `may write to ${[...new Set(writable)].join(' and ')}` };
}

/** The folder itself, or its nearest existing parent. */
async function nearestFolder(store: WebHdfsStore, path: string): Promise<string> {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf('/')) || '/') {
    if (folder === '/' || (await store.stat(folder)) !== undefined) return folder;
  }
}

async function checkDatanode({ store, sharedFolder }: HdfsToCheck): Promise<Finding> {
  const path = `${sharedFolder}/doctor-${randomBytes(4).toString('hex')}`;
  const content = randomBytes(1024);
  await store.makeDirectory(sharedFolder);
  try {
    await store.write(path, [content]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.read(path)) chunks.push(chunk);
    if (!Buffer.concat(chunks).equals(content)) {
      const cause = 'the bytes read back differ from those written';
      throw new Failure('store', { scheme: 'hdfs', operation: 'read', path, problem: 'corrupt', cause });
    }
  } finally {
    await store.remove(path).catch(() => false);
  }
  return { status: 'ok', what: 'a file was written and read back through a datanode' };
}

async function checkSpace(
  { store, http, output, sharedFolder }: HdfsToCheck,
  namenode: string,
): Promise<Finding> {
  const home = sharedFolder.slice(0, sharedFolder.lastIndexOf('/'));
  const tight: string[] = [];
  for (const place of new Set([output ?? home, home])) {
    const folder = await nearestFolder(store, place);
    const summary = await summaryOrNone(store, folder);
    if (summary === undefined) continue;
    const { files, folders, nameQuota, spaceBytes, spaceQuotaBytes } = summary;
    if (nameQuota !== null && files + folders + MIN_NAMES > nameQuota) {
      tight.push(`${folder} holds ${files + folders} of ${nameQuota} files and folders`);
    }
    if (spaceQuotaBytes !== null && spaceBytes > spaceQuotaBytes * MAX_FULL) {
      tight.push(`${folder} takes ${formatSize(spaceBytes)} of ${formatSize(spaceQuotaBytes)}`);
    }
  }
  const state = await bean(namenode, 'FSNamesystemState', http);
  const left = Number(state?.CapacityRemaining ?? Number.NaN);
  if (left < MIN_BYTES_LEFT) tight.push(`HDFS has ${formatSize(left)} left`);
  if (tight.length > 0) {
    return {
      status: 'warn',
      what: 'space is short',
      why: tight.join('; '),
      fix: 'Remove what is not needed, or ask for more; hadoop fs -count -q DIR shows quotas',
    };
  }
  return {
    status: 'ok',
    what: Number.isNaN(left) ? 'no quota is near' : `${formatSize(left)} left, no quota is near`,
  };
}

/** A run creates a few files and folders besides its data. */
const MIN_NAMES = 20;
const MAX_FULL = 0.95;
const MIN_BYTES_LEFT = 1024 ** 3;

async function summaryOrNone(store: WebHdfsStore, path: string) {
  try {
    return await store.contentSummary(path);
  } catch (error) {
    // Folders of other users may not be readable.
    if (isFailure(error, 'store') && error.details.problem === 'no-permission') return undefined;
    throw error;
  }
}

/** A JMX bean of the namenode; undefined if the address has none, as with HttpFS. */
async function bean(
  address: string,
  name: string,
  http: Http,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const answer = (await createRestClient(address, null, http).getJson(
      `/jmx?qry=Hadoop:service=NameNode,name=${name}`,
    )) as { beans?: readonly Record<string, unknown>[] };
    return answer.beans?.[0];
  } catch (error) {
    if (error instanceof RestError) return undefined;
    throw error;
  }
}
