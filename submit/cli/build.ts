import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatSize } from '../config/sizes.js';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { bundleMapper, isMapperBundle, type MapperBundle } from '../job/bundle.js';
import { agreeOnNames, mapperPlanOf } from '../job/plan.js';
import { count } from '../report/escape.js';
import { expandInputs } from '../sources/expand-inputs.js';
import { readHeaders } from '../sources/read-headers.js';
import { localFailure, localStore, replaceFile } from '../stores/local/local-store.js';
import { bundleModule } from './bundle-module.js';
import { defineCommand } from './define-command.js';
import { loadPlan } from './job-options.js';
import { type HeaderArguments, headersFrom } from './map.js';

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
      group: 'Output',
      describe: 'File to write; its folder is made where it must be',
    },
    'header-from': {
      type: 'text',
      group: 'Job',
      describe: 'Take the column names from this file',
      default: "the job's inputs, where they are there",
    },
    delimiter: {
      type: 'text',
      group: 'Job',
      describe: 'Delimiter of the --header-from file of a module',
      default: ',',
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
    const { bundle, names } = /\.[cm]?[jt]s$/.test(source)
      ? await buildModule(context, source, args)
      : await buildJob(context, source, args);
    const path = resolve(context.cwd, out);
    await refuseOtherFiles(path);
    await localStore.makeDirectory(dirname(path));
    await replaceFile(path, Buffer.from(bundle.text));
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

async function buildJob(context: Context, jobFile: string, args: HeaderArguments): Promise<Built> {
  const plan = await loadPlan(context, jobFile, args);
  const named = await headersFrom(context, args, plan.settings);
  const { files } = await expandInputs(plan.settings['input.files'].value);
  const names = agreeOnNames(plan, named.length > 0 ? named : await readHeaders(files, plan.settings));
  const quotedLineBreaks = plan.settings['csv.quotedLineBreaks'].value;
  return {
    bundle: bundleMapper(context.mapper.bundleSource, mapperPlanOf(plan, { names, quotedLineBreaks })),
    names,
  };
}

async function buildModule(
  context: Context,
  path: string,
  args: HeaderArguments & { readonly delimiter: string | undefined },
): Promise<Built> {
  const setting = <T>(value: T) => ({ value, origin: { from: 'default' } }) as const;
  const [header] = await headersFrom(context, args, {
    'csv.header': setting(true),
    'csv.delimiter': setting(args.delimiter ?? ','),
    'csv.quotedLineBreaks': setting('auto'),
    'csv.maxRecordBytes': setting(64 * 1024 ** 2),
  });
  const names = header?.names ?? null;
  const source = await bundleModule(context, resolve(context.cwd, path));
  return { bundle: bundleMapper(source, { names }), names };
}

/** A mistyped -o must not cost anybody a file: only mappers are written over. */
async function refuseOtherFiles(path: string): Promise<void> {
  const found = await localStore.stat(path);
  if (found === undefined) return;
  const details = { operation: 'write the mapper to', path } as const;
  if (found.type === 'directory')
    throw new Failure('store', { scheme: 'file', ...details, problem: 'is-a-directory' });
  const head = Buffer.alloc(256);
  try {
    const file = await open(path, 'r');
    await file.read(head, 0, head.length, 0).finally(() => file.close());
  } catch (error) {
    throw localFailure('read', path, error);
  }
  if (found.sizeBytes > 0 && !isMapperBundle(head.toString('utf8'))) {
    const cause =
      'a file is there that is not a mapper made by hadoop-elt; remove it first, or choose another name';
    throw new Failure('store', { scheme: 'file', ...details, problem: 'exists', cause });
  }
}
