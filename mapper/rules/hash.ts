import { defineRule } from './define-rule.js';
import { type FieldRule, valid } from './rule.js';
import { type Hasher, keyedSha256, sha256 } from './sha256.js';

/** How a secret is named; its value never stands in a job file. */
const SECRET = /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+|command:.+)$/s;

/** Writes the SHA-256 of the field's bytes, or with a secret their HMAC-SHA-256, as lower-case hex. */
export const hashRule = defineRule({
  name: 'hash',
  options: {
    with: {
      kind: 'choice',
      of: ['sha256'],
      normalize: (text) => text.toLowerCase().replaceAll('-', ''),
      default: 'sha256',
      describe: 'The hash function: sha256',
    },
    secret: {
      kind: 'text',
      form: 'env:NAME, file:PATH or command:…',
      check: (text) =>
        text === '' || SECRET.test(text)
          ? null
          : { message: 'A secret is named here, not given', accepted: 'env:NAME, file:PATH or command:…' },
      default: '',
      describe:
        'Where the secret of HMAC-SHA-256 is: env:NAME, file:PATH or command:…; without one, anybody can hash guesses and compare',
    },
  },
  hides: true,
  accepts: 'every field',
  apply: ({ secret }) => ruleOf(hasherOf(secret)).apply,
  applyToBytes: ({ secret }) => ruleOf(hasherOf(secret)).applyToBytes,
  secret: ({ secret }) =>
    secret === '' ? null : { reference: secret, open: (value) => ruleOf(keyedSha256(value)) },
  describe: {
    summary: 'SHA-256 of the field, or with a secret HMAC-SHA-256, as hex',
    does: 'Writes the SHA-256 of the field, as hex; with `secret: env:NAME` (or `file:PATH`, `command:…`) its HMAC-SHA-256',
    inPlan: ({ secret }) =>
      secret === '' ? 'hash with sha256' : `hash with sha256 and the secret ${secret}`,
  },
});

/** Without its value a rule with a secret must not hash anything. */
function hasherOf(secret: string): Hasher {
  if (secret === '') return sha256;
  return () => {
    throw new Error('The secret of a hash has not been read');
  };
}

function ruleOf(hash: Hasher): FieldRule {
  return {
    apply: (text) => valid(hexOf(hash(Buffer.from(text, 'utf8')))),
    applyToBytes: (bytes) => valid(hexOf(hash(Buffer.from(bytes, 'latin1')))),
  };
}

function hexOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex');
}
