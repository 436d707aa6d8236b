import type { PublishedOutput } from '../sinks/sink.js';
import type { Manifest, ManifestInput } from './manifest.js';

/** An input with what identifies its content, as `Source.digest` gives it. */
export interface IdentifiedInput<Item> {
  readonly item: Item;
  readonly digest: string;
}

/** What has to be known to decide what a run loads. */
export interface LoadQuestion<Item> {
  readonly mode: 'create' | 'replace' | 'append';
  readonly identity: 'content' | 'path+content';
  readonly onChangedInput: 'fail' | 'reload' | 'append';
  readonly published: PublishedOutput;
  /** In the order of the job. */
  readonly inputs: readonly IdentifiedInput<Item>[];
  /** Whether a publication was made by the rules that the job has now. */
  readonly hasSameRules: (manifest: Manifest) => boolean;
}

/** An input that is not loaded because its content was loaded under another path. JSON. */
export interface AlreadyLoaded {
  readonly path: string;
  readonly sameAs: string;
  /** The run that loaded it. */
  readonly loadedBy: string;
}

/** What a run loads. */
export interface LoadTask<Item> {
  readonly kind: 'run';
  readonly items: readonly Item[];
  /** Ids of the runs whose publications this one takes the place of. */
  readonly replaces: readonly string[];
}

/** What a run does, given what is published. */
export type LoadDecision<Item> =
  | (LoadTask<Item> & LoadNotes)
  | ({ readonly kind: 'nothing'; readonly reason: 'same-output' | 'no-new-input' } & LoadNotes)
  | { readonly kind: 'refused'; readonly reason: 'changed-inputs' | 'other-inputs' | 'other-rules' }
  /** An input has changed, and the job says that this is an error. */
  | { readonly kind: 'changed'; readonly path: string; readonly loadedBy: string; readonly others: number }
  /** A batch, or the whole output, can't be made anew, for one of its inputs is gone. */
  | { readonly kind: 'incomplete'; readonly path: string; readonly loadedBy: string; readonly gone: string };

/** What a user is told beside the decision. */
export interface LoadNotes {
  readonly alreadyLoaded: readonly AlreadyLoaded[];
  /** Ids of the runs whose batches were made by other rules, and stay as they are. */
  readonly byOtherRules: readonly string[];
}

interface WithPath {
  readonly path: string;
}

/** Whether the decision depends on the inputs' content, which may take long to read. Pure. */
export function dependsOnContent({
  mode,
  published,
}: Pick<LoadQuestion<unknown>, 'mode' | 'published'>): boolean {
  return mode !== 'replace' && published.form !== 'none';
}

/** Decides what a run loads, so that no content is loaded twice. `mixed` outputs never come here. Pure. */
export function decideLoad<Item extends WithPath>(question: LoadQuestion<Item>): LoadDecision<Item> {
  if (!dependsOnContent(question)) return runOf(question.inputs, [], [], []);
  return question.mode === 'append' ? decideAppend(question) : decideCreate(question);
}

function decideCreate<Item extends WithPath>(question: LoadQuestion<Item>): LoadDecision<Item> {
  const { inputs, published, onChangedInput, hasSameRules, identity } = question;
  const known = new KnownInputs(published.manifests, identity);
  const sameRules = published.manifests.every(hasSameRules);
  const sameInputs = known.holdsExactly(inputs);
  if (sameRules && sameInputs) {
    return {
      kind: 'nothing',
      reason: 'same-output',
      alreadyLoaded: inputs.flatMap((input) => known.underOtherPath(input) ?? []),
      byOtherRules: [],
    };
  }
  if (sameInputs) return { kind: 'refused', reason: 'other-rules' };
  const changed = inputs.filter((input) => known.hasChanged(input));
  const [first] = changed;
  if (first === undefined) return { kind: 'refused', reason: 'other-inputs' };
  if (onChangedInput !== 'reload') return { kind: 'refused', reason: 'changed-inputs' };
  const gone = known.goneFrom(published.manifests, inputs);
  if (gone !== null) return incomplete(first, gone);
  return runOf(
    inputs,
    published.manifests.map(({ runId }) => runId),
    [],
    [],
  );
}

function decideAppend<Item extends WithPath>(question: LoadQuestion<Item>): LoadDecision<Item> {
  const { inputs, published, onChangedInput, identity, hasSameRules } = question;
  const known = new KnownInputs(published.manifests, identity);
  const changed = inputs.filter((input) => known.hasChanged(input));
  const [first] = changed;
  if (first !== undefined && onChangedInput === 'fail') {
    const { path } = first.item;
    return { kind: 'changed', path, loadedBy: known.loaderOf(path), others: changed.length - 1 };
  }
  const reloaded =
    onChangedInput === 'reload' ? withReplays(published.manifests, known.manifestsWith(changed)) : [];
  const gone = known.goneFrom(reloaded, inputs);
  if (gone !== null && first !== undefined) {
    return incomplete(first, gone);
  }
  const kept = published.manifests.filter((manifest) => !reloaded.includes(manifest));
  const stillKnown = new KnownInputs(kept, identity);
  const unknown = inputs.filter((input) => !stillKnown.has(input));
  const copies = new KnownInputs(reloaded, identity).copiesAmong(unknown);
  const toLoad = unknown.filter((input) => !copies.has(input));
  const alreadyLoaded = inputs.flatMap(
    (input) => copies.get(input) ?? stillKnown.underOtherPath(input) ?? [],
  );
  // Of a batch of format 1 nobody can say: inputs of earlier batches went into its fingerprint too.
  const byOtherRules = kept
    .filter((manifest) => manifest.formatVersion !== 1 && !hasSameRules(manifest))
    .map(({ runId }) => runId);
  if (toLoad.length === 0) {
    return { kind: 'nothing', reason: 'no-new-input', alreadyLoaded, byOtherRules };
  }
  return runOf(
    toLoad,
    reloaded.map(({ runId }) => runId),
    alreadyLoaded,
    byOtherRules,
  );
}

function incomplete(changed: Input, { path: gone, loadedBy }: GoneInput): LoadDecision<never> {
  return { kind: 'incomplete', path: changed.item.path, loadedBy, gone };
}

/**
 * Adds the manifests whose records were rejected by one of these before: made again, it has them itself.
 */
function withReplays(all: readonly Manifest[], some: readonly Manifest[]): readonly Manifest[] {
  const ids = new Set(some.map(({ runId }) => runId));
  for (let before = -1; before !== ids.size; ) {
    before = ids.size;
    for (const { runId, replays } of all) if (replays !== undefined && ids.has(replays.runId)) ids.add(runId);
  }
  return all.filter(({ runId }) => ids.has(runId));
}

function runOf<Item extends WithPath>(
  inputs: readonly IdentifiedInput<Item>[],
  replaces: readonly string[],
  alreadyLoaded: readonly AlreadyLoaded[],
  byOtherRules: readonly string[],
): LoadDecision<Item> {
  const items = inputs.map(({ item }) => item);
  return { kind: 'run', items, replaces, alreadyLoaded, byOtherRules };
}

/** Groups of inputs with the same content, by path. Empty files have no records to be loaded twice. Pure. */
export function twinsAmong(
  inputs: readonly Pick<ManifestInput, 'path' | 'sizeBytes' | 'sha256'>[],
): readonly (readonly string[])[] {
  const byDigest = new Map<string, string[]>();
  for (const { path, sizeBytes, sha256 } of inputs) {
    if (sizeBytes === 0) continue;
    const twins = byDigest.get(sha256);
    if (twins === undefined) byDigest.set(sha256, [path]);
    else twins.push(path);
  }
  return [...byDigest.values()].filter((paths) => paths.length > 1);
}

type Input = IdentifiedInput<WithPath>;

interface GoneInput {
  readonly path: string;
  readonly loadedBy: string;
}

/** The inputs that manifests name. Contents are the same only if their digests are: digests of two kinds never are. */
class KnownInputs {
  readonly #manifests: readonly Manifest[];
  readonly #byPathToo: boolean;
  /** By what identifies them: content, or path and content. */
  readonly #keys = new Map<string, AlreadyLoaded>();
  readonly #pathsAndContents = new Set<string>();
  readonly #empty = new Set<string>();
  readonly #byPath = new Map<string, Manifest[]>();

  constructor(manifests: readonly Manifest[], identity: LoadQuestion<unknown>['identity']) {
    this.#manifests = manifests;
    this.#byPathToo = identity === 'path+content';
    for (const manifest of manifests) {
      for (const { path, sha256, sizeBytes } of manifest.inputs) {
        this.#keys.set(this.#key(path, sha256), { path, sameAs: path, loadedBy: manifest.runId });
        this.#pathsAndContents.add(pairOf(path, sha256));
        // An empty file has no records: it is new when it has some, and no other empty file has the same ones.
        if (sizeBytes === 0) {
          this.#empty.add(sha256);
          continue;
        }
        const among = this.#byPath.get(path);
        if (among === undefined) this.#byPath.set(path, [manifest]);
        else among.push(manifest);
      }
    }
  }

  #key(path: string, digest: string): string {
    return this.#byPathToo ? pairOf(path, digest) : digest;
  }

  has({ item, digest }: Input): boolean {
    return this.#keys.has(this.#key(item.path, digest));
  }

  /** True for a known path with content that is not known. */
  hasChanged(input: Input): boolean {
    return this.#byPath.has(input.item.path) && !this.has(input);
  }

  /** Where the content of an input was loaded from, if that is another path. */
  underOtherPath({ item: { path }, digest }: Input): AlreadyLoaded | null {
    if (this.#pathsAndContents.has(pairOf(path, digest)) || this.#empty.has(digest)) return null;
    const found = this.#keys.get(this.#key(path, digest));
    return found === undefined ? null : { ...found, path };
  }

  /**
   * The inputs whose content these manifests name, and that would be loaded a second time beside the input under the path
   * that they name, or beside the first of those that came in its place.
   */
  copiesAmong<Some extends Input>(inputs: readonly Some[]): ReadonlyMap<Some, AlreadyLoaded> {
    const isNamed = ({ item: { path }, digest }: Input) => this.#pathsAndContents.has(pairOf(path, digest));
    const kept = new Map<string, string>();
    const copies = new Map<Some, AlreadyLoaded>();
    for (const input of [...inputs.filter(isNamed), ...inputs.filter((one) => !isNamed(one))]) {
      const { path } = input.item;
      const known = this.#keys.get(this.#key(path, input.digest));
      const first = kept.get(input.digest);
      if (known === undefined || first === undefined || isNamed(input) || this.#empty.has(input.digest))
        kept.set(input.digest, first ?? path);
      else copies.set(input, { path, sameAs: first, loadedBy: known.loadedBy });
    }
    return copies;
  }

  /** The newest run that loaded a path. */
  loaderOf(path: string): string {
    const ids = (this.#byPath.get(path) ?? []).map(({ runId }) => runId);
    return ids.sort().at(-1) ?? '';
  }

  /** The manifests that name the path of one of these inputs. */
  manifestsWith(inputs: readonly Input[]): readonly Manifest[] {
    const found = new Set(inputs.flatMap(({ item }) => this.#byPath.get(item.path) ?? []));
    return this.#manifests.filter((manifest) => found.has(manifest));
  }

  /** An input of some manifests of which neither path nor content is among the inputs; null if there is none. */
  goneFrom(manifests: readonly Manifest[], inputs: readonly Input[]): GoneInput | null {
    const paths = new Set(inputs.map(({ item }) => item.path));
    const digests = new Set(inputs.map(({ digest }) => digest));
    for (const { runId, inputs: loaded, replays } of manifests) {
      // Its records come from the inputs of the run whose rejects it ran again.
      if (replays !== undefined) continue;
      const gone = loaded.find(({ path, sha256 }) => !paths.has(path) && !digests.has(sha256));
      if (gone !== undefined) return { path: gone.path, loadedBy: runId };
    }
    return null;
  }

  /** Whether the manifests name exactly these inputs, in any order. */
  holdsExactly(inputs: readonly Input[]): boolean {
    const loaded = this.#manifests.flatMap((manifest) => manifest.inputs);
    const keys = loaded.map(({ path, sha256 }) => this.#key(path, sha256)).sort();
    const asked = inputs.map(({ item, digest }) => this.#key(item.path, digest)).sort();
    return keys.length === asked.length && keys.every((key, index) => key === asked[index]);
  }
}

function pairOf(path: string, digest: string): string {
  return `${digest} ${path}`;
}
