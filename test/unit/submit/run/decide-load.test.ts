import { describe, expect, it } from 'vitest';
import { countsFrom } from '../../../../submit/engines/counts.js';
import { decideLoad, type LoadQuestion, twinsAmong } from '../../../../submit/run/decide-load.js';
import type { Manifest } from '../../../../submit/run/manifest.js';

/** `a.csv=1` → the path and what stands for its content. */
const named = (text: string) => {
  const [path = '', digest = ''] = text.split('=');
  return { path, digest };
};

function manifest(runId: string, ...inputs: string[]): Manifest {
  return {
    formatVersion: 2,
    runId,
    job: 'j',
    engine: 'local',
    version: '0',
    publishedAt: '',
    fingerprint: 'rules',
    mapperSha256: '',
    inputs: inputs.map((text) => {
      const { path, digest } = named(text);
      return { path, sizeBytes: 1, lines: 1, records: 1, sha256: digest };
    }),
    parts: [],
    counts: countsFrom([]),
  };
}

type Options = Partial<Omit<LoadQuestion<{ path: string }>, 'published' | 'inputs'>>;

function decide(mode: 'create' | 'append', manifests: Manifest[], inputs: string[], options: Options = {}) {
  const form = manifests.length === 0 ? 'none' : mode === 'create' ? 'whole' : 'batches';
  const decision = decideLoad({
    mode,
    identity: 'content',
    onChangedInput: 'fail',
    published: { form, manifests, folders: [] },
    inputs: inputs.map((text) => ({ item: { path: named(text).path }, digest: named(text).digest })),
    hasSameRules: ({ fingerprint }) => fingerprint === 'rules',
    ...options,
  });
  return decision.kind === 'run'
    ? { ...decision, items: decision.items.map(({ path }) => path).join(' ') }
    : decision;
}

const FIRST = manifest('r1', 'a=1', 'b=2');

describe('append', () => {
  it('loads what no manifest has, whatever its path', () => {
    expect(decide('append', [], ['a=1', 'b=2'])).toMatchObject({ kind: 'run', items: 'a b', replaces: [] });
    expect(decide('append', [FIRST], ['a=1', 'b=2', 'c=3'])).toMatchObject({ items: 'c', alreadyLoaded: [] });
    expect(decide('append', [FIRST], ['b=2'])).toMatchObject({ kind: 'nothing', reason: 'no-new-input' });
  });

  it('does not load the same content under another path, and says so', () => {
    expect(decide('append', [FIRST], ['moved/a=1', 'c=3'])).toMatchObject({
      items: 'c',
      alreadyLoaded: [{ path: 'moved/a', sameAs: 'a', loadedBy: 'r1' }],
    });
    expect(decide('append', [FIRST], ['a=1', 'copy=1'])).toMatchObject({
      kind: 'nothing',
      alreadyLoaded: [{ path: 'copy', sameAs: 'a', loadedBy: 'r1' }],
    });
    expect(decide('append', [FIRST], ['moved/a=1'], { identity: 'path+content' })).toMatchObject({
      items: 'moved/a',
      alreadyLoaded: [],
    });
  });

  it('fails for a known path with new content', () => {
    expect(decide('append', [FIRST], ['a=9', 'b=8', 'c=3'])).toEqual({
      kind: 'changed',
      path: 'a',
      loadedBy: 'r1',
      others: 1,
    });
    // Digests of two kinds prove nothing.
    expect(decide('append', [manifest('r1', 'a=MD5:1')], ['a=CRC:1']).kind).toBe('changed');
  });

  it('loads new content too where the job says append', () => {
    const both = { onChangedInput: 'append' } as const;
    expect(decide('append', [FIRST], ['a=9', 'b=2'], both)).toMatchObject({ items: 'a', replaces: [] });
    const second = manifest('r2', 'a=9');
    expect(decide('append', [FIRST, second], ['a=9', 'b=2'], both)).toMatchObject({ kind: 'nothing' });
    // Back to what it was: loaded already.
    expect(decide('append', [FIRST, second], ['a=1'], both)).toMatchObject({ kind: 'nothing' });
  });

  it('makes the whole batch again where the job says reload', () => {
    const anew = { onChangedInput: 'reload' } as const;
    const second = manifest('r2', 'c=3');
    expect(decide('append', [FIRST, second], ['a=9', 'b=2', 'c=3', 'd=4'], anew)).toMatchObject({
      items: 'a b d',
      replaces: ['r1'],
    });
    // The old content of a.csv is there still, under another path: it must not get lost with its batch.
    expect(decide('append', [FIRST], ['a=9', 'a.1=1', 'b=2'], anew)).toMatchObject({ items: 'a a.1 b' });
    expect(decide('append', [FIRST, second], ['a=9', 'c=8', 'b=2'], anew)).toMatchObject({
      items: 'a c b',
      replaces: ['r1', 'r2'],
    });
  });

  it('loads a copy of an input neither before nor after the batch of that input is made again', () => {
    const anew = { onChangedInput: 'reload' } as const;
    expect(decide('append', [FIRST], ['copy=1', 'a=1', 'b=9'], anew)).toMatchObject({
      items: 'a b',
      alreadyLoaded: [{ path: 'copy', sameAs: 'a', loadedBy: 'r1' }],
    });
    // Of two that came in its place, one is loaded.
    expect(decide('append', [FIRST], ['a.1=1', 'a.2=1', 'b=9'], anew)).toMatchObject({
      items: 'a.1 b',
      alreadyLoaded: [{ path: 'a.2', sameAs: 'a.1', loadedBy: 'r1' }],
    });
    // Two that were loaded with the same content stay two.
    const twins = manifest('r1', 'a=1', 'b=2', 'twin=1');
    expect(decide('append', [twins], ['a=1', 'twin=1', 'b=9'], anew)).toMatchObject({ items: 'a twin b' });
    const byPath = { ...anew, identity: 'path+content' } as const;
    expect(decide('append', [FIRST], ['a=1', 'b=9', 'copy=1'], byPath)).toMatchObject({ items: 'a b copy' });
  });

  it('takes an empty file for new once it has content, and no other empty file for its copy', () => {
    const inputs = manifest('r1', 'a=empty').inputs.map((one) => ({ ...one, sizeBytes: 0 }));
    const empty = { ...manifest('r1'), inputs };
    expect(decide('append', [empty], ['a=1'])).toMatchObject({ kind: 'run', items: 'a' });
    expect(decide('append', [empty], ['a=empty', 'b=empty'])).toMatchObject({
      kind: 'nothing',
      alreadyLoaded: [],
    });
    expect(decide('append', [FIRST], ['a=empty']).kind).toBe('changed');
  });

  it('does not drop records of an input that is gone with the batch that it reloads', () => {
    expect(decide('append', [FIRST], ['a=9'], { onChangedInput: 'reload' })).toEqual({
      kind: 'incomplete',
      path: 'a',
      loadedBy: 'r1',
      gone: 'b',
    });
  });

  it('leaves batches of other rules as they are, and says so', () => {
    const old = { ...FIRST, fingerprint: 'old rules' };
    expect(decide('append', [old], ['a=1', 'c=3'])).toMatchObject({ items: 'c', byOtherRules: ['r1'] });
    expect(decide('append', [{ ...old, formatVersion: 1 }], ['c=3'])).toMatchObject({ byOtherRules: [] });
  });
});

describe('create', () => {
  it('does not drop records of an input that is gone with the output that it reloads', () => {
    const reload = { onChangedInput: 'reload' } as const;
    expect(decide('create', [FIRST], ['a=9'], reload)).toMatchObject({ kind: 'incomplete', gone: 'b' });
    expect(decide('create', [FIRST], ['a=9', 'b=2'], reload)).toMatchObject({ kind: 'run', items: 'a b' });
    // Its content is there under another path.
    expect(decide('create', [FIRST], ['a=9', 'c=2'], reload)).toMatchObject({ kind: 'run', items: 'a c' });
  });

  it('has nothing to do for the same content and rules, under whatever paths', () => {
    expect(decide('create', [FIRST], ['a=1', 'b=2'])).toMatchObject({ reason: 'same-output' });
    expect(decide('create', [FIRST], ['x/b=2', 'a=1'])).toMatchObject({
      reason: 'same-output',
      alreadyLoaded: [{ path: 'x/b', sameAs: 'b', loadedBy: 'r1' }],
    });
    const byPath = { identity: 'path+content' } as const;
    expect(decide('create', [FIRST], ['x/b=2', 'a=1'], byPath)).toMatchObject({ reason: 'other-inputs' });
  });

  it.each([
    ['other-rules', { ...FIRST, fingerprint: 'old' }, ['a=1', 'b=2']],
    ['other-inputs', FIRST, ['a=1', 'b=2', 'c=3']],
    ['other-inputs', FIRST, ['a=1']],
    ['other-inputs', FIRST, ['a=1', 'b=2', 'copy=1']],
    ['changed-inputs', FIRST, ['a=9', 'b=2']],
  ] as const)('refuses %s', (reason, before, inputs) => {
    expect(decide('create', [before], [...inputs])).toEqual({ kind: 'refused', reason });
  });

  it('makes the output again for a changed input where the job says reload, and for nothing else', () => {
    const anew = { onChangedInput: 'reload' } as const;
    expect(decide('create', [FIRST], ['a=9', 'b=2'], anew)).toMatchObject({ items: 'a b', replaces: ['r1'] });
    expect(decide('create', [FIRST], ['c=3'], anew)).toMatchObject({ reason: 'other-inputs' });
  });
});

it('twins are inputs of one run with the same content; empty files are none', () => {
  const inputs = [...manifest('r1', 'a=1', 'b=2', 'c=1').inputs, ...manifest('r2', 'd=e', 'e=e').inputs];
  expect(twinsAmong(inputs.map((one) => (one.sha256 === 'e' ? { ...one, sizeBytes: 0 } : one)))).toEqual([
    ['a', 'c'],
  ]);
});

describe('batches of rejects that were run again', () => {
  const replay = (runId: string, of: string): Manifest => ({
    ...manifest(runId, `replay of ${of}=${of}`),
    replays: { runId: of, rejects: 1, sha256: '', recordsRead: 2 },
  });
  const all = [FIRST, manifest('r2', 'c=3'), replay('r3', 'r1'), replay('r4', 'r3'), replay('r5', 'r2')];

  it('go with the batch that a reload makes again', () => {
    const options = { onChangedInput: 'reload' } as const;
    expect(decide('append', all, ['a=9', 'b=2', 'c=3'], options)).toMatchObject({
      kind: 'run',
      items: 'a b',
      replaces: ['r1', 'r3', 'r4'],
    });
  });
  it('stay when nothing has changed', () => {
    expect(decide('append', all, ['a=1', 'b=2', 'c=3'])).toMatchObject({ kind: 'nothing' });
    expect(decide('append', all, ['d=4'])).toMatchObject({ kind: 'run', items: 'd', replaces: [] });
  });
});
