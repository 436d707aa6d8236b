import { safeModeText } from './namenode-reads.mjs';
import { usageOf } from './quota.mjs';

const CAPACITY_BYTES = 64 * 1024 ** 3;

/** The answer of /jmx?qry=…: the beans asked for, of those that this fake has. Two datanodes are live. */
export function jmx({ tree, state }, query) {
  const { names, space } = usageOf(tree.root);
  const beans = {
    NameNodeInfo: {
      Version: '3.3.5, r706d88266abcee09ed78fbaa0ad5f74d818ab0e9',
      SoftwareVersion: '3.3.5',
      Safemode: safeModeText(state),
      Used: space,
      Free: CAPACITY_BYTES - space,
      Total: CAPACITY_BYTES,
      DeadNodes: '{}',
    },
    NameNodeStatus: {
      State: state.standby ? 'standby' : 'active',
      NNRole: 'NameNode',
      SecurityEnabled: false,
    },
    FSNamesystemState: {
      CapacityTotal: CAPACITY_BYTES,
      CapacityUsed: space,
      CapacityRemaining: state.options.capacityRemaining ?? CAPACITY_BYTES - space,
      FilesTotal: names,
      FSState: state.safeMode ? 'safeMode' : 'Operational',
      NumLiveDataNodes: 2,
      NumDeadDataNodes: 0,
      UnderReplicatedBlocks: 0,
    },
  };
  const wanted = query.get('qry');
  return {
    beans: Object.entries(beans)
      .map(([name, bean]) => ({ name: `Hadoop:service=NameNode,name=${name}`, ...bean }))
      .filter(({ name }) => wanted === null || name === wanted),
  };
}
