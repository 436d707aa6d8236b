import type { ProgramOptions, Programs } from '../../../../submit/engines/programs.js';
import type { FileSystem, OpenFile } from '../../../../submit/stores/file-system.js';

/** One operation on this machine, as a test names it: `create /x/part-00000`, `write /x/hadoop.log`. */
export type Operation = `${keyof FileSystem | keyof OpenFile} ${string}`;

/** A file system that notes each operation, and fails those for which `codeFor` gives an error code. */
export function failingFiles(
  files: FileSystem,
  codeFor: (operation: Operation) => string | undefined = () => undefined,
): FileSystem & { readonly operations: Operation[] } {
  const operations: Operation[] = [];
  const attempt = async <T>(operation: Operation, action: () => Promise<T>): Promise<T> => {
    operations.push(operation);
    const code = codeFor(operation);
    if (code === undefined) return action();
    const [syscall = ''] = operation.split(' ', 1);
    throw Object.assign(new Error(`${code}: made to fail, ${operation}`), { code, syscall });
  };
  const opened = async (path: string, file: Promise<OpenFile>): Promise<OpenFile> => {
    const { fd, ...rest } = await file;
    return {
      fd,
      read: (...args) => attempt(`read ${path}`, () => rest.read(...args)),
      write: (bytes) => attempt(`write ${path}`, () => rest.write(bytes)),
      sync: () => attempt(`sync ${path}`, () => rest.sync()),
      sizeBytes: () => attempt(`sizeBytes ${path}`, () => rest.sizeBytes()),
      async close() {
        await rest.close();
        await attempt(`close ${path}`, async () => undefined);
      },
    };
  };
  return {
    operations,
    open: (path) => attempt(`open ${path}`, () => opened(path, files.open(path))),
    readSmall: (path, maxBytes) => attempt(`readSmall ${path}`, () => files.readSmall(path, maxBytes)),
    readEach: (small, take) => attempt(`readEach ${small[0]?.path ?? ''}`, () => files.readEach(small, take)),
    create: (path, mode) => attempt(`create ${path}`, () => opened(path, files.create(path, mode))),
    append: (path, mode) => attempt(`append ${path}`, () => opened(path, files.append(path, mode))),
    mkdir: (path, mode) => attempt(`mkdir ${path}`, () => files.mkdir(path, mode)),
    rename: (from, to) => attempt(`rename ${from}`, () => files.rename(from, to)),
    link: (from, to) => attempt(`link ${from}`, () => files.link(from, to)),
    unlink: (path) => attempt(`unlink ${path}`, () => files.unlink(path)),
    rmdir: (path) => attempt(`rmdir ${path}`, () => files.rmdir(path)),
    readdir: (path) => attempt(`readdir ${path}`, () => files.readdir(path)),
    stat: (path) => attempt(`stat ${path}`, () => files.stat(path)),
    statAll: (paths) => attempt(`statAll ${paths[0] ?? ''}`, () => files.statAll(paths)),
    linksIn: (path) => attempt(`linksIn ${path}`, () => files.linksIn(path)),
    lstat: (path) => attempt(`lstat ${path}`, () => files.lstat(path)),
    realpath: (path) => attempt(`realpath ${path}`, () => files.realpath(path)),
  };
}

/** Programs that note what was started. */
export function countedPrograms(programs: Programs): Programs & {
  readonly started: { readonly words: readonly string[]; readonly options: ProgramOptions }[];
} {
  const started: { words: readonly string[]; options: ProgramOptions }[] = [];
  return {
    started,
    start(words, options) {
      started.push({ words, options });
      return programs.start(words, options);
    },
  };
}

/** A program that never comes to run. */
export function programsThatCannotStart(startError: string): Programs {
  return {
    start: () => ({
      stdin: null,
      stdout: null,
      stderr: null,
      ended: Promise.resolve({ exitCode: null, signal: null, startError }),
      stop: () => undefined,
    }),
  };
}
