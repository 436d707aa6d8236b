import type { BuildOptions, Plugin } from 'esbuild';

interface LaterModule {
  readonly constant: string;
  readonly functions: readonly string[];
}

export const LATER_MODULES: Readonly<Record<string, LaterModule>>;
export const LATER_OPTIONS: BuildOptions;
export function bodyOfLater(bundled: string): string;
export function constantsOfLater(bodies: Readonly<Record<string, string>>): string;
export function laterModules(textOf?: (path: string, module: LaterModule) => string): Plugin;
