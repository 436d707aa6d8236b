import { describe, expect, it } from 'vitest';
import { isSecretName, maskerOf, maskProperties, maskWords } from '../../../../submit/config/secrets.js';

describe('secrets', () => {
  it.each([
    'fs.s3a.secret.key',
    'fs.s3a.access.key',
    'fs.s3a.session.token',
    'fs.azure.account.key.store.blob.core.windows.net',
    'fs.s3a.encryption.key',
    'dfs.adls.oauth2.credential',
    'ssl.server.keystore.password',
    'ssl.keystore.pass',
    'hadoop.security.credential.provider.path',
    'my.api_key',
    'PASSWORD',
    'db.passwd',
  ])('are values of %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each([
    'mapreduce.map.memory.mb',
    'mapreduce.job.output.key.class',
    'stream.num.map.output.key.fields',
    'mapreduce.task.timeout',
    'mapreduce.job.queuename',
  ])('are not values of %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it('are masked in the words of a command, and nothing else is', () => {
    expect(
      maskWords([
        '-D',
        'a.password=x y',
        '-Da.secret=b=c',
        'a=b',
        '--properties=a.token=t',
        '-input',
        'x.key',
      ]),
    ).toEqual([
      '-D',
      'a.password=***',
      '-Da.secret=***',
      'a=b',
      '--properties=a.token=***',
      '-input',
      'x.key',
    ]);
  });

  it('are masked in properties, and wherever they occur in a text', () => {
    const properties = { 'a.password': 'swordfish', 'b.token': 'no', c: 'plain' };
    expect(maskProperties(properties)).toEqual({ 'a.password': '***', 'b.token': '***', c: 'plain' });
    expect(maskerOf(properties)('plain swordfish, no fish')).toBe('plain ***, no fish');
  });
});
