import { resolve } from 'node:path';
import type { Header } from '../../mapper/records/header.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import type { InputHeader, JobPlan } from '../job/plan.js';
import { findInputs } from '../run/find-inputs.js';
import { readingOptionsOf } from '../run/steps/scan.js';
import { lookAtContent } from '../sources/content-kind.js';
import { readHeader } from '../sources/read-header.js';
import type { ReadingOptions, SourceItem } from '../sources/source.js';
import { headerOfWorkbook } from '../sources/workbook/scan-workbook.js';
import { factsAt } from '../stores/file-tree.js';
import type { Store } from '../stores/store.js';
import { attempt } from '../stores/system-failure.js';
import { openFileStore, openFiles } from './connections.js';

/** The headers of local files, read from their first bytes. Empty when the job has no header. */
export async function readHeaders(
  context: Pick<Context, 'machine'>,
  items: readonly Pick<SourceItem, 'path'>[],
  options: ReadingOptions,
): Promise<InputHeader[]> {
  if (!options.hasHeader) return [];
  const store = openFileStore(context);
  const headers = await Promise.all(
    items.map(async ({ path }) => ({ input: path, header: await headerOf(store, path, options) })),
  );
  return headers.flatMap(({ input, header }) => (header === null ? [] : [{ input, ...header }]));
}

async function headerOf(store: Store, path: string, options: ReadingOptions): Promise<Header | null> {
  const isWorkbook = (await lookAtContent(store, path)) === 'zip';
  return isWorkbook ? headerOfWorkbook(store, path, options) : readHeader(store, path, options);
}

/** The headers of the job's inputs on this machine, as far as they are there. Throws what is wrong with an input. */
export async function headersOfInputs(context: Context, { settings }: JobPlan): Promise<InputHeader[]> {
  const { items, broken } = await findInputs(settings['input.files'].value, openFiles(context), {
    recursive: settings['input.recursive'].value,
  });
  if (broken[0] !== undefined) throw broken[0].failure;
  return readHeaders(context, items, readingOptionsOf(settings));
}

/** The header of the `--header-from` file; empty without that option. Throws `usage` for an empty file. */
export async function headersFrom(
  context: Context,
  path: string | undefined,
  options: ReadingOptions,
): Promise<InputHeader[]> {
  if (path === undefined) return [];
  const items = [{ path: resolve(context.cwd, path) }];
  await refuseSpecialFile(context, items[0]?.path ?? path);
  const headers = await readHeaders(context, items, { ...options, hasHeader: true });
  if (headers.length > 0) return headers;
  throw new Failure('usage', {
    problem: `The --header-from file ${JSON.stringify(path)} is empty: it has no header`,
  });
}

/** To open a pipe would wait for its writer. */
async function refuseSpecialFile({ machine }: Pick<Context, 'machine'>, path: string): Promise<void> {
  const facts = await attempt('look at', path, () => factsAt(machine.files, path));
  if (facts?.type !== 'other') return;
  throw new Failure('input-unreadable', { path, scheme: 'file', flaw: 'special-file' });
}
