/** An option of a mapper written in TypeScript is not accepted; the message says which, and what is. */
export class MapperDefinitionError extends TypeError {
  readonly code = 'mapper-definition-invalid';

  constructor(message: string) {
    super(message);
    this.name = 'MapperDefinitionError';
  }
}

/** What was given, for a message. */
export function quoteOption(value: unknown): string {
  return typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
}

/** Throws a MapperDefinitionError where `options` is no object or has a key that is not among the known ones. */
export function rejectUnknownKeys(where: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new MapperDefinitionError(
      `${where}: got ${quoteOption(options)}; give an object with ${known.join(', ')}`,
    );
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new MapperDefinitionError(
      `${where}: ${quoteOption(unknown)} is not an option; known: ${known.join(', ')}`,
    );
  }
}
