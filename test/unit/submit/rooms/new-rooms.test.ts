import { describe, expect, it } from 'vitest';
import { CONNECTIONS, type Connections, openPorts } from '../../../../submit/cli/connections.js';
import { bundleMapper, type MakeBundle } from '../../../../submit/job/bundle.js';
import { parseJobFile } from '../../../../submit/job/job-file.js';
import { planJob } from '../../../../submit/job/plan.js';
import type { RunEvent } from '../../../../submit/run/events.js';
import { runJob } from '../../../../submit/run/run.js';
import { builtSources } from '../../../support/in-process.js';
import { contextOf } from '../../../support/program-context.js';
import { useWorkFolder } from '../../../support/work-folder.js';
import { createOneByOneEngine } from './in-process-engine.js';
import { createListSink, type Published } from './list-sink.js';
import { createMemoryStore } from './memory-store.js';
import { createWordsSource } from './words-source.js';

describe('a source, an engine and a sink that exist only in a test', () => {
  const work = useWorkFolder();

  it('runs a job by them with no change to the run: one file each, and one line in its list', async () => {
    const store = createMemoryStore();
    const list: Published[] = [];
    const connections: Connections = {
      engines: [
        ...CONNECTIONS.engines,
        {
          name: 'one-by-one',
          open: async () => createOneByOneEngine(store, work().path),
          protects: () => [],
        },
      ],
      sources: [{ open: () => createWordsSource() }, ...CONNECTIONS.sources],
      sinks: [{ takes: () => true, open: () => createListSink(store, list) }, ...CONNECTIONS.sinks],
    };
    const job = parseJobFile(
      'words.yaml',
      'input: { files: ["words:oslo rome", "words:bonn"] }\ncolumns: { Word: upper }\noutput: { path: out }\n',
    );
    const plan = planJob(job, {}, { jobFile: work().at('words.yaml'), cwd: work().path, cpuCount: 1 });
    const events: RunEvent[] = [];
    const heardByOthers: RunEvent[] = [];
    const silent = { isTerminal: false, columns: 80, write: () => undefined, settled: async () => null };
    const context = {
      ...contextOf([], { cwd: work().path }, await builtSources()),
      stdout: silent,
      stderr: silent,
    };
    const ports = await openPorts(connections, 'one-by-one', { context, plan, cluster: null }, [
      (event) => events.push(event),
      (event) => heardByOthers.push(event),
    ]);
    const { mapper, version, signal } = context;
    const makeBundle: MakeBundle = (mapperPlan) => bundleMapper(mapper.bundleSource, mapperPlan);
    const outcome = await runJob(plan, ports, { makeBundle, version, signal });

    expect(outcome).toEqual({ state: 'published', left: [] });
    expect(list.map(({ text }) => text)).toEqual(['Word\nOSLO\nROME\nWord\nBONN\n']);
    expect(list[0]?.manifest.inputs.map(({ path }) => path)).toEqual(['words:oslo rome', 'words:bonn']);
    expect(events.map(({ event }) => event)).toContain('run-published');
    expect(heardByOthers).toEqual(events);
    for (const { time, runId } of events) {
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(runId).toBe(list[0]?.manifest.runId);
    }
    // Nothing but what was published is left.
    expect([...store.files.keys()].filter((path) => path.startsWith('/staging'))).toEqual([]);
  });
});
