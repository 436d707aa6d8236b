import { WebHdfsProblem } from './webhdfs-problem.js';

/** The addresses of datanodes as seen from this machine, and which of them are suspect (not reachable). */
export interface Datanodes {
  /** The URL from the namenode → the URL to connect to, by `datanodes` in the cluster file. */
  reachable(location: URL): URL;
  /** Marks an unreachable datanode as suspect for a minute, and adds the datanode and a hint to the problem. */
  failed(location: URL, problem: WebHdfsProblem): WebHdfsProblem;
  isSuspect(location: URL): boolean;
}

/** How long to avoid a dead datanode. The namenode lists it as live for ten minutes. */
const SUSPECT_MS = 60_000;

/** `map`: advertised `host:port`, or `host` for all its ports → the `host:port` or `host` to connect to. */
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
          'Check that it is running. If this machine reaches it at another address, set that in the cluster file,',
          `    datanodes: { "${advertised}": "host:port" }`,
          `or make "${location.hostname}" resolve on this machine (DNS, hosts file); a firewall may also block the port`,
        ].join('\n  '),
      });
    },
    isSuspect: (location) => (suspectUntilMs.get(hostOf(location)) ?? 0) > performance.now(),
  };
}

/** `host:port`, with the port even if it is the protocol's default. */
function hostOf(location: URL): string {
  const port = location.port || (location.protocol === 'https:' ? '443' : '80');
  return `${location.hostname}:${port}`;
}
