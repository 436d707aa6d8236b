import { gunzipSync } from 'node:zlib';
import { linesOfBzip2Split } from './bzip2.mjs';
import { Counters } from './counters.mjs';
import { linesOfSplit } from './lines.mjs';
import { TaskAttempt } from './task-attempt.mjs';
import { keysAndValuesIn, recordsIn } from './task-output.mjs';

/** One attempt of a map task: a mapper on a split. Its output is a part file, or goes to the reducers. */
export class MapAttempt extends TaskAttempt {
  /** Keys and values for the reducers. */
  output = [];

  get firstLog() {
    const { uri, start, length } = this.task.split;
    return `INFO [main] org.apache.hadoop.mapred.MapTask: Processing split: ${uri}:${start}+${length}\n`;
  }

  properties() {
    const { uri, start, length } = this.task.split;
    return {
      'mapreduce.map.input.file': uri,
      'mapreduce.map.input.start': start,
      'mapreduce.map.input.length': length,
    };
  }

  async lines() {
    const { path, start, length } = this.task.split;
    const bytes = await this.services.hdfs.read(path);
    if (path.endsWith('.bz2')) return linesOfBzip2Split(bytes, start, length);
    return path.endsWith('.gz')
      ? linesOfSplit(bytes.length === 0 ? bytes : gunzipSync(bytes))
      : linesOfSplit(bytes, start, length);
  }

  async finish({ stdout, inputRecords, conf, how }) {
    const isLast = conf.number('mapreduce.job.reduces') === 0;
    const records = recordsIn(stdout, conf, 'map');
    if (!isLast) this.output = keysAndValuesIn(stdout, how);
    this.counters = Counters.ofMap({
      split: this.task.split,
      inputRecords,
      outputRecords: records.length,
      outputBytes: isLast ? await this.commit(records, conf, how) : 0,
      own: this.stderr.counters,
    });
    return records.length;
  }
}
