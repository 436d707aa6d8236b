import { LaunchError } from '../yarn/input-paths.mjs';

/** Resolves the names of a cluster's files for one user. */
export class Paths {
  /** @param {{ fs: string, user: string }} options fs without a slash at its end */
  constructor({ fs, user }) {
    this.fs = fs;
    this.user = user;
  }

  /** A relative path, absolute path or URI → the absolute path in HDFS. Throws LaunchError for other file systems. */
  pathOf(name) {
    const [, scheme, authority, rest = name] = /^([a-z]+):(?:\/\/([^/]*))?(.*)$/s.exec(name) ?? [];
    if (scheme !== undefined && authority && `${scheme}://${authority}` !== this.fs) {
      throw new LaunchError(
        `Call From client/127.0.0.1 to ${authority} failed on connection exception: java.net.ConnectException: Connection refused; For more details see:  http://wiki.apache.org/hadoop/ConnectionRefused`,
      );
    }
    const path = rest.startsWith('/') ? rest : `/user/${this.user}/${rest}`;
    return path.replaceAll(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  }

  /** The URI of an absolute path, as Hadoop shows it. */
  qualify(path) {
    return this.fs + path;
  }
}
