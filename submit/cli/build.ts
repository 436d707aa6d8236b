import { dirname, resolve } from 'node:path';
import { MAPPER_DEFAULTS } from '../../mapper/contract.js';
import { formatSize } from '../config/sizes.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import {
  bundleMapper,
  isMapperBundle,
  MAPPER_HEAD_BYTES,
  type MapperBundle,
  withHeader,
} from '../job/bundle.js';
import { agreeOnHeader, mapperPlanOf } from '../job/plan.js';
import { count } from '../report/escape.js';
import { yearAt } from '../run/run-id.js';
import { readingOptionsOf } from '../run/steps/scan.js';
import type { FileSystem } from '../stores/file-system.js';
import { factsAt, makeFolders, readText, replaceFile } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import { type Arguments, defineCommand } from './define-command.js';
import { headersFrom, headersOfInputs } from './headers.js';
import { loadJob } from './job-options.js';
import { loadUserMapper } from './own-mapper.js';

export const buildCommand = defineCommand({
  name: 'build',
  positional: {
    name: 'job',
    describe: 'job file, or a TypeScript module that uses hadoop-elt/mapper',
    required: true,
  },
  describe:
    'Build one self-contained mapper file that runs by `node FILE < in > out`, in a pipe and as a Hadoop Streaming task',
  options: {
    o: {
      alias: 'out',
      type: 'text',
      value: 'FILE',
      group: 'Output',
      describe: 'File to write; missing folders are created',
    },
    'header-from': {
      type: 'text',
      value: 'FILE',
      group: 'Job',
      describe: 'Take the column names from this file',
      default: "the job's inputs, if they exist",
    },
    delimiter: {
      type: 'text',
      value: 'CHAR',
      group: 'Job',
      describe: 'Delimiter of the --header-from file of a module',
      default: MAPPER_DEFAULTS.delimiter,
    },
    json: { type: 'flag', group: 'Output', describe: 'What was built as JSON' },
  },
  examples: [
    ['hadoop-elt build sales.elt.yaml -o dist/sales.mjs', 'a mapper from a job file'],
    ['node dist/sales.mjs < in.csv > out.csv', 'and how it runs'],
    ['hadoop-elt build my-mapper.ts -o my-mapper.mjs', 'a mapper with functions of your own (needs esbuild)'],
  ],
  async run(context, args) {
    const { job: source, o: out } = args;
    if (out === undefined) {
      throw new Failure('usage', { problem: 'build needs -o FILE: the file to write', command: 'build' });
    }
    if (out === '-') {
      const problem = 'A mapper goes to a file, not to stdout: name one, such as -o mapper.mjs';
      throw new Failure('usage', { problem, command: 'build' });
    }
    const { bundle, names } = /\.[cm]?[jt]s$/.test(source)
      ? await buildModule(context, source, args)
      : await buildJob(context, source, args);
    const path = resolve(context.cwd, out);
    const { files } = context.machine;
    await refuseOtherFiles(files, path);
    await attempt('make the folder', dirname(path), () => makeFolders(files, dirname(path)));
    await replaceFile(files, path, Buffer.from(bundle.text));
    const header =
      names === null ? 'takes its header from the data' : `has ${count(names.length, 'column')} baked in`;
    const sizeBytes = Buffer.byteLength(bundle.text);
    context.stdout.write(
      args.json === true
        ? `${JSON.stringify({ path, sizeBytes, sha256: bundle.sha256, names })}\n`
        : `Built ${out} (${formatSize(sizeBytes)}), which ${header}\n`,
    );
    return EXIT.done;
  },
});

interface Built {
  readonly bundle: MapperBundle;
  readonly names: readonly string[] | null;
}

type HeaderArguments = Arguments & { readonly 'header-from': string | undefined };

async function buildJob(context: Context, jobFile: string, args: HeaderArguments): Promise<Built> {
  const { plan, makeBundle } = await loadJob(context, jobFile, args);
  const options = readingOptionsOf(plan.settings);
  const named = await headersFrom(context, args['header-from'], options);
  const header = agreeOnHeader(plan, named.length > 0 ? named : await headersOfInputs(context, plan));
  const quotedLineBreaks = plan.settings['csv.quotedLineBreaks'].value;
  return {
    bundle: makeBundle(
      mapperPlanOf(plan, {
        ...header,
        quotedLineBreaks,
        firstYear: yearAt(context.machine.clock.now()),
        mayHaveSeparator: true,
      }),
    ),
    names: header.names,
  };
}

async function buildModule(
  context: Context,
  path: string,
  args: HeaderArguments & { readonly delimiter: string | undefined },
): Promise<Built> {
  const [header = null] = await headersFrom(context, args['header-from'], {
    hasHeader: true,
    delimiter: args.delimiter ?? MAPPER_DEFAULTS.delimiter,
    quotedLineBreaks: MAPPER_DEFAULTS.quotedLineBreaks,
    maxRecordBytes: MAPPER_DEFAULTS.maxRecordBytes,
  });
  const { parsed } = await loadUserMapper(context, resolve(context.cwd, path));
  return {
    bundle: bundleMapper(parsed.source, withHeader(parsed.plan, header)),
    names: header?.names ?? null,
  };
}

/** Refuses to overwrite any file but a mapper, because -o may be mistyped. */
async function refuseOtherFiles(files: FileSystem, path: string): Promise<void> {
  const found = await attempt('look at', path, () => factsAt(files, path));
  if (found === undefined) return;
  const details = { scheme: 'file', operation: 'write the mapper to', path } as const;
  if (found.type === 'directory') throw new Failure('store', { ...details, problem: 'is-a-directory' });
  const head = (await attempt('read', path, () => readText(files, path, MAPPER_HEAD_BYTES))) ?? '';
  if (found.sizeBytes > 0 && !isMapperBundle(head)) {
    const cause = 'this file is not a mapper made by hadoop-elt; remove it first, or choose another name';
    throw new Failure('store', { ...details, problem: 'exists', cause });
  }
}
