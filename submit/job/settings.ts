import { basename, dirname, join, posix, resolve } from 'node:path';
import { MAPPER_DEFAULTS } from '../../mapper/contract.js';
import type { KeyPath } from '../config/key-path.js';
import type { Override, Setting } from '../config/setting.js';
import { parseSize, SIZE_FORM } from '../config/sizes.js';
import { Failure } from '../errors.js';
import type { ParsedJobFile } from './job-file.js';

/** The settings that a flag or an environment variable can override, with their names. */
export const OVERRIDES = {
  'input.files': { flag: 'input', variable: 'HADOOP_ELT_INPUT' },
  'output.path': { flag: 'output', variable: 'HADOOP_ELT_OUTPUT' },
  'output.mode': { flag: 'mode', variable: 'HADOOP_ELT_MODE' },
  'run.splitSize': { flag: 'split-size', variable: 'HADOOP_ELT_SPLIT_SIZE' },
  'run.parallel': { flag: 'parallel', variable: 'HADOOP_ELT_PARALLEL' },
  stateDir: { flag: 'state-dir', variable: 'HADOOP_ELT_STATE_DIR' },
} as const;
export type OverrideKey = keyof typeof OVERRIDES;

export type Overrides = Readonly<Partial<Record<OverrideKey, Override>>>;

/** Paths and globs, relative to `base`, an absolute folder. */
export interface InputPatterns {
  readonly base: string;
  readonly patterns: readonly string[];
}

/** The settings of a job. Paths are absolute. */
export interface JobSettings {
  readonly name: Setting<string>;
  readonly 'input.files': Setting<InputPatterns>;
  /** Folder in HDFS to upload raw data to; null on the local engine, which reads them in place. */
  readonly 'input.upload': Setting<string | null>;
  readonly 'csv.header': Setting<boolean>;
  readonly 'csv.columns': Setting<readonly string[] | null>;
  readonly 'csv.delimiter': Setting<string>;
  readonly 'csv.quotedLineBreaks': Setting<'auto' | 'yes' | 'no'>;
  readonly 'csv.maxRecordBytes': Setting<number>;
  readonly 'records.wrongFieldCount': Setting<'pass' | 'reject' | 'fail'>;
  readonly 'records.malformed': Setting<'pass' | 'reject' | 'fail'>;
  readonly 'output.path': Setting<string>;
  readonly 'output.header': Setting<'keep' | 'drop'>;
  readonly 'output.mode': Setting<OutputMode>;
  readonly 'output.compression': Setting<'none' | 'gzip'>;
  /** Bytes. */
  readonly 'run.splitSize': Setting<number>;
  readonly 'run.parallel': Setting<number>;
  /** Folder of runs, logs and journals. */
  readonly stateDir: Setting<string>;
}

const OUTPUT_MODES = ['create', 'replace', 'append'] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];

const DEFAULT_SPLIT_BYTES = 128 * 1024 ** 2;

/** Where and for which engine a job file is resolved. `jobFile` is absolute. */
export interface Surroundings {
  readonly jobFile: string;
  readonly cwd: string;
  readonly cpuCount: number;
  /** The user's HDFS home, which output and upload paths are relative to; null on the local engine. */
  readonly hdfsHome?: string | null;
  /** The engine's file system: `hdfs://host:port`. Defaults to that of this machine. */
  readonly fs?: string;
}

/**
 * Job file and overrides → settings with their origins. Flags beat the environment (already merged into `overrides`),
 * which beats the job file, which beats defaults. Throws `usage` for an override that is not accepted.
 */
export function resolveSettings(
  job: ParsedJobFile,
  overrides: Overrides,
  { jobFile, cwd, cpuCount, hdfsHome = null, fs = 'file:' }: Surroundings,
): JobSettings {
  const { content } = job;
  const folder = dirname(jobFile);
  const choose = <T>(path: KeyPath, inFile: T | undefined, fallback: T): Setting<T> =>
    inFile === undefined
      ? { value: fallback, origin: { from: 'default' } }
      : { value: inFile, origin: { from: 'job file', line: job.positionOf(path).line } };
  const overridden = <T>(key: OverrideKey, read: (texts: readonly string[]) => T): Setting<T> | undefined => {
    const override = overrides[key];
    return override && { value: read(override.texts), origin: override.origin };
  };
  const overriddenBy = <T>(key: OverrideKey, accepted: string, parse: (text: string) => T | undefined) =>
    overridden(key, (texts): T => {
      const text = texts.at(-1) ?? '';
      const value = parse(text);
      if (value !== undefined) return value;
      const origin = overrides[key]?.origin;
      const name = origin === undefined || !('name' in origin) ? key : origin.name;
      throw new Failure('usage', { problem: `${name} is ${JSON.stringify(text)}; accepted: ${accepted}` });
    });
  const overriddenPath = (key: OverrideKey) =>
    overriddenBy(key, 'a path', (text) => resolve(cwd, text) || undefined);
  const placeOf = (text: string, base: string) =>
    outputPath(text, fs, (path) => (hdfsHome === null ? resolve(base, path) : posix.resolve(hdfsHome, path)));
  const outputFolder = placeOf(content.output.path, folder);
  const name = choose(['name'], content.name, defaultName(jobFile));
  const files = typeof content.input.files === 'string' ? [content.input.files] : content.input.files;
  const bytes = (size: string | number | undefined) => (typeof size === 'string' ? parseSize(size) : size);

  return {
    name,
    'input.files':
      overridden('input.files', (patterns) => ({ base: cwd, patterns })) ??
      choose(['input', 'files'], { base: folder, patterns: files }, { base: folder, patterns: [] }),
    'input.upload':
      hdfsHome === null
        ? { value: null, origin: { from: 'default' } }
        : choose<string | null>(
            ['input', 'upload'],
            content.input.upload === undefined ? undefined : hdfsPath(content.input.upload, hdfsHome),
            hdfsPath(name.value, hdfsHome),
          ),
    'csv.header': choose(
      ['csv', 'header'],
      content.csv?.header,
      MAPPER_DEFAULTS.header(content.csv?.columns),
    ),
    'csv.columns': choose<readonly string[] | null>(['csv', 'columns'], content.csv?.columns, null),
    'csv.delimiter': choose(['csv', 'delimiter'], content.csv?.delimiter, MAPPER_DEFAULTS.delimiter),
    'csv.quotedLineBreaks': choose(
      ['csv', 'quotedLineBreaks'],
      content.csv?.quotedLineBreaks,
      MAPPER_DEFAULTS.quotedLineBreaks,
    ),
    'csv.maxRecordBytes': choose(
      ['csv', 'maxRecordBytes'],
      bytes(content.csv?.maxRecordBytes),
      MAPPER_DEFAULTS.maxRecordBytes,
    ),
    'records.wrongFieldCount': choose(
      ['records', 'wrongFieldCount'],
      content.records?.wrongFieldCount,
      MAPPER_DEFAULTS.wrongFieldCount,
    ),
    'records.malformed': choose(
      ['records', 'malformed'],
      content.records?.malformed,
      MAPPER_DEFAULTS.malformed,
    ),
    'output.path':
      overriddenBy('output.path', 'a path', (text) => (text === '' ? undefined : placeOf(text, cwd))) ??
      choose(['output', 'path'], outputFolder, ''),
    'output.header': choose(['output', 'header'], content.output.header, MAPPER_DEFAULTS.outputHeader),
    'output.mode':
      overriddenBy('output.mode', OUTPUT_MODES.join(', '), (text) =>
        OUTPUT_MODES.find((mode) => mode === text),
      ) ?? choose(['output', 'mode'], content.output.mode, 'create'),
    'output.compression': choose(['output', 'compression'], content.output.compression, 'none'),
    'run.splitSize':
      overriddenBy('run.splitSize', SIZE_FORM, (text) => parseSize(text) || undefined) ??
      choose(['run', 'splitSize'], bytes(content.run?.splitSize), DEFAULT_SPLIT_BYTES),
    'run.parallel':
      overriddenBy('run.parallel', 'a whole number from 1', (text) =>
        /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined,
      ) ?? choose(['run', 'parallel'], content.run?.parallel, cpuCount),
    stateDir: overriddenPath('stateDir') ?? {
      value: join(folder, '.hadoop-elt'),
      origin: { from: 'default' },
    },
  };
}

/** A path as `hadoop fs` accepts it (relative to `home`, absolute, or `hdfs://…`) → an absolute path. */
export function hdfsPath(path: string, home: string): string {
  const absolute = path.replace(/^[a-z]+:\/\/[^/]*/, '') || '/';
  return posix.resolve(home, absolute);
}

const ADDRESS = /^([a-z][a-z0-9+.-]+):(?:\/\/([^/]*))?(\/.*)?$/i;

/**
 * The output as given → its absolute path. `toPath` resolves a path without scheme; `fs` is the engine's file system,
 * `hdfs://host:port`. Throws `usage` for a URI of another file system.
 */
function outputPath(text: string, fs: string, toPath: (path: string) => string): string {
  const [, scheme, authority = '', path = '/'] = ADDRESS.exec(text) ?? [];
  if (scheme === undefined) return toPath(text);
  const [, ownScheme, ownAuthority = ''] = ADDRESS.exec(fs) ?? [];
  if (scheme === ownScheme && (authority === '' || authority === ownAuthority)) return toPath(path);
  throw new Failure('usage', {
    problem: `The output ${JSON.stringify(text)} is not on this engine's file system, ${fs}`,
  });
}

/** `jobs/sales.elt.yaml` → `sales`. */
function defaultName(jobFile: string): string {
  const name = basename(jobFile)
    .replace(/(\.elt)?\.(ya?ml|json|[cm]?[jt]s)$/i, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'job' : name;
}
