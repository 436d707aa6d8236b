/** `input.http` of a job file: how URLs are fetched. */
import { resolve } from 'node:path';
import * as z from 'zod';
import { DURATION_FORM, parseDuration } from '../../config/durations.js';
import { parseSize, SIZE_FORM } from '../../config/sizes.js';

const SECRET_PLACE = /^(?:env|file|command):./s;

const secretSchema = () =>
  z.string().refine((text) => SECRET_PLACE.test(text), { error: 'env:NAME, file:PATH or command:…' });

export const httpSchema = () =>
  z.strictObject({
    user: z
      .string()
      .min(1)
      .optional()
      .describe('User of basic authentication, or where the name is: env:NAME'),
    password: secretSchema()
      .optional()
      .describe('Where the password of the user is: env:NAME, file:PATH, command:…'),
    bearer: secretSchema().optional().describe('Where a token is that is sent as Authorization: Bearer'),
    sha256: z
      .record(z.string().min(1), z.string().regex(/^[0-9a-fA-F]{64}$/, { error: '64 hex digits' }))
      .optional()
      .describe('SHA-256 that files must have, by URL'),
    maxBytes: z
      .union([
        z.int().min(1),
        z.string().refine((text) => parseSize(text) !== undefined, { error: SIZE_FORM }),
      ])
      .optional()
      .describe('Larger files are not fetched; by default there is no limit'),
    timeout: z
      .string()
      .refine((text) => parseDuration(text) !== undefined, { error: DURATION_FORM })
      .optional()
      .describe('The longest time without a byte; by default 1m'),
    ca: z.string().min(1).optional().describe('PEM file of certificates to trust beside those of Node'),
  });

/** How URLs are fetched. Secrets are named, never given. */
export interface HttpSettings {
  readonly user: string | null;
  readonly password: string | null;
  readonly bearer: string | null;
  readonly sha256: Readonly<Record<string, string>>;
  readonly maxBytes: number | null;
  readonly timeoutMs: number;
  /** Absolute. */
  readonly ca: string | null;
}

const DEFAULT_TIMEOUT_MS = 60_000;

export const NO_HTTP_SETTINGS: HttpSettings = {
  ...{ user: null, password: null, bearer: null, sha256: {}, maxBytes: null },
  ...{ timeoutMs: DEFAULT_TIMEOUT_MS, ca: null },
};

/** `file:PATH` is relative to the job file. */
function absolute(reference: string | undefined, base: string): string | null {
  const path = reference?.startsWith('file:') ? reference.slice('file:'.length) : undefined;
  return path === undefined ? (reference ?? null) : `file:${resolve(base, path)}`;
}

/** `base`: the folder of the job file. */
export function httpSettings(given: z.infer<ReturnType<typeof httpSchema>>, base: string): HttpSettings {
  const { user, password, bearer, sha256, maxBytes, timeout, ca } = given;
  return {
    user: absolute(user, base),
    password: absolute(password, base),
    bearer: absolute(bearer, base),
    sha256: sha256 ?? {},
    maxBytes: typeof maxBytes === 'string' ? (parseSize(maxBytes) ?? null) : (maxBytes ?? null),
    timeoutMs: (timeout === undefined ? undefined : parseDuration(timeout)) ?? DEFAULT_TIMEOUT_MS,
    ca: ca === undefined ? null : resolve(base, ca),
  };
}
