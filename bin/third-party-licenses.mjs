import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Files in a package's folder that say under which terms it comes. */
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;
const RULE = '='.repeat(80);

/**
 * esbuild's metafiles → the packages whose code is in their outputs, by name, and the terms of each. `root` is the
 * folder that paths in the metafiles start from. Throws for a package that says nowhere what its licence is.
 */
export function bundledPackages(metafiles, root) {
  const folders = new Set(
    metafiles
      .flatMap(({ outputs }) => Object.values(outputs))
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([path]) => folderOf(path) ?? []),
  );
  const packages = new Map(
    [...folders]
      .map((folder) => packageIn(resolve(root, folder)))
      .map((found) => [`${found.name}@${found.version}`, found]),
  );
  return [...packages.values()].sort((one, other) => compare(one.name, other.name));
}

/** Packages → the text of a file that names each with its version, its licence, and the licence's text. */
export function formatLicences(packages) {
  const titleOf = ({ name, version, licence }) => `${name} ${version} (${licence})`;
  return [
    'hadoop-elt has the packages below in it, whole or in part. Each comes under its own terms.',
    '',
    ...packages.map((one) => `  ${titleOf(one)}`),
    ...packages.flatMap((one) => ['', RULE, titleOf(one), RULE, '', one.text]),
    '',
  ].join('\n');
}

/** `node_modules/a/node_modules/@b/c/lib/d.js` → `node_modules/a/node_modules/@b/c`; undefined for our own files. */
function folderOf(path) {
  return /^(.*[\\/])?node_modules[\\/](@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0];
}

function packageIn(folder) {
  const { name, version, license, licenses, author } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const licence = [license ?? licenses ?? []]
    .flat()
    .map((one) => (typeof one === 'string' ? one : one.type))
    .join(' or ');
  const text = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
    .join('\n\n');
  if (text !== '') return { name, version, licence: licence === '' ? 'see below' : licence, text };
  if (licence === '' || licence === 'UNLICENSED') {
    throw new Error(`${name} ${version} is to be bundled and does not say under which licence: ${folder}`);
  }
  const by = typeof author === 'string' ? author : author?.name;
  return { name, version, licence, text: `Licence: ${licence}${by === undefined ? '' : `\nAuthor: ${by}`}` };
}

function compare(one, other) {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
