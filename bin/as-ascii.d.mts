export function asAscii(code: string): string;
