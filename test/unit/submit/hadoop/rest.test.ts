import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createHistoryServer } from '../../../../submit/hadoop/history-server.js';
import { createResourceManager } from '../../../../submit/hadoop/resource-manager.js';
import { RestError } from '../../../../submit/hadoop/rest-client.js';

let server: Server | undefined;
afterEach(() => new Promise<void>((done) => (server === undefined ? done() : server.close(() => done()))));

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready));
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
