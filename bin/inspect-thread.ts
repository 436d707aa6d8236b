import { parentPort } from 'node:worker_threads';
import { serveInspections } from '../submit/inspect/thread-main.js';

if (parentPort !== null) serveInspections(parentPort);
