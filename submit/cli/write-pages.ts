import type { Context } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { formatReportProblem } from '../report/scheduled-text.js';
import { makeFolders } from '../stores/file-tree.js';
import { attempt } from '../stores/system-failure.js';
import type { LoadedJob } from './job-options.js';
import { writeReports } from './make-report.js';
import { failureOf } from './system-failure.js';

/** Makes the pages of a start where the job wants them. What can't be written is told by `warn`, and changes no exit code. */
export async function writePages(
  context: Context,
  settings: LoadedJob['plan']['settings'],
  ended: {
    readonly job: string;
    readonly stateDir: string;
    readonly runId: string | null;
    readonly exitCode: number;
  },
  warn: (text: string) => void,
): Promise<void> {
  const folder = settings['scheduled.report'].value;
  if (folder === null || ended.exitCode === EXIT.locked) return;
  try {
    await attempt('make the folder', folder, () => makeFolders(context.machine.files, folder));
    await writeReports(context, folder, ended);
  } catch (error) {
    warn(formatReportProblem(folder, failureOf(error)));
  }
}
