import type { MapperPlan } from '../mapper/contract.js';
import { runPlan } from '../mapper/process/run.js';

/** Defined at the start of each built mapper. */
declare const HADOOP_ELT_PLAN: MapperPlan;

runPlan(HADOOP_ELT_PLAN);
