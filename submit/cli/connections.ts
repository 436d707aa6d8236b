import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Context, Machine } from '../context.js';
import type { Engine } from '../engines/engine.js';
import { createLocalEngine } from '../engines/local/local-engine.js';
import { nodePrograms } from '../engines/node-programs.js';
import type { ClusterSettings } from '../hadoop/cluster/cluster-settings.js';
import type { Http } from '../hadoop/http.js';
import { plannedLoadOf, tableColumnsOf } from '../job/load-table.js';
import type { JobPlan } from '../job/plan.js';
import { systemClock } from '../process.js';
import type { RunEvent } from '../run/events.js';
import type { Journals, Lock, Ports } from '../run/ports.js';
import { createFolderSink } from '../sinks/folder/folder-sink.js';
import type { Loader, ProtectedPlace, Sink } from '../sinks/sink.js';
import { createFilesSource } from '../sources/files-source.js';
import { firstLinesOf, openPart } from '../sources/first-lines.js';
import { createHdfsSource } from '../sources/hdfs-source.js';
import { createHttpSource } from '../sources/http/http-source.js';
import { createKeptCopies } from '../sources/http/kept-copies.js';
import { inspectorOf } from '../sources/inspect/inspector.js';
import { type LocalInspector, openLocalInspector } from '../sources/inspect/local-inspector.js';
import { joinSources } from '../sources/join-sources.js';
import type { PartReader, Source } from '../sources/source.js';
import { createJournals } from '../state/journal.js';
import { createLease } from '../state/lease.js';
import { leaseSecondsOf } from '../state/lease-length.js';
import { lockByOldVersions } from '../state/old-lock.js';
import { pause } from '../state/pause.js';
import { readText } from '../stores/file-tree.js';
import { createLocalStore } from '../stores/local/local-store.js';
import { nodeFileSystem } from '../stores/local/node-file-system.js';
import { isRenaming, type RenamingStore, type Store } from '../stores/store.js';
import { fetchOptionsOf } from './fetch-options.js';
import { readSecrets } from './read-secrets.js';

let http: Promise<Http> | undefined;

/** Node's HTTP, loaded for the first request: a run on this machine sends none. */
const laterHttp: Http = {
  async send(request) {
    http ??= import('../hadoop/http.js').then(({ createHttp }) => createHttp());
    return (await http).send(request);
  },
};

/** The real machine; tests replace it. */
export const realMachine: Machine = {
  files: nodeFileSystem,
  programs: nodePrograms,
  http: laterHttp,
  clock: systemClock,
};

/** The engine that each command uses. */
export const ENGINE_OF = { plan: 'local', run: 'local', submit: 'hadoop' } as const;

/** What engines, sources and sinks are made from. `cluster` is null on the local engine. */
export interface Settings {
  readonly context: Context;
  readonly plan: JobPlan;
  readonly cluster: ClusterSettings | null;
}

/** How to open one engine. */
export interface EngineConnection {
  readonly name: string;
  open(settings: Settings): Promise<Engine>;
  /** Places that no output of this engine may harm. */
  protects(settings: Settings): readonly ProtectedPlace[] | Promise<readonly ProtectedPlace[]>;
}

/** How to open one source. */
export interface SourceConnection {
  open(settings: Settings, engine: Engine, inspector: LocalInspector): Source;
}

/** How to open one sink. */
export interface SinkConnection {
  /** True when this sink can publish the job's output. The first sink to say so gets it. */
  takes(plan: JobPlan): boolean;
  open(settings: Settings, engine: Engine): Sink | Promise<Sink>;
}

/** All engines, sources and sinks. Register a new one here. Those that few jobs need are loaded when they are opened. */
export interface Connections {
  readonly engines: readonly EngineConnection[];
  readonly sources: readonly SourceConnection[];
  readonly sinks: readonly SinkConnection[];
}

export const CONNECTIONS: Connections = {
  engines: [
    {
      name: 'local',
      async open({ context: { machine, nodePath }, plan }) {
        return createLocalEngine({
          nodePath,
          files: machine.files,
          programs: machine.programs,
          store: createLocalStore(machine.files),
          sharedFolder: plan.settings.stateDir.value,
        });
      },
      protects: ({ context: { cwd, env }, plan: { jobFile, settings, ownMapper } }) => [
        { path: '/', what: 'the root folder', isWhole: false },
        ...(env.HOME ? [{ path: resolve(env.HOME), what: 'your home folder', isWhole: false }] : []),
        { path: cwd, what: 'the working folder', isWhole: false },
        { path: jobFile, what: 'the job file', isWhole: false },
        ...(ownMapper === null ? [] : [{ path: ownMapper.path, what: 'the mapper', isWhole: false }]),
        { path: settings.stateDir.value, what: 'the state folder', isWhole: true },
      ],
    },
    {
      name: 'hadoop',
      async open({ context, cluster, plan }) {
        if (cluster === null) throw new Error('The Hadoop engine needs the settings of a cluster');
        const [{ createStreamingEngine }, { rememberCommands }, { openCluster }] = await Promise.all([
          import('../engines/streaming/streaming-engine.js'),
          import('../engines/streaming/known-command.js'),
          import('./open-cluster.js'),
        ]);
        const { files, clock } = context.machine;
        const { HADOOP_HOME, HADOOP_CONF_DIR, YARN_CONF_DIR, PATH } = context.env;
        const known = rememberCommands(files, join(plan.settings.stateDir.value, 'commands'), clock.now, [
          ...(cluster.webhdfs.value ?? []),
          ...[HADOOP_HOME, HADOOP_CONF_DIR, YARN_CONF_DIR, PATH],
        ]);
        return createStreamingEngine(await openCluster(cluster, context, known));
      },
      protects: async ({ cluster }) =>
        cluster === null ? [] : (await import('./open-cluster.js')).placesOfCluster(cluster),
    },
  ],
  sources: [
    { open: (_settings, { store }) => createHdfsSource(store) },
    {
      open({ context, plan }, _engine, inspector) {
        const store = createLocalStore(context.machine.files);
        const { settings } = plan;
        return createHttpSource({
          fetch: fetchOptionsOf(context, plan),
          copies: createKeptCopies(store, join(settings.stateDir.value, 'fetched'), randomUUID),
          files: createFilesSource(store, inspector),
          store,
          sha256: settings['input.http'].value.sha256,
          usesLast: settings['input.useLast'].value && settings['input.onMissing'].value === 'continue',
        });
      },
    },
    {
      open: ({ context }, _engine, inspector) =>
        createFilesSource(createLocalStore(context.machine.files), inspector),
    },
  ],
  sinks: [
    {
      takes: ({ settings }) => settings['output.path'].value === '',
      async open(settings, { store, sharedFolder }) {
        if (!isRenaming(store)) throw new Error(`The store ${store.scheme} can't keep what is loaded`);
        const { createPostgresSink } = await import('../sinks/postgres/postgres-sink.js');
        const { planned, target } = await openTarget(settings);
        const openOne = (path: string) => openPart(store, path);
        return createPostgresSink({
          target,
          planned,
          store,
          folder: `${sharedFolder}/loads`,
          openPart: openOne,
        });
      },
    },
    {
      takes: () => true,
      async open({ plan: { settings } }, { store }) {
        if (!isRenaming(store)) throw new Error(`The store ${store.scheme} can't publish folders`);
        const mode = settings['output.mode'].value;
        const path = settings['output.path'].value;
        // A link would be renamed in place of the folder that it leads to.
        const output = (await store.realPath?.(path)) ?? path;
        const keepPrevious = settings['output.keepPrevious'].value;
        return createFolderSink({ store, job: settings.name.value, output, mode, keepPrevious });
      },
    },
  ],
};

/** The files of this machine as a source, for commands that only read inputs. */
export function openFiles({ machine: { files }, inspectThreadSource, signal }: Context): Source {
  const inspector = openLocalInspector({ files, threadSource: inspectThreadSource, parallel: 1, signal });
  return createFilesSource(createLocalStore(files), inspector);
}

/** A state folder: what runs have written down, and the files of this machine. */
export interface State {
  readonly journals: Journals;
  readonly files: RenamingStore;
}

/** Opens a state folder, to look for a run before its job is known. */
export function openState({ machine: { files } }: Context, stateDir: string): State {
  return { journals: createJournals(files, stateDir), files: createLocalStore(files) };
}

/** The store of this machine's files, for commands that read files without a job. */
export function openFileStore({ machine: { files } }: Pick<Context, 'machine'>): Store {
  return createLocalStore(files);
}

/** Settings → the inputs of a job on the named engine, for looks at them that read nothing. Contacts no server. */
export async function openSource(
  { engines, sources }: Connections,
  engineName: string,
  settings: Settings,
): Promise<Source> {
  const engine = await engines.find(({ name }) => name === engineName)?.open(settings);
  if (engine === undefined) throw new Error(`No engine is called ${engineName}`);
  const { machine, inspectThreadSource, signal } = settings.context;
  const asked = { files: machine.files, threadSource: inspectThreadSource, parallel: 1, signal };
  const inspector = openLocalInspector(asked);
  return joinSources(sources.map((source) => source.open(settings, engine, inspector)));
}

/** Settings → the ports of a run on the named engine. Contacts no server. */
export async function openPorts(
  connections: Connections,
  engineName: string,
  settings: Settings,
  listeners: readonly ((event: RunEvent) => void)[],
): Promise<Ports> {
  const { context, plan } = settings;
  const { files, clock } = context.machine;
  const connection = connections.engines.find(({ name }) => name === engineName);
  if (connection === undefined) throw new Error(`No engine is called ${engineName}`);
  const engine = await connection.open(settings);
  const sink = await connections.sinks.find(({ takes }) => takes(plan))?.open(settings, engine);
  if (sink === undefined) throw new Error('No sink takes the output');
  const inspector = openLocalInspector({
    files,
    threadSource: context.inspectThreadSource,
    parallel: plan.settings['run.parallel'].value,
    blockSizeBytes: engine.store.blockSizeBytes,
    signal: context.signal,
  });
  const stateDir = plan.settings.stateDir.value;
  return {
    source: joinSources(connections.sources.map((source) => source.open(settings, engine, inspector))),
    engine,
    sink,
    loader: await openLoader(settings, engine),
    protectedPlaces: await connection.protects(settings),
    parts: partReaderOf(engine.store, inspector, context.signal),
    journals: createJournals(
      files,
      stateDir,
      engine.sharedFolder === stateDir ? ['runs', 'mappers'] : ['runs'],
      context.processes.self,
    ),
    lock: lockOf(settings, engine, sink),
    clock,
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
  };
}

const MAX_CERTIFICATE_BYTES = 1024 ** 2;

/** The table that a job loads. Contacts no server. */
async function openTarget({ context, plan }: Settings) {
  const planned = plannedLoadOf(plan);
  if (planned === null) throw new Error('The job loads no table');
  const { env, machine, signal } = context;
  const { openPostgresTarget } = await import('../sinks/postgres/open-target.js');
  const target = await openPostgresTarget({
    planned,
    columnsOf: (names) => tableColumnsOf(plan, names),
    env,
    readSecret: async (reference) => (await readSecrets(context, [reference]))[reference] ?? '',
    readFile: (path) => readText(machine.files, path, MAX_CERTIFICATE_BYTES),
    signal,
  });
  return { planned, target };
}

/** What is published in a folder may be loaded into a table afterwards. */
async function openLoader(settings: Settings, { store, sharedFolder }: Engine): Promise<Loader | null> {
  const { plan } = settings;
  if (plan.settings['load.postgres.table'] === undefined || plan.settings['output.path'].value === '')
    return null;
  const { createPostgresLoader } = await import('../sinks/postgres/postgres-loader.js');
  return createPostgresLoader({
    ...(await openTarget(settings)),
    store,
    folder: `${sharedFolder}/loads`,
    openPart: (path) => openPart(store, path),
  });
}

/** The lock of the output lies in the store that the engine and the sink work in. */
function lockOf({ context, plan }: Settings, { store }: Engine, sink: Sink): Lock {
  if (!isRenaming(store)) throw new Error(`The store ${store.scheme} can't hold a lock`);
  const { machine, env, processes, user } = context;
  const lease = createLease({
    store,
    folder: sink.lockFolder,
    output: sink.uri,
    leaseSeconds: leaseSecondsOf(env.HADOOP_ELT_LEASE),
    user,
    processes,
    startedAt: () => new Date(machine.clock.now()).toISOString(),
    monotonicMs: machine.clock.monotonicMs,
    pause,
    tidy: () => sink.tidy(),
  });
  return lockByOldVersions(lease, {
    files: machine.files,
    folder: join(plan.settings.stateDir.value, 'locks'),
    output: sink.uri,
    processes,
  });
}

/** Part files on this machine are read by the inspector of its inputs, which may use threads. */
function partReaderOf(store: Store, local: LocalInspector, signal: AbortSignal): PartReader {
  const inspector = store.scheme === 'file' ? local : inspectorOf(store, signal);
  return {
    get concurrency() {
      return inspector.concurrency;
    },
    measure: (path, onBytes) => inspector.measure(path, onBytes),
    firstLines: (path, count) => firstLinesOf(store, path, count),
    open: (path) => openPart(store, path),
  };
}
