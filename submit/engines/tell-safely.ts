import type { TellJob } from './engine.js';

/** Wraps a listener so that its errors cannot fail the job. */
export function tellSafely(tell: TellJob): TellJob {
  return (news) => {
    try {
      tell(news);
    } catch {
      // A listener handles its own errors.
    }
  };
}
