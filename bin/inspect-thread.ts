import { parentPort } from 'node:worker_threads';
import { serveInspections } from '../submit/sources/inspect/thread-main.js';

if (parentPort !== null) serveInspections(parentPort);
