import { setTimeout as sleep } from 'node:timers/promises';
import { log } from './log.mjs';

const POLL_MS = 40;

/** Logs a job's progress until it ends; returns whether it succeeded (Job.monitorAndPrintJob, 3.3.5). */
export async function monitorJob({ rpc, applicationId, jobId }) {
  const tell = (message) => log('INFO', 'mapreduce.Job', message);
  let hasStarted = false;
  let percent = '';
  let told = 0;
  for (;;) {
    const report = await rpc.report(applicationId);
    if (report.mustDie) process.kill(process.pid, 'SIGKILL');
    const hasEnded = ['SUCCEEDED', 'FAILED', 'KILLED'].includes(report.jobState);
    if (report.jobState !== 'PREP') {
      if (!hasStarted) tell(`Job ${jobId} running in uber mode : false`);
      hasStarted = true;
      const [maps, reduces] = [report.mapProgress, report.reduceProgress].map((part) =>
        Math.floor(part * 100),
      );
      const now = ` map ${maps}% reduce ${reduces}%`;
      if (now !== percent) tell(now);
      percent = now;
      for (const { id, diagnostics } of report.failedAttempts.slice(told)) {
        tell(`Task Id : ${id}, Status : FAILED\n${diagnostics}`);
      }
      told = report.failedAttempts.length;
    }
    if (hasEnded) return tellEnd(report, jobId, tell);
    await sleep(POLL_MS);
  }
}

function tellEnd({ jobState, failureInfo, counters }, jobId, tell) {
  const succeeded = jobState === 'SUCCEEDED';
  tell(
    succeeded
      ? `Job ${jobId} completed successfully`
      : `Job ${jobId} failed with state ${jobState} due to: ${failureInfo}`,
  );
  tell(counters.join('\n'));
  return succeeded;
}
