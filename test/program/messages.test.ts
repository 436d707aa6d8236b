import { rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

const SECRET = 'swordfish-7319';

interface Received {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A real receiver of HTTP. */
async function receiver(status = 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      received.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
      response.writeHead(status).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { received, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('messages of a scheduled job', () => {
  const work = useWorkFolder();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const listen = async (status?: number) => {
    const made = await receiver(status);
    servers.push(made.server);
    return made;
  };
  const write = async (onInvalid: 'fail' | 'keep', scheduled: string) => {
    await work().write(
      'job.elt.yaml',
      `input: { files: in.csv }\ncolumns: { A: { round: { places: 1, onInvalid: ${onInvalid} } } }\noutput: { path: out, mode: replace }\nscheduled:\n${scheduled}`,
    );
    await work().write('in.csv', 'A\nx\n');
  };
  const scheduled = (env: Record<string, string> = {}) =>
    work().runHere(['scheduled', 'job.elt.yaml'], { env });
  const lastLog = async () => {
    const [name = ''] = (await work().names('.hadoop-elt/logs')).reverse();
    return work().read('.hadoop-elt/logs', name).toString();
  };

  it('tell a failure once with its cause, its end once, and start, failure and success to a switch', async () => {
    const { received, url } = await listen();
    const notify = `  ping: env:PING\n  notify: { webhook: { url: env:HOOK, headers: { authorization: env:TOKEN }, body: { text: "{subject}", event: "{event}", why: "{cause}", run: "{runId}" } } }\n`;
    const env = { HOOK: `${url}/hook/${SECRET}`, PING: `${url}/ping/`, TOKEN: SECRET };
    await write('fail', notify);
    for (let time = 0; time < 2; time++) expect((await scheduled(env)).exitCode).toBe(6);
    await write('keep', notify);
    for (let time = 0; time < 2; time++) expect((await scheduled(env)).exitCode).toBe(0);
    const hooks = received.filter((one) => one.url === `/hook/${SECRET}`);
    expect(hooks.map(({ authorization }) => authorization)).toEqual([SECRET, SECRET]);
    const [failure, recovery] = hooks.map(({ body }) => JSON.parse(body) as Record<string, string>);
    expect(failure).toMatchObject({ event: 'failure', text: 'job failed (exit code 6)' });
    expect(failure?.why).toContain('a field is invalid and its rule says onInvalid: fail');
    expect(failure?.run).toMatch(/^\d{8}T/);
    expect(recovery).toMatchObject({ event: 'recovery', text: 'job is well again' });
    expect(received.filter((one) => one.url.startsWith('/ping')).map((one) => one.url)).toEqual([
      '/ping/start',
      '/ping/fail',
      '/ping/start',
      '/ping/fail',
      '/ping/start',
      '/ping/',
      '/ping/start',
      '/ping/',
    ]);
    expect(await work().bash(`grep -r ${SECRET} .hadoop-elt; true`)).toMatchObject({ stdout: '' });
  });

  it('that can not be sent change nothing, are told in the log, and are sent by the next start', async () => {
    const dead = await listen(500);
    await write(
      'fail',
      `  ping: http://127.0.0.1:1/${SECRET}\n  notify: { webhook: { url: "${dead.url}/${SECRET}" } }\n`,
    );
    expect((await scheduled()).exitCode).toBe(6);
    expect(await lastLog()).toContain(
      'Warning: The message (failure) by webhook was not sent: the server answered 500\n',
    );
    expect(await lastLog()).toContain('Warning: The ping was not sent: no answer (ECONNREFUSED)\n');
    expect(await lastLog()).not.toContain(SECRET);
    const { received, url } = await listen();
    await write('fail', `  notify: { webhook: { url: "${url}" } }\n`);
    expect((await scheduled()).exitCode).toBe(6);
    expect(received.map(({ body }) => (JSON.parse(body) as { event: string }).event)).toEqual(['failure']);
  });

  it('go to a command and to sendmail, with what they need', async () => {
    await work().write('sendmail', '#!/bin/sh\necho "$@" > mail-words\ncat > mail\n');
    await chmod(work().at('sendmail'), 0o755);
    await write(
      'fail',
      `  notify:\n    command: ["sh", "-c", "cat > told.json; echo $HADOOP_ELT_EVENT $HADOOP_ELT_EXIT_CODE > told"]\n    email: { to: [ops@example.org], from: elt@example.org, sendmail: "${work().at('sendmail')}" }\n`,
    );
    // Programs are started in the folder of this process: name files by their paths.
    const text = work()
      .read('job.elt.yaml')
      .toString()
      .replaceAll(/ > (told|told\.json)\b/g, ` > ${work().path}/$1`);
    await work().write('job.elt.yaml', text);
    await work().write(
      'sendmail',
      `#!/bin/sh\necho "$@" > ${work().path}/mail-words\ncat > ${work().path}/mail\n`,
    );
    await scheduled();
    expect(work().read('told').toString()).toBe('failure 6\n');
    expect(JSON.parse(work().read('told.json').toString())).toMatchObject({
      event: 'failure',
      job: 'job',
      exitCode: 6,
    });
    expect(work().read('mail-words').toString()).toBe('-i -f elt@example.org -- ops@example.org\n');
    expect(work().read('mail').toString()).toContain('Subject: job failed (exit code 6)\n');
  });

  it('tell that nothing was published for too long, not that a run had no input', async () => {
    const { received, url } = await listen();
    await write('keep', `  expectEvery: 1ms\n  notify: { webhook: { url: "${url}", body: "{event}" } }\n`);
    await work().bash('rm in.csv');
    expect((await scheduled()).exitCode).toBe(3);
    expect((await scheduled()).exitCode).toBe(3);
    expect((await scheduled()).exitCode).toBe(3);
    expect(received.map(({ body }) => body)).toEqual(['"noInput"']);
  });

  it('tell only what is asked for', async () => {
    const { received, url } = await listen();
    await write('fail', `  notify: { on: [recovery], webhook: { url: "${url}", body: "{event}" } }\n`);
    await scheduled();
    await write('keep', `  notify: { on: [recovery], webhook: { url: "${url}", body: "{event}" } }\n`);
    await scheduled();
    expect(received.map(({ body }) => body)).toEqual(['"recovery"']);
  });

  it('tell that earlier copies of inputs were read, and which', async () => {
    const { received, url } = await listen();
    const files = createServer((_request, response) => response.end('A\n1\n'));
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(files.address() as AddressInfo).port}/a.csv`;
    await work().write(
      'job.elt.yaml',
      `input: { files: ["${address}"], onMissing: continue, useLast: true }
output: { path: out, mode: replace }
run: { retries: { times: 0 } }
scheduled: { notify: { webhook: { url: "${url}", body: { text: "{subject}", why: "{cause}" } } } }
`,
    );
    expect((await scheduled()).exitCode).toBe(0);
    files.closeAllConnections();
    await new Promise((resolve) => files.close(resolve));
    await work().write('job.elt.yaml', `${work().read('job.elt.yaml').toString()}columns: { A: upper }\n`);
    expect((await scheduled()).exitCode).toBe(10);
    expect(received).toHaveLength(1);
    const told = JSON.parse(received[0]?.body ?? '') as Record<string, string>;
    expect(told.text).toBe('job read earlier copies of some inputs (exit code 10)');
    expect(told.why).toContain(address);
  });

  it('name the inputs that are left out where there is nothing else to do', async () => {
    const { received, url } = await listen();
    await work().write(
      'job.elt.yaml',
      `input: { files: [a.csv, b.csv], onMissing: continue }
output: { path: out, mode: append }
scheduled: { notify: { webhook: { url: "${url}", body: { text: "{subject}", why: "{cause}" } } } }
`,
    );
    for (const name of ['a.csv', 'b.csv']) await work().write(name, `A\n${name}\n`);
    expect((await scheduled()).exitCode).toBe(0);
    rmSync(work().at('b.csv'));
    expect((await scheduled()).exitCode).toBe(10);
    expect(received).toHaveLength(1);
    const told = JSON.parse(received[0]?.body ?? '') as Record<string, string>;
    expect(told.text).toBe("job had only inputs that can't be read (exit code 10)");
    expect(told.why).toContain('b.csv');
  });
});
