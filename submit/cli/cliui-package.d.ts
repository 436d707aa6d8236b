/** The part of the npm package cliui (9.0.1, without types of its own) that the help uses: wrapped rows of columns. */
declare module 'cliui' {
  export interface Column {
    readonly text: string;
    readonly width?: number;
    /** Top, right, bottom, left. */
    readonly padding?: readonly [number, number, number, number];
  }
  export interface Page {
    div(...columns: readonly (string | Column)[]): void;
    toString(): string;
  }
  export default function cliui(options: { readonly width: number; readonly wrap?: boolean }): Page;
}
