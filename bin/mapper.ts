import type { MapperPlan } from '../mapper/contract.js';
import { runPlan } from '../mapper/process/run.js';

/** The build prefixes this bundle with its plan. */
declare const HADOOP_ELT_PLAN: MapperPlan;

runPlan(HADOOP_ELT_PLAN);
