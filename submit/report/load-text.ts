import type { RunNews } from '../run/events.js';
import { count, formatNumber, quote } from './escape.js';
import { explainFailure } from './words/failure-text.js';

const MAX_NAMED = 5;

type News<Name extends RunNews['event']> = Extract<RunNews, { event: Name }>;

/** What a run tells of inputs that it does not load, and of what it does to what is published. A text a line. */
export function formatLoadNote(
  news: News<
    | 'output-mended'
    | 'already-loaded'
    | 'same-content'
    | 'empty-inputs'
    | 'inputs-skipped-whole'
    | 'characters-replaced'
    | 'last-copy-used'
    | 'sheets-read'
    | 'rules-changed'
    | 'reloading'
    | 'output-adopted'
  >,
): readonly string[] {
  switch (news.event) {
    case 'output-mended':
      return [`  Mended ${news.output}, which run ${news.leftBy} was changing when it was killed`];
    case 'already-loaded': {
      const { inputs } = news;
      const named = inputs
        .slice(0, MAX_NAMED)
        .map(
          ({ path, sameAs, loadedBy }) =>
            `  Not loaded again: ${quote(path)} has the content of ${quote(sameAs)}, loaded by run ${loadedBy}`,
        );
      return inputs.length > MAX_NAMED
        ? [...named, `  Not loaded again: ${inputs.length - MAX_NAMED} more, for the same reason`]
        : named;
    }
    case 'same-content':
      return news.groups
        .slice(0, MAX_NAMED)
        .map((paths) => `  Warning: the same content is loaded ${paths.length} times: ${namesOf(paths)}`);
    case 'empty-inputs': {
      const { paths } = news;
      const inputs = paths.length === 1 ? '1 input is' : `${formatNumber(paths.length)} inputs are`;
      return [`  Warning: ${inputs} empty, without even a header: ${namesOf(paths)}`];
    }
    case 'inputs-skipped-whole': {
      const { paths, skipLines } = news;
      const have = paths.length === 1 ? '1 input has' : `${formatNumber(paths.length)} inputs have`;
      return [
        `  Warning: ${have} no line after the ${formatNumber(skipLines)} that csv.skipLines skips: ${namesOf(paths)}`,
      ];
    }
    case 'characters-replaced': {
      const { paths, characters, encoding } = news;
      const are = characters === 1 ? '1 character is' : `${formatNumber(characters)} characters are`;
      return [
        `  Warning: ${are} U+FFFD, as bytes become that mean nothing in ${encoding}: ${namesOf(paths)}`,
      ];
    }
    case 'last-copy-used': {
      const { path, fetchedAt, why } = news;
      const { lines } = explainFailure(why);
      return [
        `  WARNING: OLD DATA: ${quote(path)} can't be fetched; its copy of ${fetchedAt} is read`,
        ...lines.map((line) => `    ${line.trim()}`),
      ];
    }
    case 'sheets-read':
      return news.sheets.flatMap(({ path, sheet, blankRows, uncomputed }) => {
        const of = `the sheet ${quote(sheet)} of ${quote(path)}`;
        return [
          ...(blankRows > 0 ? [`  ${count(blankRows, 'row')} without a value left out, of ${of}`] : []),
          ...(uncomputed > 0
            ? [
                `  Warning: ${count(uncomputed, 'formula')} without a result, of ${of}: empty fields; open it in a spreadsheet program and save it`,
              ]
            : []),
        ];
      });
    case 'rules-changed': {
      const { length } = news.runIds;
      const batches = length === 1 ? '1 batch was' : `${formatNumber(length)} batches were`;
      return [
        `  The rules of this job have changed since ${batches} published: ${namesOf(news.runIds)}; what is published stays as it is`,
      ];
    }
    case 'reloading':
      return [`  An input has changed: what ${runs(news.runIds)} published is made again`];
    case 'output-adopted':
      return [`  Adopted: what ${runs(news.runIds)} published is now the first batch of ${news.output}`];
  }
}

/** The answer of a rollback. */
export function formatRolledBack({ output, restored, setAside }: News<'rolled-back'>): string {
  const back = restored
    .slice(0, MAX_NAMED)
    .map(({ runId, publishedAt }) => `  of run ${runId}, published ${publishedAt}\n`);
  const more = restored.length > MAX_NAMED ? `  and of ${restored.length - MAX_NAMED} more\n` : '';
  const aside =
    setAside === null ? '' : `What run ${setAside} published is kept: hadoop-elt rollback puts it back\n`;
  return `Put back the previous output of ${output}\n${back.join('')}${more}${aside}`;
}

function runs(ids: readonly string[]): string {
  return `${ids.length === 1 ? 'run' : 'runs'} ${namesOf(ids)}`;
}

function namesOf(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return `${names.slice(0, MAX_NAMED).join(', ')}${more}`;
}
