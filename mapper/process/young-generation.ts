/**
 * Keeps V8's young generation small. Records on the reference path become garbage at once, but V8 would grow to two
 * semi-spaces of 16 MiB each (Node 20). Small semi-spaces are collected just as fast.
 *
 * The flag is not part of Node's API, but V8 reads it each time it is about to grow the young generation. A V8 that does not
 * know it prints a line on stderr. Before Node 20.16 nothing is changed.
 */
export function keepYoungGenerationSmall(): void {
  process.getBuiltinModule?.('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * Makes V8 collect all garbage each time it collects any: slower, but the memory stays near what is in use. For data of
 * which one record takes a large part of the memory. Reads as the other flag.
 */
export function collectGarbageThoroughly(): void {
  process.getBuiltinModule?.('node:v8').setFlagsFromString('--gc-global');
}
