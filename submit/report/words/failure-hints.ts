import { MAPPER_EXIT } from '../../../mapper/contract.js';
import type { FailureFacts } from '../../errors.js';
import { causeText } from './cause-text.js';

const FUNCTION_THREW = 'Mend the function or the record; try it alone: hadoop-elt map JOB < FILE';

/** What to do about a failure, where the failure itself says no more about it than its code. */
export function hintOf({ code, details }: FailureFacts): string | undefined {
  switch (code) {
    case 'no-input':
      return 'Paths in a job file are relative to the job file, those of --input to the working folder';
    case 'headers-differ':
      return 'All inputs of a job must have the same columns; give the odd ones a job of their own';
    case 'malformed-record':
      return 'Mend the line, or set records.malformed to reject or pass';
    case 'output-refused':
      return 'Choose a folder of its own for the output, with output.path or --output';
    case 'output-foreign':
      return 'Choose another path with --output, or move the folder away first: nothing in it is read or removed';
    case 'output-exists':
      return details.mode === 'create'
        ? 'Choose another path with --output, or set output.mode to replace or append'
        : 'Another run has put it there meanwhile; run again';
    case 'input-changed':
      return 'Give it a new name if its records are new, or publish everything anew with --mode replace';
    case 'esbuild-missing':
      return 'Install it beside your module: npm install --save-dev esbuild';
    case 'locked':
      return 'Wait for it to end';
    case 'job-failed':
      return details.exitCode === MAPPER_EXIT.userFunction ? FUNCTION_THREW : undefined;
    case 'hadoop-job-failed':
      return details.cause === 'mapper-failed' && details.exitCode === MAPPER_EXIT.userFunction
        ? FUNCTION_THREW
        : causeText(details.cause).hint;
    case 'hadoop-not-ready':
      return causeText(details.cause).hint;
    case 'hadoop-not-found':
      return {
        cluster: 'Give a cluster file with --cluster FILE, or set HADOOP_CONF_DIR on an edge node',
        command: 'Set "hadoop" in the cluster file, or put the command on the PATH',
        'streaming-jar': 'Set streamingJar in the cluster file, or --streaming-jar',
        user: 'Set user in the cluster file, or --user',
      }[details.what];
    case 'usage':
      return details.command === undefined
        ? 'See hadoop-elt --help'
        : `See hadoop-elt ${details.command} --help`;
    default:
      return undefined;
  }
}
