import { Failure, isFailure } from '../../errors.js';
import { type Address, addressOf } from './address.js';
import { createPostgresTarget, type PostgresTarget, type TargetOptions } from './postgres-target.js';

/** What a target is opened with. */
export interface OpenTargetOptions extends Omit<TargetOptions, 'address'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a secret: `env:NAME`, `file:PATH`, `command:…`. */
  readSecret(reference: string): Promise<string>;
  /** The text of a file; undefined if it is not there. */
  readFile(path: string): Promise<string | undefined>;
}

const SECRET_PLACE = /^(?:env|file|command):/;

/** Opens the table that a job loads. Contacts no server. */
export async function openPostgresTarget(options: OpenTargetOptions): Promise<PostgresTarget> {
  const { planned, columnsOf, signal } = options;
  return createPostgresTarget({ planned, columnsOf, signal, address: await addressFor(options) });
}

/** An address that can't be made is told when it is used: to look at a plan needs no database. */
async function addressFor({
  planned: { url },
  env,
  readSecret,
  readFile,
}: OpenTargetOptions): Promise<Address> {
  try {
    return await addressOf({
      url: url !== null && SECRET_PLACE.test(url) ? await readSecret(url) : url,
      env,
      async readFile(path) {
        const text = await readFile(path);
        if (text !== undefined) return text;
        throw new Failure('usage', { problem: `There is no certificate file ${JSON.stringify(path)}` });
      },
    });
  } catch (error) {
    if (!isFailure(error, 'usage')) throw error;
    return { client: {}, shown: `postgresql:(${url ?? 'PG*'})`, secrets: [], flaw: error };
  }
}
