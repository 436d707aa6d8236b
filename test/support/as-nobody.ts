/** User and group "nobody" on Linux. */
const NOBODY = 65534;

/** Runs an action as the user nobody in a process of root. Works in Vitest's worker processes, but not in threads. */
export async function asNobody<T>(action: () => Promise<T>): Promise<T> {
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
