/** Two plots side by side as SVG: seconds over the size of one file, and over the number of files; both axes logarithmic. */
export function plotOf({ sizes, files }) {
  const panels = [
    { title: 'one file', x: 'bytes', series: sizes },
    { title: 'files of 1 KB', x: 'files', series: files },
  ].filter(({ series }) => series.length > 0);
  const width = PANEL * panels.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${HEIGHT}" fill="white"/>`,
    ...panels.flatMap((panel, at) => panelOf(panel, at * PANEL)),
    '</svg>',
    '',
  ].join('\n');
}

const PANEL = 420;
const HEIGHT = 320;
const MARGIN = { left: 60, right: 90, top: 36, bottom: 46 };
const COLORS = ['#1b6ca8', '#c8553d', '#588157', '#8d6a9f', '#b08900'];

function panelOf({ title, x, series }, left) {
  const points = series.flatMap((one) => one.points);
  const scaleX = scaleOf(
    points.map((point) => point[0]),
    left + MARGIN.left,
    left + PANEL - MARGIN.right,
  );
  const scaleY = scaleOf(
    points.map((point) => point[1]),
    HEIGHT - MARGIN.bottom,
    MARGIN.top,
  );
  return [
    text(left + MARGIN.left, 20, `run, seconds: ${title}`, 'start'),
    ...scaleX.ticks.flatMap((tick) => [
      line(scaleX.at(tick), MARGIN.top, scaleX.at(tick), HEIGHT - MARGIN.bottom, '#e5e5e5'),
      text(scaleX.at(tick), HEIGHT - MARGIN.bottom + 18, short(tick), 'middle'),
    ]),
    ...scaleY.ticks.flatMap((tick) => [
      line(left + MARGIN.left, scaleY.at(tick), left + PANEL - MARGIN.right, scaleY.at(tick), '#e5e5e5'),
      text(left + MARGIN.left - 6, scaleY.at(tick) + 4, String(tick), 'end'),
    ]),
    text(left + (MARGIN.left + PANEL - MARGIN.right) / 2, HEIGHT - 10, x, 'middle'),
    ...series.flatMap(({ name, points: own }, at) => {
      const color = COLORS[at % COLORS.length];
      const placed = own.map(([px, py]) => [scaleX.at(px), scaleY.at(py)]);
      const last = placed.at(-1);
      return [
        `<polyline fill="none" stroke="${color}" stroke-width="2" points="${placed.map((p) => p.map(fixed).join(',')).join(' ')}"/>`,
        ...placed.map(([px, py]) => `<circle cx="${fixed(px)}" cy="${fixed(py)}" r="3" fill="${color}"/>`),
        text(last[0] + 8, last[1] + 4, name, 'start', color),
      ];
    }),
  ];
}

/** A logarithmic scale to whole powers of ten. */
function scaleOf(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const ticks = Array.from({ length: high - low + 1 }, (_, at) => Number(`1e${low + at}`));
  return { ticks, at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
}

function short(value) {
  if (value >= 1e9) return `${value / 1e9}G`;
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3 ? `${value / 1e3}k` : String(value);
}

function line(x1, y1, x2, y2, color) {
  return `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" stroke="${color}"/>`;
}

function text(x, y, content, anchor, color = '#333') {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" fill="${color}">${content}</text>`;
}

function fixed(value) {
  return Number(value.toFixed(1));
}
