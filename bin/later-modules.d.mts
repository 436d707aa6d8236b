import type { BuildOptions, Plugin } from 'esbuild';

interface LaterModule {
  readonly constant: string;
  readonly functions: readonly string[];
}

export function bodiesOfLater(
  bundle: (path: string, options: BuildOptions) => Promise<string>,
): Promise<Readonly<Record<string, string>>>;
export function constantsOfLater(bodies: Readonly<Record<string, string>>): string;
export function laterModules(textOf?: (path: string, module: LaterModule) => string): Plugin;
