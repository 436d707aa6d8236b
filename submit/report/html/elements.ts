import { formatSize } from '../../config/sizes.js';
import { escapeControls, formatDuration, formatNumber } from '../escape.js';
import type { Chart } from './chart.js';

/** HTML, made by this file alone: all other text is escaped before it becomes a part of it. */
export interface Html {
  readonly html: string;
}

/** What a place of a page may hold. */
export type Content = Html | string | number | null | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text of any origin as HTML. */
export function escaped(text: string): string {
  return escapeControls(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** HTML with contents in its places, which are escaped unless they are HTML themselves. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return {
    html: parts.map((part, at) => (at === 0 ? '' : textOf(contents[at - 1] ?? null)) + part).join(''),
  };
}

function textOf(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string') return escaped(content);
  if (typeof content === 'number') return escaped(formatNumber(content));
  return 'html' in content ? content.html : content.map(textOf).join('');
}

/** A part of a page under a heading; nothing if it has no content. */
export function section(title: string, ...contents: readonly Content[]): Content {
  const id = title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  if (contents.every((content) => content === null)) return null;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${contents}</section>`;
}

/** Names and values; pairs without a value are left out. */
export function facts(pairs: readonly (readonly [string, Content])[]): Html {
  const rows = pairs
    .filter(([, value]) => value !== null)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return html`<dl>${rows}</dl>`;
}

/** A table, in a frame that scrolls; null without rows. Cells that are numbers are set to the right. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Content[])[],
): Html | null {
  if (rows.length === 0) return null;
  const cellOf = (cell: Content, at: number) => {
    const kind = typeof cell === 'number' ? ' class="number"' : '';
    return at === 0
      ? html`<th scope="row"${{ html: kind }}>${cell}</th>`
      : html`<td${{ html: kind }}>${cell}</td>`;
  };
  const headOf = (name: string, at: number) =>
    rows.some((row) => typeof row[at] === 'number')
      ? html`<th scope="col" class="number">${name}</th>`
      : html`<th scope="col">${name}</th>`;
  const body = rows.map((row) => html`<tr>${row.map(cellOf)}</tr>`);
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${head.map(headOf)}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A chart, with its figures as a table for those who can't see it; null without values. */
export function figure(chart: Chart): Html | null {
  if (chart.labels.length === 0) return null;
  const hint = 'Left and right arrow keys go from value to value; the table below has all of them.';
  return html`<figure><figcaption>${chart.title}</figcaption><div class="chart ${chart.kind}" data-rows="${String(chart.labels.length)}"><canvas id="${chart.id}" role="img" tabindex="0" aria-label="${chart.title}. ${hint}"></canvas></div><p class="told" aria-live="polite"></p><details><summary>Figures: ${chart.title}</summary>${tableOf(chart)}</details></figure>`;
}

function tableOf({ title, unit, kind, labels, series }: Chart): Html | null {
  const text = (value: number | null | readonly [number, number] | undefined): Content => {
    if (value === null || value === undefined) return '';
    return typeof value === 'number'
      ? formatValue(value, unit)
      : `${formatValue(value[0], unit)} to ${formatValue(value[1], unit)}`;
  };
  const rows = labels.map((label, at) => [label, ...series.map(({ values }) => text(values[at]))]);
  return table(title, [kind === 'lines' ? 'Run' : 'Name', ...series.map(({ name }) => name)], rows);
}

/** A value of a chart as text. */
export function formatValue(value: number, unit: Chart['unit']): string {
  if (unit === 'ms') return value < 1000 ? `${Math.round(value)} ms` : formatDuration(value);
  return unit === 'bytes' ? formatSize(value) : formatNumber(value);
}

/** A state, in its colour and in words. */
export function badge(text: string, tone: 'good' | 'bad' | 'warn' | 'muted'): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** Text that is a name of something else: a path, a digest, a run. */
export function code(text: string): Html {
  return html`<code>${text}</code>`;
}
