import { MAPPER_EXIT } from '../../../mapper/contract.js';
import type { FailureFacts } from '../../errors.js';
import { causeText } from './cause-text.js';

const FUNCTION_THREW = 'Correct the function or the record; to try it alone: hadoop-elt map JOB < FILE';

/** The hint for a failure that has none of its own. */
export function hintOf({ code, details }: FailureFacts): string | undefined {
  switch (code) {
    case 'no-input':
      return 'Paths in a job file are relative to the job file, those of --input to the working folder';
    case 'headers-differ':
      return 'All inputs of a job must have the same columns; give inputs with other columns a job of their own';
    case 'malformed-record':
      return 'Fix the line, or set records.malformed to reject or pass';
    case 'output-refused':
      return 'Choose a separate folder for the output with output.path or --output';
    case 'output-foreign':
      return 'Choose another path with --output, or move the folder away first';
    case 'output-exists':
      if (details.mode === 'append') return 'It is not made of batches: choose another path with --output';
      return details.mode === 'create'
        ? 'It was not made from these inputs by this job: choose another path with --output, or set output.mode to replace'
        : 'Another run published there in the meantime; run again';
    case 'input-changed':
      return 'Rename it if its records are new, or publish everything again with --mode replace';
    case 'check-failed':
      return details.findings.some(({ check }) => check === 'volume')
        ? 'Correct the data and run again; if they are right, change checks in the job file (volume: level: warn publishes and warns)'
        : 'Correct the data and run again; if they are right, change checks in the job file';
    case 'esbuild-missing':
      return 'Install it beside your module: npm install --save-dev esbuild';
    case 'locked':
      return 'Wait for that run to end';
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
        command: 'Set hadoop in the cluster file, or put the command on the PATH',
        'streaming-jar': 'Set streamingJar in the cluster file, or --streaming-jar',
        user: 'Set user in the cluster file, --user or HADOOP_USER_NAME',
      }[details.what];
    case 'usage':
      return details.command === undefined
        ? 'See hadoop-elt --help'
        : `See hadoop-elt ${details.command} --help`;
    default:
      return undefined;
  }
}
