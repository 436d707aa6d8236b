/** Whether a file is gzip by its name's ending, which is how Hadoop picks a codec (CompressionCodecFactory). */
export function isGzip(path: string): boolean {
  return path.toLowerCase().endsWith('.gz');
}
