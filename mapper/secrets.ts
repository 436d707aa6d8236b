import { readFileSync } from 'node:fs';
import { TASK_ENVIRONMENT } from './contract.js';
import type { MapperDefinition, RuleDefinition } from './definition.js';
import { MapperFailure } from './failure.js';

/** Gives the value of a secret by its reference. Throws a MapperFailure. */
export type ReadSecret = (reference: string) => string;

/** The references of the secrets that a mapper needs, each once. */
export function secretsOf({ columns, output }: Pick<MapperDefinition, 'columns' | 'output'>): string[] {
  const ruled = [...columns, ...(output.columns ?? [])];
  const references = ruled.flatMap(({ rules }) =>
    rules.flatMap(({ rule }) => (rule.secret === undefined ? [] : [rule.secret.reference])),
  );
  return [...new Set(references)];
}

/** The definition with the values of its secrets. */
export function withSecrets(definition: MapperDefinition, read: ReadSecret): MapperDefinition {
  if (secretsOf(definition).length === 0) return definition;
  const { columns, output } = definition;
  const open = (given: RuleDefinition): RuleDefinition => {
    const { secret, ...rule } = given.rule;
    return secret === undefined
      ? given
      : { ...given, rule: { ...rule, ...secret.open(read(secret.reference)) } };
  };
  const openAll = <Column extends { readonly rules: readonly RuleDefinition[] }>(column: Column) => ({
    ...column,
    rules: column.rules.map(open),
  });
  return {
    ...definition,
    columns: columns.map(openAll),
    output: { ...output, ...(output.columns === undefined ? {} : { columns: output.columns.map(openAll) }) },
  };
}

/**
 * Reads secrets where a mapper can: those that are `known`, or from the submitter's file in a task; else `env:NAME` from the environment and
 * `file:PATH` from the file. A secret is one line: line ends behind it are no part of it.
 */
export function secretReader(
  env: Readonly<Record<string, string | undefined>>,
  known: Readonly<Record<string, string>> = {},
): ReadSecret {
  const path = env[TASK_ENVIRONMENT.secrets] ?? '';
  const sent = path === '' ? known : (JSON.parse(fileOf(path, path)) as Readonly<Record<string, string>>);
  return (reference) => {
    const value = Object.hasOwn(sent, reference) ? sent[reference] : ownValue(reference, env);
    if (value === undefined || value === '') throw new MapperFailure('secret-missing', { reference });
    return value;
  };
}

function ownValue(reference: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const [, kind, name = ''] = /^(env|file|command):(.*)$/s.exec(reference) ?? [];
  if (kind === 'env') return env[name];
  return kind === 'file' ? fileOf(name, reference).replace(/[\r\n]+$/, '') : undefined;
}

function fileOf(path: string, reference: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new MapperFailure('secret-missing', { reference }, { cause: error });
  }
}
