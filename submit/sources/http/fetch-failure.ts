import { Failure, type StoreProblem } from '../../errors.js';
import { HttpError } from '../../hadoop/http-error.js';

/** A file could not be fetched. `shown`: its address without secrets. */
export function fetchFailure(
  shown: string,
  problem: StoreProblem,
  cause: string,
  mayPass = false,
): Failure<'store'> {
  const scheme = shown.startsWith('https:') ? 'https' : 'http';
  return new Failure('store', {
    scheme,
    operation: 'fetch',
    path: shown,
    problem,
    cause,
    ...(mayPass ? { mayPass: true as const } : {}),
  });
}

/** What an answer other than 200, 206 and 304 means. */
export function statusFailure(shown: string, status: number): Failure<'store'> {
  const cause = `the server answered with status ${status}`;
  if (status === 404 || status === 410) return fetchFailure(shown, 'not-found', cause);
  if (status === 401) return fetchFailure(shown, 'not-authenticated', cause);
  if (status === 403) return fetchFailure(shown, 'no-permission', cause);
  return fetchFailure(shown, status >= 500 ? 'unreachable' : 'other', cause, mayBeTriedAgain(status));
}

/** Whether a server that answers so may answer otherwise a little later. */
export function mayBeTriedAgain(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** No answer, or one that ended before its end. Other errors stay as they are. */
export function connectionFailure(shown: string, error: unknown): unknown {
  if (!(error instanceof HttpError)) return error;
  const isTls = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/.test(error.code);
  const problem = error.wasConnected && !isTls ? 'connection-lost' : 'unreachable';
  return fetchFailure(shown, problem, error.message, !isTls);
}
