import { illegalArgument, RemoteError } from './remote-error.mjs';
import { namesOf } from './tree.mjs';

const PREFIX = '/webhdfs/v1';
/** dfs.webhdfs.user.provider.user.pattern */
const USER_PATTERN = /^[A-Za-z_][A-Za-z0-9._-]*[$]?$/;
/** hadoop.http.staticuser.user */
export const STATIC_USER = 'dr.who';

/** The path in HDFS of a request, or null if it is not a WebHDFS request. */
export function hdfsPathOf(encodedPath) {
  if (encodedPath !== PREFIX && !encodedPath.startsWith(`${PREFIX}/`)) return null;
  return `/${namesOf(decodeURIComponent(encodedPath.slice(PREFIX.length))).join('/')}`;
}

/** The user of a request. Without Kerberos, HDFS trusts `user.name`. */
export function userOf(query) {
  const user = query.get('user.name') ?? STATIC_USER;
  if (!USER_PATTERN.test(user)) {
    throw invalid(
      'user.name',
      `Invalid value: "${user}" does not belong to the domain ${USER_PATTERN.source}`,
    );
  }
  const doas = query.get('doas');
  if (doas !== null) {
    throw new RemoteError('AuthorizationException', `User: ${user} is not allowed to impersonate ${doas}`);
  }
  return user;
}

/** The parameters of one request, with Hadoop's checks. */
export class Parameters {
  constructor(query, op) {
    this.query = query;
    this.op = op;
  }

  has(name) {
    return this.query.has(name);
  }

  text(name, missing = null) {
    return this.query.get(name) ?? missing;
  }

  required(name) {
    const value = this.query.get(name);
    if (value === null || value === '') {
      throw illegalArgument(`Required param ${name} for op: ${this.op} is null or empty`);
    }
    return value;
  }

  flag(name, missing) {
    const value = this.query.get(name);
    if (value === null || value === '') return missing;
    if (!/^(true|false)$/i.test(value)) throw invalid(name, `Failed to parse "${value}" to Boolean.`);
    return value.toLowerCase() === 'true';
  }

  /** A whole number of at least `least`; `missing` if it is not given. */
  integer(name, missing, { least = Number.NEGATIVE_INFINITY, type = 'long' } = {}) {
    const value = this.query.get(name);
    if (value === null || value === '') return missing;
    if (!/^[+-]?\d+$/.test(value))
      throw invalid(name, `Failed to parse "${value}" as a radix-10 ${type} integer.`);
    if (Number(value) < least) {
      throw invalid(name, `Invalid parameter range: ${name} = ${value} < ${least}`);
    }
    return Number(value);
  }

  /** An octal permission; `missing` if it is not given. */
  permission(missing) {
    const value = this.query.get('permission');
    if (value === null || value === '') return missing;
    if (!/^[0-7]+$/.test(value)) {
      throw invalid('permission', `Failed to parse "${value}" as a radix-8 short integer.`);
    }
    return Number.parseInt(value, 8);
  }

  destination() {
    const value = this.required('destination');
    if (value.startsWith('/')) return `/${namesOf(value).join('/')}`;
    throw invalid(
      'destination',
      `Invalid parameter value: destination = "${value}" is not an absolute path.`,
    );
  }

  /** `r-x` → its bits as a number. */
  access() {
    const value = this.required('fsaction');
    if (!/^[r-][w-][x-]$/.test(value)) {
      throw invalid('fsaction', `Invalid value: "${value}" does not belong to the domain [r-][w-][x-]`);
    }
    return [...value].reduce((bits, letter) => bits * 2 + (letter === '-' ? 0 : 1), 0);
  }
}

export function invalid(name, message) {
  return illegalArgument(`Invalid value for webhdfs parameter "${name}": ${message}`);
}
