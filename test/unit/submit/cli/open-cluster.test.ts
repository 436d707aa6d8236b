import { describe, expect, it } from 'vitest';
import { realMachine } from '../../../../submit/cli/connections.js';
import { openCluster } from '../../../../submit/cli/open-cluster.js';
import { NOTHING_KNOWN } from '../../../../submit/engines/streaming/known-command.js';
import { isFailure } from '../../../../submit/errors.js';
import { parseClusterFile } from '../../../../submit/hadoop/cluster/cluster-file.js';
import { resolveCluster } from '../../../../submit/hadoop/cluster/cluster-settings.js';

const context = {
  machine: realMachine,
  nodePath: process.execPath,
  keyProgramSource: '',
  signal: new AbortController().signal,
};
const settingsOf = (shipNode: boolean | string) =>
  resolveCluster({
    overrides: {},
    file: parseClusterFile(
      'cluster.yaml',
      JSON.stringify({ webhdfs: 'http://nn:9870', user: 'etl', streamingJar: '/s.jar', shipNode }),
    ),
    folder: '/',
    job: null,
    found: {},
  });

describe('the Node that is sent along', () => {
  it('is the one that runs here, on Linux', async () => {
    const { nodeArchive } = await openCluster(settingsOf(true), context, NOTHING_KNOWN, 'linux');
    expect(nodeArchive?.path).toMatch(/^\/user\/etl\/\.hadoop-elt\/node\/node-[0-9a-f]{16}\.tar\.gz$/);
  });

  it.each(['win32', 'darwin'] as const)(
    'is never the one of %s, for the nodes run Linux',
    async (platform) => {
      const error = await openCluster(settingsOf(true), context, NOTHING_KNOWN, platform).catch(
        (failure: unknown) => failure,
      );
      expect(isFailure(error, 'usage') && error.details.problem).toContain(`it is built for ${platform}`);
      expect(
        (await openCluster(settingsOf(process.execPath), context, NOTHING_KNOWN, platform)).nodeArchive,
      ).not.toBeNull();
      expect((await openCluster(settingsOf(false), context, NOTHING_KNOWN, platform)).nodeArchive).toBeNull();
    },
  );
});
