import { parentPort, workerData } from 'node:worker_threads';
import { likestRows, type LookalikeTask } from './find-lookalikes';

// One task a thread: the thread ends with it, and its memory goes back.
parentPort?.postMessage(likestRows(workerData as LookalikeTask));
