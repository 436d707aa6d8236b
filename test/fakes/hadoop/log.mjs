/** Writes a line to stderr in log4j's format: `2026-11-21 10:37:39,295 INFO mapreduce.Job: …`. */
export function log(level, logger, message) {
  const time = new Date().toISOString().replace('T', ' ').replace('.', ',').slice(0, 23);
  process.stderr.write(`${time} ${level} ${logger}: ${message}\n`);
}
