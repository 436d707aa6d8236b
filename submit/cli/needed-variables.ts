import type { Context } from '../context.js';
import type { ParsedJobFile } from '../job/job-file.js';

/** Variables that PostgreSQL's clients read. */
const OF_POSTGRES = [
  'PGHOST',
  'PGPORT',
  'PGUSER',
  'PGPASSWORD',
  'PGPASSFILE',
  'PGDATABASE',
  'PGOPTIONS',
  'PGSSLMODE',
  'PGSSLROOTCERT',
  'PGSSLCERT',
  'PGSSLKEY',
];
const OF_PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'];

/**
 * The environment variables that a job reads: those that it names `env:NAME`, and those that are set here and that its load or
 * its URLs go by. A scheduler has none of them by itself.
 */
export function neededVariables(
  { content }: Pick<ParsedJobFile, 'content'>,
  { env }: Pick<Context, 'env'>,
): readonly string[] {
  const { input, columns, output, load, scheduled } = content;
  const hasUrl = [input.files].flat().some((path) => /^https?:/i.test(path));
  const addresses = [
    ...(hasUrl ? OF_PROXIES.flatMap((name) => [name, name.toLowerCase()]) : []),
    ...(load === undefined ? [] : OF_POSTGRES),
  ];
  const named = [
    ...texts(input.http),
    ...texts(load?.postgres.url),
    ...texts(scheduled?.notify),
    ...texts(scheduled?.ping),
    ...texts(columns, 'secret'),
    ...texts(output?.columns, 'secret'),
  ].flatMap((text) => /^env:([A-Za-z_]\w*)$/.exec(text)?.[1] ?? []);
  return [...new Set([...named, ...addresses.filter((name) => (env[name] ?? '') !== '')])];
}

/** All texts in a value of a job file; with `key` only those of this key. */
function texts(value: unknown, key?: string, isWanted = key === undefined): readonly string[] {
  if (typeof value === 'string') return isWanted ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => texts(inner, key, isWanted || name === key));
}
