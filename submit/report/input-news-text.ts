import type { RunNews } from '../run/events.js';
import { quote } from './escape.js';
import { explainFailure } from './words/failure-text.js';
import { loadRows } from './words/load-failure-text.js';

/** What becomes of an input that has a commit point of its own. */
export function formatInputNews(
  news: Extract<RunNews, { event: 'input-started' | 'input-published' | 'input-failed' }>,
): string {
  const { path, nth, of } = news;
  switch (news.event) {
    case 'input-started':
      return `Input ${nth} of ${of}: ${quote(path)}`;
    case 'input-published': {
      const [[, done = ''] = []] = loadRows(news.load ?? undefined);
      return `input    committed${done === '' ? '' : `: ${done}`}`;
    }
    case 'input-failed': {
      const { lines, hint } = explainFailure(news.failure);
      const all = [...lines, ...(hint === undefined ? [] : [hint])].map((line) => line.trim());
      return `Warning: nothing of ${quote(path)} is loaded: ${all.join('\n      ')}`;
    }
  }
}
