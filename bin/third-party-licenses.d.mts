import type { Metafile } from 'esbuild';

/** A package whose code is in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

export function bundledPackages(
  metafiles: readonly Pick<Metafile, 'outputs'>[],
  root: string,
): readonly BundledPackage[];
export function formatLicences(packages: readonly BundledPackage[]): string;
