import { readFileSync } from 'node:fs';
import { HadoopLog, type LogNews } from '../../../../../submit/engines/streaming/hadoop-log.js';
import type { JobFacts } from '../../../../../submit/engines/streaming/probable-cause.js';

/** Facts of a real job on Hadoop 3.3.5, with the log as lines; stack traces are cut short. */
export interface RecordedJob {
  readonly facts: JobFacts;
  readonly news: readonly LogNews[];
}

/** Reads one of `logs/`. */
export function recordedJob(name: string): RecordedJob {
  const path = new URL(`logs/${name}.json`, import.meta.url);
  const { log, ...facts } = JSON.parse(readFileSync(path, 'utf8')) as Omit<JobFacts, 'log'> & {
    log: string[];
  };
  const reader = new HadoopLog();
  const news = log.map((line) => reader.push(line)).filter((item) => item !== null);
  return { facts: { ...facts, log: reader.facts() }, news };
}
