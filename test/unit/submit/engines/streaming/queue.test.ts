import { describe, expect, it } from 'vitest';
import { checkQueue, judgeQueue, parseQueues } from '../../../../../submit/engines/streaming/queue.js';
import { createHttp } from '../../../../../submit/hadoop/http.js';
import {
  CAPACITY_SCHEDULER,
  FAIR_SCHEDULER,
  resourceManagerAnswers,
  useFakeServices,
} from '../../../../support/fake-services.js';

const serve = useFakeServices();

const http = createHttp();

describe('a queue of the capacity scheduler', () => {
  const judge = (name: string) => judgeQueue(parseQueues(CAPACITY_SCHEDULER), name);

  it.each([
    ['default', 'root.default'],
    ['nightly', 'root.etl.nightly'],
    ['etl.nightly', 'root.etl.nightly'],
    ['root.etl.nightly', 'root.etl.nightly'],
  ])('is found by the name %s', (name, path) => {
    expect(judge(name)).toEqual({ kind: 'ok', path });
  });

  it('that is not there is unknown, with the nearest name', () => {
    expect(judge('nigthly')).toEqual({
      kind: 'unknown',
      leaves: ['root.default', 'root.etl.nightly', 'root.etl.old'],
      nearest: 'root.etl.nightly',
    });
  });

  it('that holds queues takes no jobs', () => {
    expect(judge('etl').kind).toBe('unknown');
    expect(judge('root').kind).toBe('unknown');
  });

  it('that is stopped takes no jobs', () => {
    expect(judge('old')).toEqual({ kind: 'stopped', path: 'root.etl.old', state: 'STOPPED' });
  });

  it('that YARN would make for the job is left to YARN', () => {
    expect(judge('root.users.alice').kind).toBe('uncertain');
  });
});

describe('a queue of the fair scheduler', () => {
  const unset = resourceManagerAnswers({ '/ws/v1/cluster/scheduler': FAIR_SCHEDULER });
  const declared = {
    ...unset,
    '/conf': { property: { key: 'yarn.scheduler.fair.allow-undeclared-pools', value: 'false' } },
  };

  it('is found by its path, with or without root', async () => {
    const address = await serve(declared);
    for (const name of ['etl.nightly', 'root.etl.nightly']) {
      expect(await checkQueue(address, 'etl', name, http)).toEqual({ kind: 'ok', path: 'root.etl.nightly' });
    }
  });

  it('is made for a job unless the configuration forbids it', async () => {
    expect((await checkQueue(await serve(unset), 'etl', 'new', http)).kind).toBe('uncertain');
    await expect(checkQueue(await serve(declared), 'etl', 'etl.nightl', http)).rejects.toMatchObject({
      code: 'hadoop-not-ready',
      details: { cause: 'queue-unknown', nearest: 'root.etl.nightly' },
    });
  });
});

describe('a queue', () => {
  it('of another scheduler, or one that is not told, is left to YARN', async () => {
    const fifo = { scheduler: { schedulerInfo: { type: 'fifoScheduler', capacity: 1 } } };
    const address = await serve(resourceManagerAnswers({ '/ws/v1/cluster/scheduler': fifo }));
    expect((await checkQueue(address, null, 'any', http)).kind).toBe('uncertain');
    const closed = await serve(resourceManagerAnswers({ '/ws/v1/cluster/scheduler': 403 }));
    expect((await checkQueue(closed, null, 'any', http)).kind).toBe('uncertain');
  });
});
