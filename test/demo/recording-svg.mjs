const COLUMNS = 132;
/** Lines that are seen at once. */
const ROWS = 32;
const LINE_HEIGHT = 17;
const FONT_SIZE = 12;
const MARGIN = 14;
/** A pause of the recording is shown no longer than this. */
const LONGEST_PAUSE_MS = 1_200;
/** How long the end stays before the recording starts again. */
const END_MS = 8_000;

const WIDTH = Math.ceil(COLUMNS * FONT_SIZE * 0.602) + 2 * MARGIN;
const HEIGHT = ROWS * LINE_HEIGHT + 2 * MARGIN;

/**
 * An SVG that plays lines as a terminal showed them: one column of lines, which moves up whenever a line comes. Without
 * animation it shows the first lines. Pure.
 */
export function formatRecording(title, lines) {
  const wrapped = lines.map(({ atMs, text }) => ({ atMs, kind: kindOf(text), rows: wrap(text) }));
  const { moments, endMs } = playTimes(wrapped);
  const frames = moments.map(({ showMs, shown }) => {
    const percent = ((100 * showMs) / endMs).toFixed(2);
    return `${percent}%{transform:translateY(${(ROWS - shown) * LINE_HEIGHT}px)}`;
  });
  let row = 0;
  const texts = wrapped.map(({ rows, kind }) => {
    const spans = rows.map((text) => {
      const y = row++ * LINE_HEIGHT + FONT_SIZE;
      return `<tspan x="0" y="${y}">${escapeXml(text)}</tspan>`;
    });
    return `<text${kind === '' ? '' : ` class="${kind}"`}>${spans.join('')}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" xml:space="preserve">
<title>${escapeXml(title)}</title>
<style>
text{font:${FONT_SIZE}px ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;fill:#c9d1d9;white-space:pre}
.comment{fill:#7ee787}.command{fill:#fff;font-weight:bold}.failed{fill:#ffa657}
.lines{animation:play ${(endMs / 1000).toFixed(1)}s step-end infinite}
@keyframes play{
${frames.join('\n')}
}
@media (prefers-reduced-motion:reduce){.lines{animation:none}}
</style>
<rect width="100%" height="100%" rx="6" fill="#0d1117"/>
<svg x="${MARGIN}" y="${MARGIN}" width="${WIDTH - 2 * MARGIN}" height="${HEIGHT - 2 * MARGIN}"><g class="lines">
${texts.join('\n')}
</g></svg>
</svg>
`;
}

/** The lines of a recording. Pure. */
export function readRecording(svg) {
  return [...svg.matchAll(/<text[^>]*>(.*)<\/text>/g)].map(([, spans]) =>
    unescapeXml(spans.replaceAll(/<[^>]*>/g, '')),
  );
}

/** When how many rows are shown, with shortened pauses. */
function playTimes(wrapped) {
  const moments = [{ showMs: 0, shown: 0 }];
  let beforeMs = 0;
  let showMs = 0;
  let shown = 0;
  for (const { atMs, rows } of wrapped) {
    showMs += Math.min(atMs - beforeMs, LONGEST_PAUSE_MS);
    beforeMs = atMs;
    shown += rows.length;
    const last = moments.at(-1);
    if (last.showMs === showMs) last.shown = shown;
    else moments.push({ showMs, shown });
  }
  return { moments, endMs: showMs + END_MS };
}

function kindOf(line) {
  if (line.startsWith('# ')) return 'comment';
  if (line.startsWith('$ ')) return 'command';
  return /^exit code [^0]/.test(line) ? 'failed' : '';
}

/** Cuts a line as a terminal does. */
function wrap(line) {
  return line.match(new RegExp(`.{1,${COLUMNS}}`, 'gu')) ?? [''];
}

function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescapeXml(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
