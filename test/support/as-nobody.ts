/** User and group "nobody" on Linux. */
const NOBODY = 65534;

/** Does something as the user nobody, in a process of root's. Vitest's worker processes allow that, its threads do not. */
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
