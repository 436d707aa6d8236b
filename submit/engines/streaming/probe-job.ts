import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../context.js';
import type { Finding } from '../../doctor/check.js';
import { Failure } from '../../errors.js';
import { bundleMapper } from '../../job/bundle.js';
import type { Engine } from '../engine.js';

const PROBE = 'probe\n1\n';

/**
 * Runs a job of one task that copies two lines: all that a run stands on, Node on a nodemanager included. Everything
 * that it made in HDFS is removed, its log stays where a failure names it.
 */
export async function runProbeJob(
  engine: Engine,
  context: Pick<Context, 'mapper' | 'signal'>,
  onTracking: (url: string) => void,
): Promise<Finding> {
  const { store, keepFolder = '' } = engine;
  const runId = `doctor-${randomBytes(4).toString('hex')}`;
  const folder = `${keepFolder}/${runId}`;
  const logFolder = await mkdtemp(join(tmpdir(), 'hadoop-elt-doctor-'));
  const bundle = bundleMapper(context.mapper.bundleSource, {
    job: 'doctor',
    csv: { delimiter: ',', header: false, names: null, quotedLineBreaks: 'yes', maxRecordBytes: 1024 },
    columns: [],
    records: { wrongFieldCount: 'pass', malformed: 'pass' },
    output: { header: 'keep' },
  });
  try {
    await store.makeDirectory(folder);
    await store.write(`${folder}/probe.csv`, [Buffer.from(PROBE)]);
    await store.write(`${folder}/mapper.mjs`, [Buffer.from(bundle.text)]);
    const { counts } = await engine.run({
      runId,
      jobName: 'hadoop-elt doctor',
      inputs: [
        {
          path: `${folder}/probe.csv`,
          sizeBytes: Buffer.byteLength(PROBE),
          splittable: false,
          startsWithBom: false,
        },
      ],
      mapperPath: `${folder}/mapper.mjs`,
      emit: 'records',
      outputPath: `${folder}/output`,
      compression: 'none',
      splitSize: 1,
      splitSizeIsChosen: false,
      parallel: 1,
      logFolder,
      signal: context.signal,
      onProgress: () => undefined,
      onStarted: ({ trackingUrl }) => onTracking(trackingUrl),
    });
    if (counts.linesWritten !== 2) {
      const mismatch = {
        left: 'lines sent',
        leftCount: 2,
        right: 'lines written',
        rightCount: counts.linesWritten,
      };
      throw new Failure('verification-failed', { mismatches: [mismatch], logs: logFolder });
    }
    await rm(logFolder, { recursive: true, force: true });
    return { status: 'ok', what: 'a job of one task ran; Node works where it ran' };
  } finally {
    await store.remove(folder).catch(() => false);
  }
}
