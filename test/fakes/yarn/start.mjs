import { Applications } from './applications.mjs';
import { controlRoutes } from './control.mjs';
import { Faults } from './faults.mjs';
import { createHdfsClient } from './hdfs-client.mjs';
import { historyServerRoutes } from './history-server.mjs';
import { LocalFiles } from './local-files.mjs';
import { killAllMappers } from './piped-mapper.mjs';
import { resourceManagerRoutes } from './resource-manager.mjs';
import { startServer } from './rest-server.mjs';

/** Starts the cluster's two web servers. @param {{ hdfs: string, fs: string }} options */
export async function startYarn({ hdfs: namenode, fs }) {
  const hdfs = createHdfsClient(namenode);
  const applications = new Applications();
  const faults = new Faults();
  const localFiles = new LocalFiles(hdfs);
  const log = [];
  const services = { hdfs, localFiles, faults };
  const control = controlRoutes({ applications, faults, log, fs, services });
  const resourceManager = await startServer({
    name: 'resourcemanager',
    route: resourceManagerRoutes(applications),
    control,
    faultFor: (path) =>
      faults.next('resourcemanager', { do: 'down' }) ??
      (path.includes('/apps') ? faults.next('apps') : undefined),
    log,
  });
  const historyServer = await startServer({
    name: 'historyserver',
    route: historyServerRoutes(applications, faults),
    control,
    faultFor: () => faults.next('history', { do: ['hang', 'die', 'slow'] }),
    log,
  });
  const stop = async () => {
    killAllMappers();
    await localFiles.removeAll();
  };
  return { addresses: { resourceManager, historyServer }, stop };
}
