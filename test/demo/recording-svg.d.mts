/** A line of a terminal, with the milliseconds since its start. */
export interface RecordedLine {
  readonly atMs: number;
  readonly text: string;
}

/** An SVG that plays lines as a terminal showed them. */
export function formatRecording(title: string, lines: readonly RecordedLine[]): string;

/** The lines of a recording. */
export function readRecording(svg: string): string[];
