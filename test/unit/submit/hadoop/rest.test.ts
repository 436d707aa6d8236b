import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHistoryServer } from '../../../../submit/hadoop/history-server.js';
import { createResourceManager } from '../../../../submit/hadoop/resource-manager.js';
import { RestError } from '../../../../submit/hadoop/rest-client.js';

const servers: Server[] = [];
afterEach(() =>
  Promise.all(servers.splice(0).map((server) => new Promise<void>((done) => server.close(() => done())))),
);

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the resourcemanager', () => {
  it('is asked for a kill, as the user, until the application is killed', async () => {
    const seen: string[] = [];
    const address = await serve(({ method, url }, response) => {
      seen.push(`${method} ${url}`);
      const state = seen.length > 3 ? 'KILLED' : 'RUNNING';
      response
        .writeHead(method === 'PUT' ? 202 : 200)
        .end(JSON.stringify(method === 'PUT' ? { state } : { app: { id: 'a', state } }));
    });
    expect(await createResourceManager([address], 'etl').kill('application_1_2')).toBe('KILLED');
    expect(seen[0]).toBe('PUT /ws/v1/cluster/apps/application_1_2/state?user.name=etl');
    expect(seen).toHaveLength(4);
  });

  it('knows no application of a tag as an empty list, however that is written', async () => {
    const address = await serve((_, response) => response.end('{"apps":null}'));
    expect(await createResourceManager([address], null).runningWithTag('x')).toEqual([]);
  });

  it('that is another service is told apart', async () => {
    const address = await serve((_, response) => response.end('<html>'));
    await expect(createResourceManager([address], null).state()).rejects.toThrow(/does not answer in JSON/);
  });

  it('that is not there is an error with the reason', async () => {
    const error = await createResourceManager(['http://127.0.0.1:1'], null)
      .state()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RestError);
    expect((error as RestError).message).toMatch(/ECONNREFUSED|bad port/);
  });
});

describe('a pair of resourcemanagers', () => {
  const active = () =>
    serve(({ method, url }, response) => {
      if (url?.startsWith('/ws/v1/cluster/info'))
        return response.end('{"clusterInfo":{"state":"STARTED","haState":"ACTIVE"}}');
      response.writeHead(method === 'PUT' ? 202 : 200).end('{"app":{"id":"a","state":"KILLED"},"apps":null}');
    });
  /** Answers as RMWebAppFilter does, Hadoop 3.3. */
  const standby = (redirection: (url: string | undefined) => Record<string, string> | null) => {
    const seen: string[] = [];
    const address = serve(({ method, url }, response) => {
      seen.push(`${method} ${url}`);
      if (url === '/ws/v1/cluster/info')
        return response.end('{"clusterInfo":{"state":"STARTED","haState":"STANDBY"}}');
      const headers = redirection(url);
      if (headers === null) response.end('There is no active RM right now.\n');
      else response.writeHead(307, headers).end('This is standby RM. The redirect url is: /\n');
    });
    return { address, seen };
  };

  it.each([
    ['redirects to an address that does not exist here', { Location: 'http://rm2.example.invalid:8088/' }],
    ['has a page to be loaded again later', { Refresh: '5;url=http://rm2.example.invalid:8088/' }],
    ['knows of no active one', null],
  ])('passes over the one on standby that %s, and remembers the other', async (_, headers) => {
    const first = standby(() => headers);
    const manager = createResourceManager([await first.address, await active()], null);
    expect(await manager.runningWithTag('x')).toEqual([]);
    expect(await manager.state()).toBe('STARTED');
    expect(await manager.kill('a')).toBe('KILLED');
    expect(first.seen).toHaveLength(1);
    expect(manager.addresses).toHaveLength(2);
  });

  it('passes over the one on standby for a kill, and when asked how it is', async () => {
    for (const ask of ['kill', 'state'] as const) {
      const first = standby(() => null);
      const manager = createResourceManager([await first.address, await active()], null);
      expect(await manager[ask]('a')).toBe(ask === 'kill' ? 'KILLED' : 'STARTED');
      expect(first.seen).toHaveLength(1);
    }
  });

  it('passes over one that does not answer', async () => {
    const manager = createResourceManager(['http://127.0.0.1:1', await active()], null);
    expect(await manager.kill('a')).toBe('KILLED');
  });

  it('follows to the active one where its address was not told', async () => {
    const other = await active();
    const first = standby((url) => ({ Location: `${other}${url}` }));
    const manager = createResourceManager([await first.address], 'etl');
    expect(await manager.kill('a')).toBe('KILLED');
    expect(first.seen[0]).toBe('PUT /ws/v1/cluster/apps/a/state?user.name=etl');
  });

  it('tells of each when none is active', async () => {
    const { address } = standby(() => null);
    const manager = createResourceManager(['http://127.0.0.1:1', await address], null);
    await expect(manager.runningWithTag('x')).rejects.toThrow(
      `http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1; ${await address} is on standby`,
    );
  });
});

describe('the history server', () => {
  it('does not know a job before it has come there', async () => {
    const address = await serve((_, response) => response.writeHead(404).end('{}'));
    expect(await createHistoryServer(address, null).job('job_1_2')).toBeNull();
  });

  it('gives the end of a log without its own frame', async () => {
    const address = await serve(({ url }, response) =>
      response.end(
        url?.includes('container_1/stderr?size=-100')
          ? 'Container: x\n====\nLogType:stderr\nLogLength:9\nLogContents:\nline 1\nline 2\n\nEnd of LogType:stderr\n****\n'
          : 'Can not find logs for container:x',
      ),
    );
    const history = createHistoryServer(address, null);
    expect(await history.logTail('container_1', 'stderr', 100)).toBe('line 1\nline 2\n');
    expect(await history.logTail('container_2', 'stderr', 100)).toBeNull();
  });

  it('goes on to the node that it sends to for the log of a running job', async () => {
    const node = await serve((_, response) =>
      response.end('LogContents:\nline 1\n\nEnd of LogType:stderr\n'),
    );
    const address = await serve((_, response) => response.writeHead(307, { Location: `${node}/log` }).end());
    expect(await createHistoryServer(address, null).logTail('container_1', 'stderr', 100)).toBe('line 1\n');
  });

  it('tries again when the server stumbles', async () => {
    let asked = 0;
    const address = await serve((_, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 503 : 200).end('{"historyInfo":{}}');
    });
    await createHistoryServer(address, null).check();
    expect(asked).toBe(2);
  });
});
