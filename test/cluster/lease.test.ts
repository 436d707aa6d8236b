import { afterAll } from 'vitest';
import { describeLeasedSubmissions, hasContainers } from '../contracts/leased-submissions.js';
import { describeLeases } from '../contracts/leases.js';
import { clusterFile, freshFolder, openHdfs } from './support/cluster.js';

const store = openHdfs();
const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await store.remove(folder);
});

describeLeases('a lease in HDFS', async () => {
  const folder = await freshFolder(store, 'leases');
  folders.push(folder);
  return { store, folder, outsider: openHdfs({ user: 'somebody_else' }) };
});

// As root each submission has process ids and a host name of its own, as in a container.
describeLeasedSubmissions(async () => ({ clusterFile, hdfs: openHdfs(), close: async () => undefined }), {
  rounds: 8,
  contained: await hasContainers(),
  jobsAreSlow: true,
});
