import { WebHdfsProblem } from './webhdfs-problem.js';

/** Where datanodes are as seen from here, and which of them can't be reached. */
export interface Datanodes {
  /** The address that the namenode named → the one to connect to, by the map in the cluster file. */
  reachable(location: URL): URL;
  /** Remembers for a while that nobody answers there, and makes an explained problem of it. */
  failed(location: URL, problem: WebHdfsProblem): WebHdfsProblem;
  isSuspect(location: URL): boolean;
}

/** The namenode calls a dead datanode live for ten minutes; here one minute passes before it is tried again. */
const SUSPECT_MS = 60_000;

/** `map`: advertised `host:port`, or `host` for all its ports → reachable `host:port` or `host`. */
export function createDatanodes(map: Readonly<Record<string, string>>): Datanodes {
  const suspectUntilMs = new Map<string, number>();
  return {
    reachable(location) {
      const mapped = map[hostOf(location)] ?? map[location.hostname];
      if (mapped === undefined) return location;
      const url = new URL(location);
      url.host = mapped;
      return url;
    },
    failed(location, problem) {
      if (problem.problem !== 'unreachable') return problem;
      const advertised = hostOf(location);
      suspectUntilMs.set(advertised, performance.now() + SUSPECT_MS);
      return new WebHdfsProblem(problem.problem, `datanode ${advertised}: ${problem.message}`, {
        isTransient: true,
        cause: problem,
        hint: [
          `The namenode sent the data to the datanode ${advertised}, which can't be reached from here.`,
          'Is it running? If it has another address here, name that in the cluster file,',
          `    datanodes: { "${advertised}": "host:port" }`,
          `or let "${location.hostname}" be found by name here (DNS, hosts file); a firewall may close the port, too`,
        ].join('\n  '),
      });
    },
    isSuspect: (location) => (suspectUntilMs.get(hostOf(location)) ?? 0) > performance.now(),
  };
}

/** host:port, the port also where it is the protocol's own. */
function hostOf(location: URL): string {
  const port = location.port || (location.protocol === 'https:' ? '443' : '80');
  return `${location.hostname}:${port}`;
}
