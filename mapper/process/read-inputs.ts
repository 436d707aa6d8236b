import { closeSync, openSync } from 'node:fs';
import type { InputSection, TaskRange } from '../contract.js';
import { FrameReader, readsFrames } from '../hadoop/input-ranges.js';
import type { OpenInput } from '../hadoop/rejects-of-task.js';
import { formatStatus, type TaskContext } from '../hadoop/task-environment.js';
import type { Pipeline } from '../pipeline.js';
import { readSections } from './read-sections.js';
import { ioFailure, readChunks, readSome } from './standard-io.js';

/** What is told of inputs is written when it is so much: there may be thousands. */
const TOLD_CHARS = 16 * 1024;

/** What the process gives to read, and to tell. */
interface InputHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdinFd: number;
  stderr(text: string): void;
}

/** Reads what a task, or a pipe, has as input. */
export interface InputReader {
  /** What is being read. */
  readonly open: OpenInput;
  /** Reads all and pushes it. */
  readInto(pipeline: Pipeline): void;
}

/**
 * Reads stdin, or the files that a list on stdin names: each is an input of its own, and a line on stderr says what was read.
 * `sections`: the inputs that stdin gives one after the other; null if it gives one.
 */
export function inputReaderOf(
  task: TaskContext | null,
  host: InputHost,
  sections: readonly InputSection[] | null = null,
): InputReader {
  const { env, stdinFd } = host;
  let open: OpenInput = { fd: stdinFd, lineStart: task?.stdinRange?.start ?? null };
  return {
    get open() {
      return open;
    },
    readInto(pipeline) {
      if (task !== null && readsFrames(env)) readRanges(pipeline);
      else if (sections !== null) readSections(stdinFd, sections, pipeline);
      else readChunks(stdinFd, task?.stdinRange ?? null, pipeline);
    },
  };

  function readRanges(pipeline: Pipeline): void {
    const frames = new FrameReader((buffer, wanted) => readSome(stdinFd, buffer, wanted, null));
    let told = '';
    const tell = () => {
      if (told !== '') host.stderr(told);
      told = '';
    };
    try {
      for (const one of frames.ranges()) {
        told += readRange(one, frames, pipeline);
        if (told.length > TOLD_CHARS) tell();
      }
    } finally {
      tell();
    }
  }

  /** Reads an input, or a range of one. Returns what is to be told of it. */
  function readRange(
    { path, start, length, range }: TaskRange,
    frames: FrameReader,
    pipeline: Pipeline,
  ): string {
    const file = `file:${path}`;
    pipeline.beginInput({ inputFile: file, inputStart: start });
    if (range === null) {
      open = { fd: stdinFd, lineStart: null };
      readItem(frames, pipeline);
    } else {
      const fd = openInput(path);
      open = { fd, lineStart: range.start };
      try {
        readChunks(fd, range, pipeline);
      } finally {
        closeSync(fd);
      }
    }
    return formatStatus({ file, start, length }, pipeline.endInput());
  }
}

function readItem(frames: FrameReader, pipeline: Pipeline): void {
  for (;;) {
    const { room } = pipeline;
    const size = frames.readItem(room);
    if (size === 0) return;
    pipeline.push(room.subarray(0, size));
  }
}

function openInput(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw ioFailure('read an input', error);
  }
}
