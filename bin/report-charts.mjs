/** Draws the charts of a report in a browser. `submit/report/html/chart.ts` says what a chart is. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
);

const ROW_PX = 28;
const MIN_PX = 140;
const KIBI = 1024;

function format(value, unit) {
  if (Array.isArray(value)) return `${format(value[0], unit)} to ${format(value[1], unit)}`;
  if (value === null || value === undefined) return '–';
  if (unit === 'ms') {
    if (value < 1000) return `${Math.round(value)} ms`;
    const seconds = value / 1000;
    return seconds < 60
      ? `${seconds.toFixed(1)} s`
      : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  }
  if (unit === 'bytes') {
    const power = Math.min(4, Math.max(0, Math.floor(Math.log(Math.max(1, value)) / Math.log(KIBI))));
    return `${(value / KIBI ** power).toFixed(power === 0 ? 0 : 1)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
  }
  return value.toLocaleString('en-US');
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function optionsOf({ kind, unit, series }) {
  const isAcross = kind !== 'lines';
  const values = {
    beginAtZero: true,
    grid: { color: colour('line') },
    ticks: {
      color: colour('muted'),
      callback: (value) => format(value, unit),
      maxTicksLimit: 6,
      precision: unit === 'count' ? 0 : undefined,
    },
  };
  const names = {
    grid: { display: false },
    ticks: { color: colour('muted'), autoSkip: kind !== 'bars', maxRotation: isAcross ? 0 : 45 },
  };
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    indexAxis: isAcross ? 'y' : 'x',
    interaction: { mode: 'index', intersect: false, axis: isAcross ? 'y' : 'x' },
    scales: isAcross ? { x: values, y: names } : { x: names, y: values },
    plugins: {
      legend: { display: series.length > 1, labels: { color: colour('text') } },
      tooltip: { callbacks: { label: ({ dataset, raw }) => `${dataset.label}: ${format(raw, unit)}` } },
    },
  };
}

function dataOf({ kind, labels, series }) {
  return {
    labels,
    datasets: series.map(({ name, tone, values }) => ({
      label: name,
      data: values,
      backgroundColor: colour(tone),
      borderColor: colour(tone),
      borderWidth: kind === 'lines' ? 2 : 0,
      pointRadius: labels.length > 60 ? 0 : 3,
      minBarLength: 2,
      spanGaps: true,
    })),
  };
}

/** Arrow keys go from value to value, and tell them. */
function listenToKeys(chart, spec, canvas) {
  const told = canvas.closest('figure').querySelector('.told');
  let at = -1;
  canvas.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    at = Math.min(spec.labels.length - 1, Math.max(0, at + step));
    const active = spec.series.map((_, datasetIndex) => ({ datasetIndex, index: at }));
    chart.setActiveElements(active);
    chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
    chart.update();
    const values = spec.series.map(({ name, values: all }) => `${name} ${format(all[at], spec.unit)}`);
    told.textContent = `${spec.labels[at]}: ${values.join(', ')}`;
  });
}

const drawn = JSON.parse(document.getElementById('charts').textContent).map((spec) => {
  const canvas = document.getElementById(spec.id);
  if (spec.kind !== 'lines') {
    const rows = spec.labels.length * (spec.kind === 'bars' ? spec.series.length : 1);
    canvas.parentElement.style.height = `${Math.max(MIN_PX, rows * ROW_PX + 60)}px`;
  }
  const chart = new Chart(canvas, {
    type: spec.kind === 'lines' ? 'line' : 'bar',
    data: dataOf(spec),
    options: optionsOf(spec),
  });
  listenToKeys(chart, spec, canvas);
  return { chart, spec };
});

function redraw() {
  for (const { chart, spec } of drawn) {
    chart.options = optionsOf(spec);
    chart.data = dataOf(spec);
    chart.update();
    chart.resize();
  }
}

for (const query of ['(prefers-color-scheme: dark)', 'print'])
  matchMedia(query).addEventListener('change', redraw);
addEventListener('beforeprint', () => {
  // Paper has no arrow keys: it gets the tables too.
  for (const details of document.querySelectorAll('details')) details.open = true;
  redraw();
});
