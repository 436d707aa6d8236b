/** Hadoop picks the codec by the file name's end (CompressionCodecFactory); so do we, everywhere. */
export function isGzip(path: string): boolean {
  return path.toLowerCase().endsWith('.gz');
}
