/** The medians of a case as a table. Ratios are multiples of the mapper's values. */
export function formatCase({ name, about, sizeBytes, records, kernelShare, peers, notes }) {
  const own = peers.find((peer) => peer.name === 'mapper');
  const rows = peers.map((peer) => [
    peer.name,
    ...[peer.cpuSeconds.toFixed(2), spread(peer.rounds.map((round) => round.cpuSeconds))],
    ...[peer.wallSeconds.toFixed(2), `${(peer.peakRssBytes / 1e6).toFixed(0)} MB`],
    ...[ratio(peer.cpuSeconds, own?.cpuSeconds), ratio(peer.wallSeconds, own?.wallSeconds)],
  ]);
  const head = ['', 'CPU s', 'from–to', 'wall s', 'peak RSS', 'CPU ×', 'wall ×'];
  const size = `${(sizeBytes / 1e6).toFixed(1)} MB, ${records} records`;
  const share = `${(kernelShare * 100).toFixed(2)}% of the records through the kernel`;
  return [
    `${name}: ${about}; ${size}; ${share}`,
    ...table([head, ...rows]),
    ...notes.map((note) => `  ${note}`),
    '',
  ].join('\n');
}

export function formatStartUp(startUp) {
  const [node, mapper] = startUp.map(({ wallSeconds }) => wallSeconds * 1000);
  const own = `${mapper.toFixed(0)} ms for one record`;
  return `start-up: ${own}, ${node.toFixed(0)} ms for node -e 0: ${(mapper / node).toFixed(2)} ×\n`;
}

export function formatRuns({ sizeBytes, results: [one, two] }) {
  const seconds = ({ wallSeconds }) => wallSeconds.toFixed(1);
  const times = (one.wallSeconds / two.wallSeconds).toFixed(2);
  return `run of ${(sizeBytes / 1e9).toFixed(2)} GB: ${seconds(one)} s with one task at a time, ${seconds(two)} s with two: ${times} ×\n`;
}

function spread(numbers) {
  return `${Math.min(...numbers).toFixed(2)}–${Math.max(...numbers).toFixed(2)}`;
}

function ratio(value, own) {
  return own === undefined ? '' : (value / own).toFixed(2);
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  '),
  );
}
