import type { Machine } from '../../submit/context.js';

/** One operation of the machine, such as `files.rename` or `http.send`. */
export interface Operation {
  readonly name: string;
  readonly arguments: readonly unknown[];
}

/** Called before and after each operation. May throw instead of it. */
export interface Watcher {
  before?(operation: Operation): void;
  after?(operation: Operation): void;
}

/** A machine with a watcher that sees each operation and may make it fail. */
export function watchedMachine(machine: Machine, watcher: Watcher): Machine {
  return {
    files: watchedPort('files', machine.files, watcher),
    programs: watchedPort('programs', machine.programs, watcher),
    http: watchedPort('http', machine.http, watcher),
    // Reading the clock cannot fail.
    clock: machine.clock,
  };
}

/** Counts operations by name. */
export function countingWatcher(): { readonly watcher: Watcher; readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  return {
    counts,
    watcher: {
      before: ({ name }) => {
        counts.set(name, (counts.get(name) ?? 0) + 1);
      },
    },
  };
}

/** Methods that return an open file, whose methods are watched too. */
const OPENING: ReadonlySet<string> = new Set(['files.open', 'files.create', 'files.append']);

function watchedPort<Port extends object>(portName: string, port: Port, watcher: Watcher): Port {
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      const name = `${portName}.${String(key)}`;
      return (...args: unknown[]) =>
        perform({ name, arguments: args }, () => member.apply(target, args), watcher);
    },
  });
}

function perform(operation: Operation, action: () => unknown, watcher: Watcher): unknown {
  const watched = <T>(result: T): T => {
    watcher.after?.(operation);
    return result;
  };
  const isPromised = !operation.name.startsWith('programs.');
  if (!isPromised) {
    watcher.before?.(operation);
    return watched(action());
  }
  return (async () => {
    watcher.before?.(operation);
    const result = watched(await action());
    const isFile = OPENING.has(operation.name) && typeof result === 'object' && result !== null;
    return isFile ? watchedPort('file', result, watcher) : result;
  })();
}
