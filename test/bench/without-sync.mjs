/** Preloaded by `node --import`: makes fsync(2) of files and folders do nothing, to measure what it costs. */
import { open } from 'node:fs/promises';

const file = await open(process.execPath);
Object.getPrototypeOf(file).sync = () => Promise.resolve();
await file.close();
