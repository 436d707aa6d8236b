import { createHash } from 'node:crypto';
import type { Chart } from './chart.js';
import { type Content, escaped, type Html } from './elements.js';
import { STYLE } from './style.js';

/** By this line a report is known again: another file is never written over. */
export const FIRST_LINE = '<!DOCTYPE html><!-- hadoop-elt report -->';

/** A page in one file. It loads nothing, and its policy lets it load nothing. */
export interface Page {
  readonly title: string;
  readonly body: readonly Content[];
  readonly charts: readonly Chart[];
  /** ISO 8601: when it was made. */
  readonly madeAt: string;
  /** Source of the script that draws the charts. */
  readonly chartScript: string;
}

/** A page → its text. */
export function formatPage({ title, body, charts, madeAt, chartScript }: Page): string {
  const script = chartScript.replaceAll('</script', '<\\/script');
  const digest = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; img-src data:`;
  // Inside a script, < could end it.
  const data = JSON.stringify(charts.filter(({ labels }) => labels.length > 0)).replaceAll('<', '\\u003c');
  return `${FIRST_LINE}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.map(textOf).join('\n')}
<footer>Made by hadoop-elt, ${escaped(madeAt)}. Times are UTC.</footer>
</main>
<script type="application/json" id="charts">${data}</script>
<script>${script}</script>
</body>
</html>
`;
}

function textOf(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'object' && 'html' in content) return (content as Html).html;
  return Array.isArray(content) ? content.map(textOf).join('') : escaped(String(content));
}
