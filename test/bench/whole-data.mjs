import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a folder by `fill(folder)`, unless it is there; returns its path. */
export function folderOf(path, fill) {
  if (existsSync(path)) return path;
  rmSync(`${path}.part`, { recursive: true, force: true });
  mkdirSync(`${path}.part`, { recursive: true });
  fill(`${path}.part`);
  renameSync(`${path}.part`, path);
  return path;
}

/** Header and records of a file, each with its line end. */
export function linesOf(path) {
  const [header, ...lines] = readFileSync(path, 'latin1').split(/(?<=\n)/);
  return { header, lines };
}

/** Fills a folder with files of so many bytes of these records each, as many as asked for. */
export function fillWithFiles({ header, lines }, count, bytes) {
  return (folder) => {
    let next = 0;
    for (let number = 0; number < count; number++) {
      let text = header;
      while (text.length < bytes) text += lines[next++ % lines.length];
      writeFileSync(join(folder, `f-${String(number).padStart(6, '0')}.csv`), text, 'latin1');
    }
  };
}

/** Fills a folder with one file of the records of all files in another folder. */
export function fillWithOne(from, names) {
  return (folder) => {
    const texts = names.map((name) => readFileSync(join(from, name), 'latin1'));
    const bodies = texts.map((text, at) => (at === 0 ? text : text.slice(text.indexOf('\n') + 1)));
    writeFileSync(join(folder, 'all.csv'), bodies.join(''), 'latin1');
  };
}

/** Fills a folder with one file of at least so many bytes. */
export function fillWithBytes({ header, lines }, bytes) {
  return (folder) => {
    const path = join(folder, 'data.csv');
    const block = lines.join('');
    writeFileSync(path, header, 'latin1');
    for (let written = header.length; written < bytes; ) {
      const piece = block.length <= bytes - written ? block : wholeLines(block, bytes - written);
      writeFileSync(path, piece, { encoding: 'latin1', flag: 'a' });
      written += piece.length;
    }
  };
}

/** The first lines that have so many bytes, or one more. */
function wholeLines(text, bytes) {
  return text.slice(0, text.indexOf('\n', bytes - 1) + 1 || text.length);
}

/** Fills a folder with records of which every so many'th has an amount that is none. */
export function fillWithRejects({ header, lines }, every) {
  return (folder) => {
    const broken = (line) => line.replace(/,[^,]*$/, ',none\n');
    const made = lines.map((line, at) => (every > 0 && at % every === every - 1 ? broken(line) : line));
    writeFileSync(join(folder, 'data.csv'), header + made.join(''), 'latin1');
  };
}

/** Fills a folder with the files of another one, compressed. */
export function fillWithGzip(from, names) {
  return (folder) => {
    for (const name of names) {
      const bytes = execFileSync('gzip', ['-c', join(from, name)], { maxBuffer: 2 ** 31 });
      writeFileSync(join(folder, `${name}.gz`), bytes);
    }
  };
}
