import { DIGEST_STATE } from './assembly/layout.js';
import { KERNEL_MODULE } from './kernel-module.js';

/** The exports of the compiled kernel. Addresses are offsets in `memory`. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** See assembly/index.ts. */
  readonly at: { readonly value: number };
  readonly out: { readonly value: number };
  readonly records: { readonly value: number };
  readonly rejected: { readonly value: number };
  setDelimiter(byte: number): void;
  setQuoting(quote: number, escapeByte: number): void;
  /** One of these four, as a program needs it. */
  readonly run: KernelRun;
  readonly runByField: KernelRun;
  readonly runArranged: KernelRun;
  readonly runArrangedByField: KernelRun;
  /** See assembly/plain-lines.ts. */
  readonly isOther: { readonly value: number };
  plainLines(from: number, end: number, delimiter: number, quote: number, longest: number): number;
  /** See assembly/line-ends.ts. */
  unifyLineEnds(from: number, end: number): number;
  /** See assembly/digest.ts. */
  prepareDigests(): void;
  addLines(state: number, from: number, end: number): void;
  countLineEnds(from: number, end: number): number;
  addStripes(state: number, from: number, end: number): void;
  endHash(state: number, from: number, rest: number, lengthLow: number, lengthHigh: number): void;
}

/** Maps lines from one part of the memory to another, by the program at an address. */
export type KernelRun = (
  from: number,
  end: number,
  output: number,
  outputLimit: number,
  index: number,
  program: number,
) => void;

/** Where bytes are copied to that lie elsewhere, for the time of one call: behind the state of digests, in the first page. */
export const COPY: number = DIGEST_STATE + 128;
/** A multiple of the stripes of digests. */
export const COPY_BYTES = 32 * 1024;
/** The first free address: the kernel loads up to 64 bytes behind what it reads. */
export const PROGRAM_ADDRESS: number = COPY + COPY_BYTES + 64;

interface KernelModule {
  readonly brand: 'module';
}

/** The part of WebAssembly used here; Node 20's types do not declare it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => KernelModule;
  Instance: new (module: KernelModule) => { readonly exports: KernelExports };
  CompileError: new () => Error;
};

let compiled: KernelModule | 'impossible' | undefined;

/** A kernel with its own memory, or null if this machine's WebAssembly has no SIMD. The module is compiled once. */
export function instantiateKernel(): KernelExports | null {
  compiled ??= compile();
  return compiled === 'impossible' ? null : new WebAssembly.Instance(compiled).exports;
}

let shared: KernelExports | null | undefined;

/** The kernel whose memory all may share, because V8 reserves gigabytes of address space for each. */
export function sharedKernel(): KernelExports | null {
  if (shared === undefined) shared = instantiateKernel();
  return shared;
}

function compile(): KernelModule | 'impossible' {
  try {
    return new WebAssembly.Module(Buffer.from(KERNEL_MODULE, 'base64'));
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return 'impossible';
    throw error;
  }
}
