import { parentPort, workerData } from 'node:worker_threads';
import { learn, type Task } from './learn';

// One task a thread: the thread ends with it, and its memory goes back.
const result = learn(workerData as Task, (done) => parentPort?.postMessage({ done }));
parentPort?.postMessage({ result });
