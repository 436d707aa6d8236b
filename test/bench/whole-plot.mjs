/** Two plots side by side as SVG: seconds over the size of one file, and over the number of files; both axes logarithmic. */
export function plotOf({ sizes, files }) {
  const panels = [
    { title: 'One file', x: 'size of the file', unit: bytes, series: sizes },
    { title: 'Many small files', x: 'number of files of 1 KB', unit: count, series: files },
  ].filter(({ series }) => series.length > 0);
  const width = PANEL * panels.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<title>Seconds of a whole run over the size of one file, and over the number of files</title>',
    `<rect width="${width}" height="${HEIGHT}" fill="white"/>`,
    ...panels.flatMap((panel, at) => panelOf(panel, at * PANEL)),
    '</svg>',
    '',
  ].join('\n');
}

const PANEL = 440;
const HEIGHT = 330;
const MARGIN = { left: 66, right: 92, top: 40, bottom: 52 };
const COLORS = ['#1b6ca8', '#c8553d', '#588157', '#8d6a9f', '#b08900'];
const LABEL_HEIGHT = 15;

function panelOf({ title, x, unit, series }, left) {
  const points = series.flatMap((one) => one.points);
  const from = left + MARGIN.left;
  const to = left + PANEL - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const scaleX = scaleOf(
    points.map((point) => point[0]),
    from,
    to,
  );
  const scaleY = scaleOf(
    points.map((point) => point[1]),
    bottom,
    MARGIN.top,
  );
  const lines = series.map(({ name, points: own }, at) => ({
    ...{ name, color: COLORS[at % COLORS.length] },
    placed: own.map(([px, py]) => [scaleX.at(px), scaleY.at(py)]),
  }));
  return [
    text(from, 22, title, { size: 14, weight: 'bold' }),
    ...scaleX.ticks.flatMap((tick) => [
      line(scaleX.at(tick), MARGIN.top, scaleX.at(tick), bottom),
      text(scaleX.at(tick), bottom + 18, unit(tick), { anchor: 'middle' }),
    ]),
    ...scaleY.ticks.flatMap((tick) => [
      line(from, scaleY.at(tick), to, scaleY.at(tick)),
      text(from - 8, scaleY.at(tick) + 4, `${tick} s`, { anchor: 'end' }),
    ]),
    text((from + to) / 2, HEIGHT - 10, x, { anchor: 'middle' }),
    upright(left + 16, (MARGIN.top + bottom) / 2, 'time of a whole run'),
    ...lines.flatMap(({ placed, color }) => [
      `<polyline fill="none" stroke="${color}" stroke-width="2" points="${placed.map((p) => p.map(fixed).join(',')).join(' ')}"/>`,
      ...placed.map(([px, py]) => `<circle cx="${fixed(px)}" cy="${fixed(py)}" r="3" fill="${color}"/>`),
    ]),
    ...labelsOf(lines, to),
  ];
}

/** Labels: right of a line that ends at the edge, not over the one above it; over the end of a line that ends before. */
function labelsOf(lines, edge) {
  const ends = lines.map(({ name, color, placed }) => ({
    name,
    color,
    x: placed.at(-1)[0],
    y: placed.at(-1)[1],
  }));
  const isAtEdge = ({ x }) => x > edge - 1;
  let above = Number.NEGATIVE_INFINITY;
  const right = ends.filter(isAtEdge).sort((a, b) => a.y - b.y);
  return [
    ...right.map(({ name, color, x, y }) => {
      above = Math.max(y, above + LABEL_HEIGHT);
      return text(x + 8, above + 4, name, { color });
    }),
    ...ends
      .filter((end) => !isAtEdge(end))
      .map(({ name, color, x, y }) => text(x, y - 10, name, { anchor: 'end', color })),
  ];
}

/** A logarithmic scale with its powers of ten. It begins at one, and ends at the largest value. */
function scaleOf(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.log10(Math.max(...values)));
  const ticks = Array.from({ length: Math.floor(high) - low + 1 }, (_, at) => Number(`1e${low + at}`));
  return { ticks, at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
}

function bytes(value) {
  return value >= 1e9 ? `${value / 1e9} GB` : `${value / 1e6} MB`;
}

function count(value) {
  return value.toLocaleString('en');
}

function line(x1, y1, x2, y2) {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="#e0e0e0"/>`;
}

function text(x, y, content, { anchor = 'start', color = '#333', size, weight } = {}) {
  const font = `${size ? ` font-size="${size}"` : ''}${weight ? ` font-weight="${weight}"` : ''}`;
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" fill="${color}"${font}>${content}</text>`;
}

function upright(x, y, content) {
  return `<g transform="rotate(-90 ${fixed(x)} ${fixed(y)})">${text(x, y, content, { anchor: 'middle' })}</g>`;
}

function fixed(value) {
  return Number(value.toFixed(1));
}
