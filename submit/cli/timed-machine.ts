import { basename } from 'node:path';
import type { Machine } from '../context.js';
import type { OpenFile } from '../stores/file-system.js';

/** How often something was done, and how long that took in all; what is done at once counts for each. */
export interface OperationTime {
  readonly what: string;
  readonly times: number;
  readonly durationMs: number;
}

/** What a machine did. */
export interface OperationTimes {
  /** What has ended since the last call, longest first. */
  take(): readonly OperationTime[];
}

/** A machine that takes the time of all that goes by it: requests to servers, programs, and operations on files. */
export function timedMachine(machine: Machine): {
  readonly machine: Machine;
  readonly operations: OperationTimes;
} {
  const { clock, files, http, programs } = machine;
  let ended = new Map<string, { times: number; durationMs: number }>();
  const start = (what: string) => {
    const startedMs = clock.monotonicMs();
    return () => {
      const sum = ended.get(what) ?? { times: 0, durationMs: 0 };
      ended.set(what, {
        times: sum.times + 1,
        durationMs: sum.durationMs + clock.monotonicMs() - startedMs,
      });
    };
  };
  const timed = async <T>(what: string, action: () => Promise<T>): Promise<T> => {
    const end = start(what);
    try {
      return await action();
    } finally {
      end();
    }
  };
  const timedFile = (file: OpenFile): OpenFile => ({
    fd: file.fd,
    read: (buffer, length, position) => timed('read files', () => file.read(buffer, length, position)),
    write: (bytes) => timed('write files', () => file.write(bytes)),
    sync: () => timed('sync files', () => file.sync()),
    sizeBytes: () => timed(NAMES, () => file.sizeBytes()),
    close: () => timed(NAMES, () => file.close()),
  });
  const opened = async (opening: Promise<OpenFile>) => timedFile(await opening);
  return {
    machine: {
      ...machine,
      files: {
        open: (path) => timed(NAMES, () => opened(files.open(path))),
        readSmall: (path, maxBytes) => timed('read files', () => files.readSmall(path, maxBytes)),
        readEach: (small, take) => timed('read files', () => files.readEach(small, take)),
        create: (path, mode) => timed(NAMES, () => opened(files.create(path, mode))),
        append: (path, mode) => timed(NAMES, () => opened(files.append(path, mode))),
        mkdir: (path, mode) => timed(NAMES, () => files.mkdir(path, mode)),
        rename: (from, to) => timed(NAMES, () => files.rename(from, to)),
        link: (existing, path) => timed(NAMES, () => files.link(existing, path)),
        unlink: (path) => timed(NAMES, () => files.unlink(path)),
        rmdir: (path) => timed(NAMES, () => files.rmdir(path)),
        readdir: (path) => timed(NAMES, () => files.readdir(path)),
        stat: (path) => timed(NAMES, () => files.stat(path)),
        statAll: (paths) => timed(NAMES, () => files.statAll(paths)),
        linksIn: (path) => timed(NAMES, () => files.linksIn(path)),
        lstat: (path) => timed(NAMES, () => files.lstat(path)),
        realpath: (path) => timed(NAMES, () => files.realpath(path)),
      },
      http: { send: (request) => timed(nameOfRequest(request), () => http.send(request)) },
      programs: {
        start(words, options) {
          const end = start(nameOfProgram(words));
          const program = programs.start(words, options);
          void program.ended.then(end);
          return program;
        },
      },
    },
    operations: {
      take() {
        const all = [...ended].map(([what, sum]) => ({ what, ...sum }));
        ended = new Map();
        return all.sort((a, b) => b.durationMs - a.durationMs);
      },
    },
  };
}

/** Opening, closing, renaming, looking: what is not the content of files. */
const NAMES = 'names of files';

/** `PUT …/webhdfs/v1/in/a.csv?op=CREATE` → `CREATE`; others by host and the first folders: `rm:8088/ws/v1/cluster`. */
function nameOfRequest({ url }: { readonly url: string | URL }): string {
  const { host, pathname, searchParams } = new URL(url);
  return searchParams.get('op')?.toUpperCase() ?? `${host}${pathname.split('/').slice(0, 4).join('/')}`;
}

/** A program by its name and that of what it runs: `hadoop jar`, `node sales.mjs`. */
function nameOfProgram([program = '', ...args]: readonly string[]): string {
  const first = args.find((word) => !word.startsWith('-')) ?? '';
  return `${basename(program)} ${basename(first)}`.trim();
}
