/** The last split of a file may be larger by this factor (FileInputFormat.SPLIT_SLOP). */
const SPLIT_SLOP = 1.1;

/**
 * Splits as in FileInputFormat of the old API, in the order of JobSubmitter's task numbers: largest first
 * (writeOldSplits), so that task numbers are not in input order.
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
  // These codecs cannot be split; bzip2 can.
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
