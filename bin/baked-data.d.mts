import type { Plugin } from 'esbuild';

export function bakedDataOf(root: string): string;
export const fromBakedData: Plugin;
