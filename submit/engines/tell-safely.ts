import type { TellJob } from './engine.js';

/** Tells, and goes on whatever the listener does: no job may be lost for what somebody wanted to say of it. */
export function tellSafely(tell: TellJob): TellJob {
  return (news) => {
    try {
      tell(news);
    } catch {
      // The job's result counts; whoever listens answers for their own errors.
    }
  };
}
