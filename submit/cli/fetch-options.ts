import type { Context } from '../context.js';
import type { JobPlan } from '../job/plan.js';
import type { FetchOptions } from '../sources/http/fetch-options.js';
import { proxyFor } from '../sources/http/proxy.js';
import { readText } from '../stores/file-tree.js';
import { readSecrets } from './read-secrets.js';

const MAX_CERTIFICATE_BYTES = 1024 ** 2;
const SECRET_PLACE = /^(?:env|file|command):/;

/** How the URLs of a job are fetched. Secrets and certificates are read when they are first needed. */
export function fetchOptionsOf(context: Context, { settings }: Pick<JobPlan, 'settings'>): FetchOptions {
  const { machine, env, signal } = context;
  const { user, password, bearer, maxBytes, timeoutMs, ca } = settings['input.http'].value;
  const secretAt = async (text: string) =>
    SECRET_PLACE.test(text) ? ((await readSecrets(context, [text]))[text] ?? '') : text;
  const authorize = async (): Promise<string | null> => {
    if (bearer !== null) return `Bearer ${await secretAt(bearer)}`;
    if (user === null) return null;
    const pair = `${await secretAt(user)}:${password === null ? '' : await secretAt(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  };
  const readCertificates = async () =>
    ca === null ? null : ((await readText(machine.files, ca, MAX_CERTIFICATE_BYTES)) ?? null);
  let authorization: Promise<string | null> | undefined;
  let certificates: Promise<string | null> | undefined;
  return {
    http: machine.http,
    clock: machine.clock,
    async routeTo(url) {
      certificates ??= readCertificates();
      return { proxy: proxyFor(url, env), ca: await certificates };
    },
    authorization() {
      authorization ??= authorize();
      return authorization;
    },
    maxBytes,
    silenceTimeoutMs: timeoutMs,
    retries: {
      times: settings['run.retries.times'].value,
      delayMs: settings['run.retries.delay'].value,
    },
    signal,
  };
}
