import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Clone, expectAsShown, needsCluster, readTranscripts } from '../support/readme.js';
import { WorkFolder } from '../support/work-folder.js';
import { clusterFile, openHdfs, webhdfs } from './support/cluster.js';

/** A user of the test's own, so that its home in HDFS is empty, as a newcomer's is. */
const USER = `readme-${process.pid}`;
const HOME = `/user/${USER}`;

describe('the commands of the README that need Hadoop, in order', () => {
  let folder: WorkFolder;
  let clone: Clone;

  beforeAll(async () => {
    await openHdfs().makeDirectory(HOME);
    await webhdfs('PUT', HOME, `op=SETOWNER&owner=${USER}`);
    folder = new WorkFolder();
    clone = new Clone(folder, [[HOME, '/user/hadoop']]);
    const content = readFileSync(clusterFile, 'utf8').replace(/^user: .*$/m, `user: ${USER}`);
    await folder.write('docker/cluster.yaml', content);
    await clone.run('npm link');
    // The client container works as the superuser unless it is told.
    clone.standIn('docker', (docker) => `shift\nexec '${docker}' exec -e HADOOP_USER_NAME=${USER} "$@"`);
  });
  afterAll(async () => {
    await openHdfs().remove(HOME);
    rmSync(folder.path, { recursive: true });
  });

  for (const transcript of readTranscripts().filter(needsCluster)) {
    it(`print what it shows: line ${transcript.lineNumber}`, () => expectAsShown(clone, transcript, true));
  }

  it('run at night by its crontab', async () => {
    expect(await clone.runCrontab()).toEqual({ output: '', exitCode: 0 });
  });
});
