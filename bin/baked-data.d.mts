import type { Plugin } from 'esbuild';

export function bakedDataOf(root: string): string;
export const fromBakedData: Plugin;
export function textsOfData(root: string): Record<string, string>;
export const laterData: Plugin;
