/**
 * Stops V8's young generation from growing. The records of the reference path are garbage a moment later, but V8 would
 * still give them two halves of 16 MiB (Node 20) in time; in small ones they are collected just as fast.
 *
 * The flag is no part of Node's API, but V8 asks for it each time it would grow the young generation. A V8 that does not
 * know it says so in a line on stderr; Node before 20.16 keeps its own ways.
 */
export function keepYoungGenerationSmall(): void {
  process.getBuiltinModule?.('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}
