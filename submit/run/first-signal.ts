/** A signal that is aborted by the first of some others. `AbortSignal.any` may be collected too early (Node 20). */
export function firstSignal(...signals: readonly AbortSignal[]): AbortSignal {
  const first = new AbortController();
  for (const signal of signals) {
    const pass = () => first.abort(signal.reason);
    if (signal.aborted) pass();
    else signal.addEventListener('abort', pass, { once: true });
  }
  return first.signal;
}
