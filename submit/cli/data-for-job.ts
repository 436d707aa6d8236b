import { quoteForShell } from '../engines/programs.js';

/** What to do where a data file was named in place of a job file; null if it does not look like one. */
export function hintForData(path: string, text: string | null): string | null {
  if (/\.(?:ya?ml|json)$/i.test(path)) return null;
  const isNamedSo = /\.(?:csv|tsv|tab|psv|txt|dat|xlsx?)(?:\.[A-Za-z0-9]+)?$|\.(?:gz|bz2|zip)$/i.test(path);
  if (!isNamedSo && !(text !== null && looksLikeData(text))) return null;
  const file = quoteForShell([path]);
  return `It seems to be data, where a job file is meant: hadoop-elt init ${file} -o job.elt.yaml writes one for it; hadoop-elt map job.elt.yaml < ${file} then maps it`;
}

/** A first line of several fields, as no key of a mapping is. */
function looksLikeData(text: string): boolean {
  const [first = ''] = text.split(/\r\n?|\n/, 1);
  return /[^,;\t|][,;\t|]/.test(first) && !/^\s*(?:#|---|[{[])|:(?:\s|$)/.test(first);
}
