import { dirname, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { MAPPER_EXIT, type MapperDescription, type MapperPlan } from '../../mapper/contract.js';
import { mapStack, parseSourceMap } from '../../mapper/stack-trace.js';
import type { Context } from '../context.js';
import { Failure, isFailure } from '../errors.js';
import {
  bundleMapper,
  bundleUserMapper,
  digestOfUserMapper,
  isMapperBundle,
  MAPPER_HEAD_BYTES,
  type MakeBundle,
  type ParsedBundle,
  parseBundle,
  userMapperOf,
} from '../job/bundle.js';
import type { ParsedJobFile } from '../job/job-file.js';
import type { DescribedMapper } from '../job/own-mapper.js';
import { factsAt, readText } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import { bundleModule } from './bundle-module.js';

/** A user's mapper and its own description. */
export interface LoadedMapper {
  readonly parsed: ParsedBundle;
  readonly described: MapperDescription;
}

/** The mapper of a job file, and how to make bundles of it. */
export interface JobMapper {
  readonly described: DescribedMapper;
  readonly makeBundle: MakeBundle;
}

/**
 * Loads the mapper that a job file names; null if it names none. Throws `module-invalid` and `esbuild-missing`, both with
 * the line of the job file.
 */
export async function loadJobMapper(
  context: Context,
  { path: jobFile, content, positionOf }: ParsedJobFile,
): Promise<JobMapper | null> {
  if (content.mapper === undefined) return null;
  const path = resolve(dirname(resolve(context.cwd, jobFile)), content.mapper);
  const { line } = positionOf(['mapper']);
  const { parsed, described } = await loadUserMapper(context, path).catch((error: unknown) => {
    const askedFor = `${jobFile}:${line}`;
    if (isFailure(error, 'module-invalid')) {
      throw new Failure('module-invalid', { ...error.details, askedFor });
    }
    if (isFailure(error, 'esbuild-missing')) {
      throw new Failure('esbuild-missing', { ...error.details, askedFor });
    }
    throw error;
  });
  const mapper = userMapperOf(parsed);
  return {
    described: {
      mapper: {
        path,
        line,
        sha256: digestOfUserMapper(mapper),
        columns: described.columns,
        outputColumns: described.output.columns ?? null,
        hidesData: described.hidesData,
        secrets: described.secrets,
      },
      settings: described,
    },
    makeBundle: (plan: MapperPlan) => bundleUserMapper(mapper, plan),
  };
}

/**
 * Loads a module whose default export is a mapper, or a file made by `hadoop-elt build`. Runs it once in a separate process
 * to get its description. Throws `module-invalid` and `esbuild-missing`.
 */
export async function loadUserMapper(context: Context, path: string): Promise<LoadedMapper> {
  const found = await attempt('look at', path, () => factsAt(context.machine.files, path));
  if (found?.type === 'directory') throw new Failure('module-invalid', { path, problem: 'it is a folder' });
  if (found?.type === 'other') {
    throw new Failure('module-invalid', { path, problem: 'it is a pipe, a socket or a device' });
  }
  const content = await attempt('read', path, () => readText(context.machine.files, path));
  if (content === undefined) throw new Failure('module-invalid', { path, problem: 'there is no such file' });
  const parsed = isMapperBundle(content.slice(0, MAPPER_HEAD_BYTES))
    ? parseBundle(content)
    : { source: await bundleSourceOf(context, path), plan: { names: null } };
  if (parsed === null) {
    throw new Failure('module-invalid', {
      path,
      problem:
        'it was made by hadoop-elt build, but was changed since then\nBuild it again: hadoop-elt build SOURCE -o FILE',
    });
  }
  return { parsed, described: await describe(context, path, parsed) };
}

async function bundleSourceOf(context: Context, path: string): Promise<ParsedBundle['source']> {
  if (/\.[cm]?[jt]s$/.test(path)) return bundleModule(context, path);
  throw new Failure('module-invalid', {
    path,
    problem:
      'it is neither a TypeScript or JavaScript module (.ts, .mts, .js, .mjs) nor a file made by hadoop-elt build',
  });
}

const DESCRIBE_LIMIT_MS = 30_000;

/** Runs a mapper as `node - --describe`: it loads its modules and prints its description. It reads no data. */
async function describe(
  { machine, nodePath, signal }: Context,
  path: string,
  { source, plan }: ParsedBundle,
): Promise<MapperDescription> {
  const bundle = bundleMapper(source, withoutNames(plan)).text;
  const child = machine.programs.start([nodePath, '-', '--describe'], {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    env: {},
    signal,
    timeoutMs: DESCRIBE_LIMIT_MS,
  });
  const reading = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(bundle);
  const { exitCode, startError } = await child.ended;
  signal.throwIfAborted();
  const [stdout, stderr] = await reading;
  const fail = (problem: string) => new Failure('module-invalid', { path, problem });
  if (startError !== null) throw fail(`Node could not be started to look at it: ${startError}`);
  if (exitCode === null) {
    throw fail(
      `it did not finish loading within ${DESCRIBE_LIMIT_MS / 1000} s: is there an endless loop or a wait?`,
    );
  }
  if (exitCode === MAPPER_EXIT.usage && stderr.includes('"--describe" is not known')) {
    throw fail(
      'it was made by another version of hadoop-elt\nBuild it again: hadoop-elt build SOURCE -o FILE',
    );
  }
  if (exitCode !== MAPPER_EXIT.done) throw fail(whatItThrew(stderr, bundle));
  if (stdout === '') throw fail('it ends the process while it is loaded: is there a process.exit()?');
  const described = parseDescription(stdout);
  if (described === null) {
    throw fail(
      'it writes to stdout while it is loaded, and stdout is for records\nWrite to stderr instead: console.error(…)',
    );
  }
  return described;
}

function textOf(stream: Readable | null): Promise<string> {
  return stream === null ? Promise.resolve('') : text(stream);
}

/** Removes baked-in column names: they are those of other data. */
function withoutNames(plan: ParsedBundle['plan']): ParsedBundle['plan'] {
  if ('names' in plan) return { names: null };
  const { csv } = plan;
  return { ...plan, csv: { ...csv, names: csv.header ? null : csv.names } };
}

function parseDescription(stdout: string): MapperDescription | null {
  try {
    const described = JSON.parse(stdout) as Partial<MapperDescription> | null;
    const { job, csv, columns, records, output, hidesData = false, secrets = [] } = described ?? {};
    return job === undefined || !csv || !columns || !records || !output
      ? null
      : { job, csv, columns, records, output, hidesData, secrets };
  } catch {
    return null;
  }
}

/** The mapper's own message, or the uncaught error as Node prints it, with lines of the user's files. */
function whatItThrew(stderr: string, bundle: string): string {
  const own = /^hadoop-elt mapper: (.*)$/ms.exec(stderr)?.[1];
  if (own !== undefined) return own.trim().replaceAll(/^ {2}/gm, '');
  const stack = stderr.replace(/^[\s\S]*?\^\n+/, '').replace(/\n+Node\.js v[\s\S]*$/, '');
  const map = parseSourceMap(bundle);
  const shown = map === null ? stack.trimEnd() : mapStack(stack.trimEnd(), STDIN, map);
  return `it failed while it was loaded\n${shown}`;
}

/** The file name that Node shows for a program read from stdin. */
const STDIN = '[stdin]';
