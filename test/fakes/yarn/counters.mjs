const TASK = 'org.apache.hadoop.mapreduce.TaskCounter';
const JOB = 'org.apache.hadoop.mapreduce.JobCounter';
const FILE_SYSTEM = 'org.apache.hadoop.mapreduce.FileSystemCounter';
const INPUT = 'org.apache.hadoop.mapreduce.lib.input.FileInputFormatCounter';
const OUTPUT = 'org.apache.hadoop.mapreduce.lib.output.FileOutputFormatCounter';

/** Groups in Hadoop's order, with the display names of groups and counters. The mapper's own come before INPUT. */
const SHOWN = {
  [FILE_SYSTEM]: [
    'File System Counters',
    {
      HDFS_BYTES_READ: 'HDFS: Number of bytes read',
      HDFS_BYTES_WRITTEN: 'HDFS: Number of bytes written',
    },
  ],
  [JOB]: [
    'Job Counters ',
    {
      NUM_FAILED_MAPS: 'Failed map tasks',
      NUM_KILLED_MAPS: 'Killed map tasks',
      NUM_FAILED_REDUCES: 'Failed reduce tasks',
      NUM_KILLED_REDUCES: 'Killed reduce tasks',
      TOTAL_LAUNCHED_MAPS: 'Launched map tasks',
      TOTAL_LAUNCHED_REDUCES: 'Launched reduce tasks',
      RACK_LOCAL_MAPS: 'Rack-local map tasks',
      MILLIS_MAPS: 'Total time spent by all map tasks (ms)',
    },
  ],
  [TASK]: [
    'Map-Reduce Framework',
    {
      MAP_INPUT_RECORDS: 'Map input records',
      MAP_OUTPUT_RECORDS: 'Map output records',
      SPLIT_RAW_BYTES: 'Input split bytes',
      REDUCE_INPUT_GROUPS: 'Reduce input groups',
      REDUCE_INPUT_RECORDS: 'Reduce input records',
      REDUCE_OUTPUT_RECORDS: 'Reduce output records',
      SPILLED_RECORDS: 'Spilled Records',
      FAILED_SHUFFLE: 'Failed Shuffles',
      MERGED_MAP_OUTPUTS: 'Merged Map outputs',
    },
  ],
  [INPUT]: ['File Input Format Counters ', { BYTES_READ: 'Bytes Read' }],
  [OUTPUT]: ['File Output Format Counters ', { BYTES_WRITTEN: 'Bytes Written' }],
};

/** Counters of a task or a job, by group and name. */
export class Counters {
  #groups = new Map();

  add(group, name, amount) {
    const counters = this.#groups.get(group) ?? new Map();
    this.#groups.set(group, counters.set(name, (counters.get(name) ?? 0) + amount));
  }

  set(group, name, amount) {
    this.add(group, name, 0);
    this.#groups.get(group).set(name, amount);
  }

  /** @param {Counters} other */
  addAll(other) {
    for (const [group, name, amount] of other.entries()) this.add(group, name, amount);
  }

  /** `[group, name, amount]` in Hadoop's order. */
  entries() {
    const groups = [...this.#groups.keys()];
    const before = [FILE_SYSTEM, JOB, TASK].filter((group) => groups.includes(group));
    const after = [INPUT, OUTPUT].filter((group) => groups.includes(group));
    const own = groups.filter((group) => SHOWN[group] === undefined).sort();
    return [...before, ...own, ...after].flatMap((group) =>
      [...this.#groups.get(group)].map(([name, amount]) => [group, name, amount]),
    );
  }

  /** The counters of a map task that succeeded. */
  static ofMap({ split, inputRecords, outputRecords, outputBytes, own }) {
    const counters = new Counters();
    counters.add(FILE_SYSTEM, 'HDFS_BYTES_READ', split.length);
    counters.add(FILE_SYSTEM, 'HDFS_BYTES_WRITTEN', outputBytes);
    counters.add(TASK, 'MAP_INPUT_RECORDS', inputRecords);
    counters.add(TASK, 'MAP_OUTPUT_RECORDS', outputRecords);
    counters.add(TASK, 'SPLIT_RAW_BYTES', split.uri.length + 16);
    for (const name of ['SPILLED_RECORDS', 'FAILED_SHUFFLE', 'MERGED_MAP_OUTPUTS'])
      counters.add(TASK, name, 0);
    for (const [group, amounts] of own) {
      for (const [name, amount] of amounts) counters.add(group, name, amount);
    }
    counters.add(INPUT, 'BYTES_READ', split.length);
    counters.add(OUTPUT, 'BYTES_WRITTEN', outputBytes);
    return counters;
  }

  /** The counters of a reduce task that succeeded. */
  static ofReduce({ groups, inputRecords, outputRecords, outputBytes, own }) {
    const counters = new Counters();
    counters.add(FILE_SYSTEM, 'HDFS_BYTES_WRITTEN', outputBytes);
    counters.add(TASK, 'REDUCE_INPUT_GROUPS', groups);
    counters.add(TASK, 'REDUCE_INPUT_RECORDS', inputRecords);
    counters.add(TASK, 'REDUCE_OUTPUT_RECORDS', outputRecords);
    for (const [group, amounts] of own) {
      for (const [name, amount] of amounts) counters.add(group, name, amount);
    }
    counters.add(OUTPUT, 'BYTES_WRITTEN', outputBytes);
    return counters;
  }

  /** Adds to a counter of the application master, such as `TOTAL_LAUNCHED_MAPS`. */
  addOfJob(name, amount) {
    this.add(JOB, name, amount);
  }

  /** The counters in the JSON of the history server. */
  toJson() {
    const groups = new Map();
    for (const [group, name, amount] of this.entries()) {
      const counter = { name, totalCounterValue: amount, mapCounterValue: group === JOB ? 0 : amount };
      groups.set(group, [...(groups.get(group) ?? []), { ...counter, reduceCounterValue: 0 }]);
    }
    return [...groups].map(([counterGroupName, counter]) => ({ counterGroupName, counter }));
  }

  /** The counters as lines of the command's log. */
  toLines() {
    const entries = this.entries();
    const lines = [`Counters: ${entries.length}`];
    let last = '';
    for (const [group, name, amount] of entries) {
      const [title, names] = SHOWN[group] ?? [group, {}];
      if (group !== last) lines.push(`\t${title}`);
      lines.push(`\t\t${names[name] ?? name}=${amount}`);
      last = group;
    }
    return lines;
  }
}
