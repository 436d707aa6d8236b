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
    setup.onLoad({ filter: /[\\/](?:locale|zone)-data\.ts$/ }, ({ path }) => {
      const [, objects] = Object.entries(MODULES).find(([name]) => path.replaceAll('\\', '/').endsWith(name));
      let contents = readFileSync(path, 'utf8');
      for (const [name, baked] of Object.entries(objects)) {
        contents = contents.replace(objectNamed(name), `export const ${name} = ${baked};\n`);
      }
      return { contents, loader: 'ts' };
    });
  },
};
