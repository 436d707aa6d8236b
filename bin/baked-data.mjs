/**
 * The data of locales and zones, in front of a mapper's code, from where `bundleMapper` leaves out what a plan does not
 * need: Node reads the whole file at each start of a task.
 */
import { readFileSync } from 'node:fs';
import { asAscii } from './as-ascii.mjs';

/** Modules with data, from the project's folder: of each exported object the name that it has in front of the code. */
const MODULES = {
  'mapper/locales/locale-data.ts': { LOCALE_DATA: 'HADOOP_ELT_LOCALES' },
  'mapper/zones/zone-data.ts': { ZONES: 'HADOOP_ELT_ZONES', ZONE_LINKS: 'HADOOP_ELT_ZONE_LINKS' },
};

/** The exported object of a name in a module's text; its entries have a line each. */
const objectNamed = (name) => new RegExp(`^export const ${name}\\b[^=]*= \\{\\n(.*?\\n)\\};\\n`, 'ms');

const MODULES_PATH = /[\\/](?:locale|zone)-data\.ts$/;

/** The text of a module, its objects replaced by expressions. */
function withObjects(path, expressionOf) {
  const [, objects] = Object.entries(MODULES).find(([name]) => path.replaceAll('\\', '/').endsWith(name));
  let contents = readFileSync(path, 'utf8');
  for (const [name, baked] of Object.entries(objects)) {
    contents = contents.replace(
      objectNamed(name),
      () => `export const ${name} = ${expressionOf(name, baked)};\n`,
    );
  }
  return contents;
}

/** The text that stands before a mapper's code. `root` is the project's folder, ending with a slash. */
export function bakedDataOf(root) {
  return Object.entries(MODULES)
    .flatMap(([path, objects]) => {
      const text = readFileSync(root + path, 'utf8');
      return Object.entries(objects).map(([name, baked]) => {
        const [, entries] = objectNamed(name).exec(text);
        return `const ${baked} = {\n${asAscii(entries)}}; // The end of ${baked}\n`;
      });
    })
    .join('');
}

/** Makes the modules take their data from there. */
export const fromBakedData = {
  name: 'from-baked-data',
  setup(setup) {
    setup.onLoad({ filter: MODULES_PATH }, ({ path }) => ({
      contents: withObjects(path, (_name, baked) => baked),
      loader: 'ts',
    }));
  },
};

/** The texts that `laterData` needs, by name: each object as JSON. `root` is the project's folder, ending with a slash. */
export function textsOfData(root) {
  const texts = {};
  for (const [path, objects] of Object.entries(MODULES)) {
    const text = readFileSync(root + path, 'utf8');
    for (const name of Object.keys(objects)) {
      const [, entries] = objectNamed(name).exec(text);
      texts[`built:${name}`] = asAscii(JSON.stringify(new Function(`return {${entries}}`)()));
    }
  }
  return texts;
}

/** Makes the modules read their data when something of it is first asked for: most starts of the program need none. */
export const laterData = {
  name: 'later-data',
  setup(setup) {
    setup.onLoad({ filter: MODULES_PATH }, ({ path }) => {
      const asked = (name) => `later(() => JSON.parse($text('built:${name}')))`;
      return { contents: LATER + withObjects(path, asked), loader: 'ts' };
    });
  },
};

const LATER = `const later = (read) => {
  let data;
  const load = () => (data ??= read());
  return new Proxy({}, {
    get: (_, key) => load()[key],
    ownKeys: () => Reflect.ownKeys(load()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(load(), key),
  });
};
`;
