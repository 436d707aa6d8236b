/** What stands in place of a secret in everything that is shown or written down. */
export const MASK = '***';

/**
 * Names of settings whose values are secrets: those of Hadoop's own hadoop.security.sensitive-config-keys
 * (core-default.xml, 3.3), and what users call theirs.
 */
const SECRET_NAMES: readonly RegExp[] = [
  /secret/i,
  /pass(?:word|wd|phrase)/i,
  /\.pass$/i,
  /credential/i,
  /token/i,
  /(?:^|[._-])(?:api|access|private|encryption|account|secret|shared|signing)[._-]?key/i,
  /(?:^|[._-])key$/i,
];

/** Whether a setting of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.some((pattern) => pattern.test(name));
}

/** Properties with their secrets masked. */
export function maskProperties(properties: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, isSecretName(name) ? MASK : value]),
  );
}

/** The words of a command with the values of `name=value` masked where the name is that of a secret. */
export function maskWords(words: readonly string[]): string[] {
  return words.map((word) => {
    const [, before = '', name = ''] = /^(-D|--[a-z-]+=)?([A-Za-z0-9_.-]+)=/.exec(word) ?? [];
    return name !== '' && isSecretName(name) ? `${before}${name}=${MASK}` : word;
  });
}

/** Shorter values would mask ordinary text too. */
const SHORTEST_SECRET = 4;

/** A text with these secrets masked, wherever they occur. */
export function maskValues(text: string, secrets: readonly string[]): string {
  return [...secrets]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((one, other) => other.length - one.length)
    .reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

/** A function that masks the secrets of these properties wherever they occur in a text, as in a command's output. */
export function maskerOf(properties: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.entries(properties)
    .filter(([name, value]) => isSecretName(name) && value.length >= SHORTEST_SECRET)
    .map(([, value]) => value)
    .sort((one, other) => other.length - one.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}
