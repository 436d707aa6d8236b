import { Counters } from './counters.mjs';
import { TaskAttempt } from './task-attempt.mjs';
import { recordsIn } from './task-output.mjs';

const TAB = Buffer.from('\t');

/** One attempt of a reduce task: a reducer on the keys of its partition, sorted by their bytes. */
export class ReduceAttempt extends TaskAttempt {
  #input = [];

  get firstLog() {
    return 'INFO [main] org.apache.hadoop.mapred.ReduceTask: Using ShuffleConsumerPlugin\n';
  }

  properties() {
    return {};
  }

  /** Gives each value on a line of its own, after its key and a tab (TextInputWriter, 3.3.5). */
  lines() {
    const { number, outputs } = this.task;
    const reduces = this.application.conf.number('mapreduce.job.reduces');
    this.#input = outputs()
      .flat()
      .filter(({ key }) => partitionOf(key, reduces) === number)
      .sort((a, b) => Buffer.compare(a.key, b.key));
    return this.#input.map(({ key, value }) => Buffer.concat([key, TAB, value]));
  }

  /** What a reducer writes that got no key is read and dropped (PipeMapRed.waitOutputThreads, 3.3.5). */
  async finish({ stdout, inputRecords, conf, how }) {
    const records = inputRecords === 0 ? [] : recordsIn(stdout, conf, 'reduce');
    const isNew = ({ key }, at) => at === 0 || !this.#input[at - 1].key.equals(key);
    this.counters = Counters.ofReduce({
      groups: this.#input.filter(isNew).length,
      inputRecords,
      outputRecords: records.length,
      outputBytes: await this.commit(records, conf, how),
      own: this.stderr.counters,
    });
    return records.length;
  }
}

/** HashPartitioner with the hash of Text: that of its bytes, which Java takes for signed (WritableComparator). */
function partitionOf(key, reduces) {
  let hash = 1;
  for (const byte of key) hash = (Math.imul(31, hash) + ((byte << 24) >> 24)) | 0;
  return (hash & 0x7fffffff) % reduces;
}
