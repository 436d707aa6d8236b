import { type KeyPlan, runKeyProgram } from '../submit/engines/keys/key-program.js';

/** Defined at the start of each file that a job for duplicate keys is given. */
declare const HADOOP_ELT_KEYS: KeyPlan;

const { argv, env, stdin, stdout } = process;
runKeyProgram(HADOOP_ELT_KEYS, { argv: argv.slice(2), env, stdin, stdout }).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
