import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

/** Connections to one kind of server, http and https. */
export interface Connections {
  agentFor(protocol: string): http.Agent;
}

/**
 * Agents that give up a connection which is not made in time: neither Node nor the package request has a limit for
 * that alone, and a host that swallows packets would cost the limit for a whole answer.
 */
export function createConnections(options: {
  readonly keepAlive: boolean;
  readonly connectTimeoutMs: number;
}): Connections {
  const { keepAlive, connectTimeoutMs } = options;
  const agents = {
    'http:': withConnectLimit(new http.Agent({ keepAlive }), connectTimeoutMs, 'connect'),
    'https:': withConnectLimit(new https.Agent({ keepAlive }), connectTimeoutMs, 'secureConnect'),
  };
  return { agentFor: (protocol) => (protocol === 'https:' ? agents['https:'] : agents['http:']) };
}

type CreateConnection = (...args: unknown[]) => Socket;

function withConnectLimit<A extends http.Agent>(agent: A, limitMs: number, connected: string): A {
  const limited = agent as unknown as { createConnection: CreateConnection };
  const createConnection = limited.createConnection.bind(agent);
  limited.createConnection = (...args) => {
    const socket = createConnection(...args);
    const timer = setTimeout(() => {
      const error = new Error(`no connection after ${limitMs / 1000} s`);
      socket.destroy(Object.assign(error, { code: 'CONNECT_TIMEOUT' }));
    }, limitMs);
    const stop = () => clearTimeout(timer);
    socket.once(connected, stop).once('close', stop);
    return socket;
  };
  return agent;
}
