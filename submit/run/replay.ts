import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readableText } from '../../mapper/records/byte-string.js';
import { dialectOf } from '../../mapper/records/dialect.js';
import { countLineFeeds } from '../../mapper/records/framer.js';
import { Failure, isFailure, type ReplayProblem } from '../errors.js';
import type { JobPlan } from '../job/plan.js';
import { delimiterIsOpen, dialectOfSettings } from '../job/sections/csv.js';
import type { PublishedOutput } from '../sinks/sink.js';
import type { RenamingStore } from '../stores/store.js';
import { clearLeftOvers } from './clear-up.js';
import type { NothingToDo, RunNews } from './events.js';
import { chooseInputs, findInputs } from './find-inputs.js';
import type { Manifest, ManifestRejects } from './manifest.js';
import type { Ports } from './ports.js';
import type { ReadyReplay } from './ready-replay.js';
import { NotRejects, type Reject, readRejects } from './rejects.js';
import {
  firstLinesOf,
  layOut,
  MAX_APART,
  type RejectsSurvey,
  type ReplayForm,
  replayFiles,
  surveyRejects,
  writeReplayFiles,
} from './replay-input.js';
import { replayUploadOf, withReplaySettings } from './replay-plan.js';

/** Which rejects to run again. */
export interface ReplayRequest {
  /** The run that rejected them. */
  readonly runId: string;
  /** The files of this machine. */
  readonly files: RenamingStore;
}

/** There is nothing to run again, for a reason. */
export interface NoReplay {
  readonly state: 'nothing';
  readonly reason: NothingToDo;
  /** The run that has run the rejects again, and how many it rejected. */
  readonly replayedBy?: { readonly runId: string; readonly rejects: number };
}

/** The rejects of a run, as they are published. */
export interface FoundRejects {
  readonly state: 'found';
  /** How many records the first run of all has read. */
  readonly recordsRead: number;
  readonly form: PublishedOutput['form'];
  readonly folder: string;
  readonly survey: RejectsSurvey;
  readonly replayForm: ReplayForm;
  read(): AsyncIterable<readonly Reject[]>;
}

interface Circumstances {
  readonly signal: AbortSignal;
  tell(news: RunNews): void;
}

type RejectPorts = Pick<Ports, 'engine' | 'sink' | 'parts' | 'journals'>;

/**
 * Finds the rejects of a run and reads them once. Throws `no-replay` if the output does not hold that run (any more), or if
 * its rejects are not what it has written.
 */
export async function findRejects(
  plan: JobPlan,
  ports: RejectPorts,
  runId: string,
  signal: AbortSignal,
): Promise<FoundRejects | NoReplay> {
  const { sink } = ports;
  const published = await sink.published('quick', signal);
  const { form, manifests } = published;
  const by = manifests.find(({ replays }) => replays?.runId === runId);
  if (by !== undefined) {
    const replayedBy = { runId: by.runId, rejects: by.counts.recordsRejected };
    return { state: 'nothing', reason: 'already-replayed', replayedBy };
  }
  // Each input of a run may have a commit point of its own, and so a manifest.
  const ofRun = manifests.filter((one) => one.runId === runId);
  const refuse = refusalOf(ports, runId);
  if (ofRun.length === 0) throw refuse(await whyMissing(ports, runId));
  const rejecting = ofRun.filter(({ counts }) => counts.recordsRejected > 0);
  if (rejecting.length === 0) return { state: 'nothing', reason: 'no-rejects' };
  if (rejecting.some(({ formatVersion }) => formatVersion === 1)) throw refuse('old-version');
  if (form === 'mixed') throw sink.refusal('mixed');
  if (rejecting.some((one) => one.rejects?.hidesData === true)) throw refuse('hidden');
  if (rejecting.some((one) => one.rejects?.hasOtherHeaders === true)) throw refuse('other-headers');
  const rejects = await requireRejectsOf(ports, published, rejecting, refuse);
  const { settings } = plan;
  // A line `sep=` may have set the delimiter of the inputs.
  const delimiter = delimiterIsOpen(settings)
    ? (rejects.recordDelimiter ?? rejects.delimiter)
    : settings['csv.delimiter'].value;
  const replayForm: ReplayForm = {
    header: headerFor(plan, rejects, refuse),
    dialect: dialectOf({ ...dialectOfSettings(settings), delimiter }),
    quotedLineBreaks: settings['csv.quotedLineBreaks'].value,
    maxRecordBytes: settings['csv.maxRecordBytes'].value,
  };
  const read = () => readRejects(ports.parts, rejects.paths, rejects.delimiter);
  const survey = await surveyRejects(read, replayForm).catch((error: unknown) => {
    if (!(error instanceof NotRejects)) throw error;
    throw refuse('rejects-changed', { entry: ports.engine.store.uri(error.path), what: error.what });
  });
  const rejected = sumOf(rejecting, 'recordsRejected');
  if (survey.rejects !== rejected) {
    const what = `they are ${survey.rejects}, but the run rejected ${rejected}`;
    throw refuse('rejects-changed', { entry: ports.engine.store.uri(rejects.folder), what });
  }
  const recordsRead = ofRun[0]?.replays?.recordsRead ?? sumOf(ofRun, 'recordsRead');
  return { state: 'found', recordsRead, form, folder: rejects.folder, survey, replayForm, read };
}

function sumOf(manifests: readonly Manifest[], count: 'recordsRead' | 'recordsRejected'): number {
  return manifests.reduce((sum, { counts }) => sum + counts[count], 0);
}

/**
 * Makes the rejects of a run the input of this one. The output is locked. If it does not hold that run, another one may
 * have been killed while it changed the output: clears up after those, and looks again.
 */
export async function prepareReplay(
  plan: JobPlan,
  ports: Ports,
  { runId, files }: ReplayRequest,
  leftOvers: string[],
  { signal, tell }: Circumstances,
): Promise<ReadyReplay | NoReplay> {
  const find = () => findRejects(plan, ports, runId, signal);
  const found = await find().catch(async (error: unknown) => {
    if (!isMissing(error) || leftOvers.length === 0) throw error;
    await clearLeftOvers({ ports, tell }, leftOvers);
    return find();
  });
  if (found.state === 'nothing') return found;
  const { survey, replayForm, recordsRead } = found;
  const layout = layOut(survey, replayForm);
  if (layout === null) {
    const what = `${survey.unclosed} records have a quote that is not closed; beside records of several lines at most ${MAX_APART + 1} can be run again`;
    throw refusalOf(ports, runId)('too-many-unclosed', { entry: ports.engine.store.uri(found.folder), what });
  }
  const firstLines = firstLinesOf(replayForm);
  const folder = replayFolderOf(await ports.journals.folderOf(runId));
  const made = replayFiles(found.read, survey, layout, replayForm);
  await writeReplayFiles(files, folder, made, replayForm, signal);
  const names = made.map(({ name }) => name);
  const replayPlan = withReplaySettings(plan, {
    inputs: { base: folder, patterns: names },
    upload: replayUploadOf(ports.engine, runId),
    quotedLineBreaks: layout.quotedLineBreaks,
    delimiter: readableText(replayForm.dialect.delimiter),
    skipLines: firstLines.skipLines,
  });
  const inputs = await findInputs(replayPlan.settings['input.files'].value, ports.source);
  const { items } = chooseInputs(replayPlan, ports.source, inputs);
  const headerLines = countLineFeeds(firstLines.bytes);
  return {
    state: 'ready',
    plan: replayPlan,
    job: plan,
    items,
    replays: { runId, rejects: survey.rejects, sha256: survey.sha256, recordsRead },
    folder: found.folder,
    inputs: made.map(({ name, rejects }) => ({
      path: join(folder, name),
      headerLines,
      rejects,
    })),
  };
}

/** Ends a replay that has nothing to do, and what killed ones have left. */
export async function endWithNothing(
  ports: Ports,
  request: ReplayRequest | undefined,
  { reason, replayedBy }: NoReplay,
  leftOvers: string[],
  tell: (news: RunNews) => void,
): Promise<void> {
  await clearLeftOvers({ ports, tell }, leftOvers);
  if (request !== undefined) await clearReplay(ports, request);
  const of = request?.runId;
  tell({
    event: 'nothing-to-do',
    reason,
    output: ports.sink.uri,
    left: [],
    ...(of !== undefined && { of }),
    ...(replayedBy !== undefined && { replayedBy }),
  });
}

/** Removes what `prepareReplay` has written, and its upload. */
export async function clearReplay(
  { journals, engine }: Pick<Ports, 'journals' | 'engine'>,
  { runId, files }: ReplayRequest,
): Promise<void> {
  const folder = await journals.folderOf(runId);
  await files.remove(replayFolderOf(folder));
  // A run of another machine has no journal here.
  await files.removeEmpty(folder);
  await engine.store.remove(replayUploadOf(engine, runId));
}

function replayFolderOf(runFolder: string): string {
  return join(runFolder, 'replay');
}

/** Why an output lacks a run: it may have published nothing at all. */
async function whyMissing({ journals }: Pick<Ports, 'journals'>, runId: string): Promise<ReplayProblem> {
  const ends = (await journals.read(runId)).filter((entry) => entry.entry === 'end');
  const [last] = ends.slice(-1);
  return last !== undefined && last.state !== 'published' ? 'not-published' : 'not-in-output';
}

type Refuse = (problem: ReplayProblem, more?: { readonly entry: string; readonly what: string }) => Failure;

function refusalOf({ engine: { store }, sink }: Pick<Ports, 'engine' | 'sink'>, runId: string): Refuse {
  return (problem, more = { entry: '', what: '' }) =>
    new Failure('no-replay', { runId, problem, output: sink.uri, scheme: store.scheme, ...more });
}

function isMissing(error: unknown): boolean {
  return isFailure(error, 'no-replay') && ['not-in-output', 'not-published'].includes(error.details.problem);
}

interface RejectFiles extends Omit<ManifestRejects, 'parts'> {
  readonly folder: string;
  readonly paths: readonly string[];
}

/** The reject files of all manifests of a run, as one. Throws `no-replay` also if their records have different headers. */
async function requireRejectsOf(
  ports: RejectPorts,
  { manifests, rejectFolders }: PublishedOutput,
  rejecting: readonly Manifest[],
  refuse: Refuse,
): Promise<RejectFiles> {
  const all: RejectFiles[] = [];
  for (const manifest of rejecting) {
    const folder =
      rejectFolders === undefined
        ? ((await ports.sink.recover(manifest.runId))?.rejects ?? null)
        : (rejectFolders[manifests.indexOf(manifest)] ?? null);
    all.push(await requireRejects(ports, manifest, folder));
  }
  const [first, ...others] = all;
  if (first === undefined) throw new RangeError('No manifest has rejects');
  if (others.length === 0) return first;
  if (others.some(({ header }) => !isDeepStrictEqual(header, first.header))) throw refuse('other-headers');
  // They lie beside each other.
  const folder = first.folder.slice(0, first.folder.lastIndexOf('/'));
  return { ...first, folder, paths: all.flatMap(({ paths }) => paths) };
}

/** The reject files of a manifest, compared with it where it names them. Throws `no-replay`. */
async function requireRejects(
  ports: RejectPorts,
  manifest: Manifest,
  folder: string | null,
): Promise<RejectFiles> {
  const { engine, sink, parts } = ports;
  const { store } = engine;
  const refuse = refusalOf(ports, manifest.runId);
  if (folder === null || (await store.stat(folder))?.type !== 'directory') {
    throw refuse('rejects-gone', { entry: folder === null ? sink.uri : store.uri(folder), what: '' });
  }
  const entries = (await store.list(folder)).filter(({ name }) => name.startsWith('part-'));
  const { rejects } = manifest;
  if (rejects === undefined) {
    const { delimiter = ',', columns = null } = manifest.layout ?? {};
    return { folder, paths: entries.map(({ path }) => path), delimiter, header: columns };
  }
  for (const { name, sizeBytes, sha256 } of rejects.parts) {
    const there = entries.find((entry) => entry.name === name);
    const changed = (what: string) =>
      refuse('rejects-changed', { entry: store.uri(`${folder}/${name}`), what });
    if (there === undefined) throw changed('it is gone');
    if (there.sizeBytes !== sizeBytes) {
      throw changed(`it has ${there.sizeBytes} bytes, but ${sizeBytes} were published`);
    }
    if ((await parts.measure(there.path, () => undefined)).sha256 !== sha256) {
      throw changed('its bytes are not those that were published');
    }
  }
  return { ...rejects, folder, paths: rejects.parts.map(({ name }) => `${folder}/${name}`) };
}

/** The header that the rejects get as an input; null if the job reads none. Throws `no-replay` if it is not known. */
function headerFor(
  { settings }: JobPlan,
  { header, headerBytes }: Pick<ManifestRejects, 'header' | 'headerBytes'>,
  refuse: Refuse,
): ReplayForm['header'] {
  if (!settings['csv.header'].value) return null;
  const names = header ?? settings['csv.columns'].value;
  if (names === null) throw refuse('no-header');
  return { names, ...(headerBytes === undefined ? {} : { nameBytes: headerBytes }) };
}
