import { readFileSync } from 'node:fs';

/** Arguments that the command refuses, with the text for stderr. */
export class UsageError extends Error {
  /** @param {{ showsUsage?: boolean }} [options] */
  constructor(message, { showsUsage = false } = {}) {
    super(message);
    this.showsUsage = showsUsage;
  }
}

/**
 * The generic options, up to the first word that is not one (GenericOptionsParser, 3.3.5), and the other words.
 */
export function genericOptions(words) {
  const properties = {};
  const lists = { '-files': [], '-archives': [], '-libjars': [] };
  const rest = [...words];
  while (rest.length > 0) {
    const [option = '', value = ''] = rest;
    const joined = /^-D(.+)$/s.exec(option)?.[1];
    if (joined !== undefined || option === '-D') {
      setProperty(properties, joined ?? value);
      rest.splice(0, joined === undefined ? 2 : 1);
      continue;
    }
    if (option === '-conf') Object.assign(properties, propertiesIn(readFileSync(value, 'utf8')));
    else if (option === '-fs') properties['fs.defaultFS'] = value;
    else if (option === '-jt') properties['yarn.resourcemanager.address'] = value;
    else if (Object.hasOwn(lists, option)) lists[option].push(...value.split(','));
    else break;
    rest.splice(0, 2);
  }
  return { properties, files: lists['-files'], archives: lists['-archives'], rest };
}

function setProperty(properties, text) {
  const at = text.indexOf('=');
  if (at > 0) properties[text.slice(0, at)] = text.slice(at + 1);
}

function propertiesIn(xml) {
  const properties = {};
  for (const [, name, value] of xml.matchAll(
    /<property>\s*<name>([^<]*)<\/name>\s*<value>([^<]*)<\/value>[\s\S]*?<\/property>/g,
  )) {
    properties[name.trim()] = value.trim();
  }
  return properties;
}

/** Streaming's own options that take one value, and whether they may be repeated. */
const VALUED = {
  '-input': true,
  '-output': false,
  '-mapper': false,
  '-cmdenv': true,
  '-numReduceTasks': false,
  '-reducer': false,
};

/** Streaming's own options (StreamJob, 3.3.5). Throws UsageError. */
export function streamingOptions(words) {
  const options = { '-input': [], '-cmdenv': [] };
  for (let at = 0; at < words.length; at += 2) {
    const option = words[at];
    if (!Object.hasOwn(VALUED, option)) {
      throw new UsageError(`Unrecognized option: ${option}\n`, { showsUsage: true });
    }
    const value = words[at + 1];
    if (value === undefined) throw new UsageError(`Missing argument for option: ${option.slice(1)}`);
    if (VALUED[option]) options[option].push(value);
    else options[option] = value;
  }
  if (options['-input'].length === 0) throw new UsageError('Required argument: -input <name>');
  if (options['-output'] === undefined) throw new UsageError('Required argument: -output ');
  return options;
}
