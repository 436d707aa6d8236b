import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../../../submit/sinks/postgres/address.js';

const address = (url: string | null, env: Record<string, string> = {}) =>
  addressOf({ url, env, readFile: async (path) => `text of ${path}` });

describe('the address of a database', () => {
  it('is verified by TLS unless it is this machine', async () => {
    expect((await address('postgresql://db.example/x')).client.ssl).toEqual({ rejectUnauthorized: true });
    for (const host of ['localhost', '127.0.0.1', '/run/postgresql']) {
      expect((await address(null, { PGHOST: host })).client.ssl).toBe(false);
    }
    const own = await address('postgresql://db.example/x?sslrootcert=/ca.pem&sslmode=verify-ca');
    expect(own.client.ssl).toMatchObject({ rejectUnauthorized: true, ca: 'text of /ca.pem' });
    expect((await address('postgresql://db.example/x?sslmode=require')).client.ssl).toEqual({
      rejectUnauthorized: true,
    });
    const unsafe = await address('postgresql://db.example/x', { PGSSLMODE: 'no-verify' });
    expect(unsafe.client.ssl).toEqual({ rejectUnauthorized: false });
  });

  it('takes what the URL leaves out from PG* variables', async () => {
    const env = { PGHOST: 'a', PGPORT: '5433', PGUSER: 'me', PGDATABASE: 'd', PGPASSWORD: 'p' };
    expect((await address(null, env)).client).toMatchObject({
      host: 'a',
      port: 5433,
      user: 'me',
      database: 'd',
      password: 'p',
    });
    expect((await address('postgresql://b/other', env)).shown).toBe('postgresql://b:5433/other');
  });

  it('shows no password, and knows which texts no message may have', async () => {
    const { shown, secrets } = await address('postgresql://me:p%40ss@db/x');
    expect(shown).toBe('postgresql://db:5432/x');
    expect(secrets).toContain('p@ss');
  });

  it.each(['mysql://db/x', 'postgresql://db:99999/x', 'postgresql://db/x?sslmode=maybe'])(
    'refuses %s without repeating it whole',
    async (url) => {
      await expect(address(url.replace('db', 'me:hidden@db'))).rejects.toMatchObject({
        code: 'usage',
        details: { problem: expect.not.stringContaining('hidden') },
      });
    },
  );
});
