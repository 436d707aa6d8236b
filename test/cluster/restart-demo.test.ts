import { copyFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findShown, RECORDING, RESTART_DEMO, shownLines, updateShown } from '../support/restart-demo.js';
import { useWorkFolder } from '../support/work-folder.js';
import { openHdfs } from './support/cluster.js';

const work = useWorkFolder();

/** Others' clusters have no containers whose namenode may be stopped. */
const isDocker = process.env.HADOOP_ELT_TEST_CLUSTER === undefined;
/** Where the demo works, and what Hadoop keeps of its jobs. */
const PLACES = ['/user/restart-demo', '/tmp/hadoop-yarn/staging/restart-demo', '/tmp/logs/restart-demo'];

it.runIf(isDocker)(
  'four mishaps, each followed by a plain rerun, go as the README shows, and nothing is left',
  { timeout: 420_000 },
  async () => {
    const { exitCode, stdout, stderr } = await work().node([RESTART_DEMO, '--record', 'demo.svg']);
    expect([exitCode, stderr]).toEqual([0, '']);
    const shown = shownLines();
    const result = findShown(shown, stdout.split('\n'));
    if (process.env.UPDATE_GOLDEN !== undefined && 'found' in result) {
      updateShown(result.found);
      copyFileSync(work().at('demo.svg'), RECORDING);
    }
    expect(result).toHaveProperty('found');
    const left = await Promise.all(PLACES.map((path) => openHdfs().stat(path)));
    expect(left).toEqual(PLACES.map(() => undefined));
  },
);
