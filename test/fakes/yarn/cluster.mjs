/** The fake cluster's settings: the sizes of docker/conf, and short delays. */
export const CLUSTER = {
  version: '3.3.5',
  queues: ['default'],
  nodes: ['nodemanager1', 'nodemanager2'],
  nodeMib: 2560,
  nodeVcores: 4,
  maxContainerMib: 2048,
  maxContainerVcores: 4,
};

/** Tasks of one application that run at once. */
export const TASKS_AT_ONCE = 2;

/** Delays that take seconds on a real cluster. */
export const DELAYS = {
  acceptedMs: 30,
  masterMs: 60,
  killMs: 100,
  /** From a job's end until the history server has it. */
  historyMs: 150,
  /** From a job's end until the logs of its tasks can be read. */
  logsMs: 300,
  timeoutCheckMs: 100,
};
