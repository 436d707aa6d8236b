import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Names of licence files in a package's folder. */
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;
const RULE = '='.repeat(80);

/**
 * esbuild's metafiles → the packages whose code is in the outputs, sorted by name, with their licences. `root` is the
 * folder that paths in the metafiles are relative to. Throws for a package without a licence.
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

/** Packages → the text of THIRD-PARTY-LICENSES.txt: each package's name, version, licence and licence text. */
export function formatLicences(packages) {
  const titleOf = ({ name, version, licence }) => `${name} ${version} (${licence})`;
  return [
    'hadoop-elt contains the packages below, in whole or in part. Each has its own licence.',
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
    throw new Error(`Could not bundle ${name} ${version}: ${folder} names no licence`);
  }
  const by = typeof author === 'string' ? author : author?.name;
  return { name, version, licence, text: `Licence: ${licence}${by === undefined ? '' : `\nAuthor: ${by}`}` };
}

function compare(one, other) {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
