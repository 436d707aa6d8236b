import type { BuildOptions, Plugin } from 'esbuild';

export const ENGINE_ENTRY: string;
export const ENGINE_OPTIONS: BuildOptions;
export const BY_FUNCTION: string;
export function patternEngineOf(engine: string): string;
export function lazyPatternEngine(expression: string): Plugin;
