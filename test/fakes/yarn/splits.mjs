/** The last split of a file may be this much bigger (FileInputFormat.SPLIT_SLOP). */
const SPLIT_SLOP = 1.1;

/**
 * Splits as the old API's FileInputFormat makes them, in the order in which JobSubmitter numbers their tasks: biggest
 * first (writeOldSplits), so that task numbers do not follow the input.
 *
 * @param {{ path: string, uri: string, length: number, blockSize: number }[]} files
 */
export function splitsOf(files, { maps, minimumBytes }) {
  const total = files.reduce((sum, { length }) => sum + length, 0);
  const goal = Math.floor(total / Math.max(1, maps));
  return files
    .flatMap((file) => splitFile(file, Math.max(minimumBytes, Math.min(goal, file.blockSize))))
    .sort((a, b) => b.length - a.length);
}

function splitFile({ path, uri, length, blockSize }, wantedBytes) {
  // A codec that can't be entered in its middle; bzip2 could be.
  const isSplittable = !/\.(gz|deflate|snappy|lz4|zst)$/.test(path);
  const split = (start, size) => ({ path, uri, start, length: size });
  if (length === 0 || !isSplittable) return [split(0, length)];
  const size = Math.max(1, wantedBytes || blockSize);
  const splits = [];
  let left = length;
  while (left / size > SPLIT_SLOP) {
    splits.push(split(length - left, size));
    left -= size;
  }
  if (left > 0) splits.push(split(length - left, left));
  return splits;
}
