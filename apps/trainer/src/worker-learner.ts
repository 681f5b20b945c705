import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '@tradewind/contracts';
import { learn, type Learned, type Learner, type Task } from './learn';

/** Beside main.js in a build; specs run from sources have none. */
const WORKER_FILE = join(__dirname, 'learn.worker.js');

type Message<T extends Task> = { readonly done: number } | { readonly result: Learned<T> };

/**
 * Learns in a thread of its own, so that the event loop goes on serving; from sources, without a build, in this thread.
 * @param signal ends a learning under way, which then rejects with SHUTTING_DOWN
 */
export function createWorkerLearner(signal: AbortSignal): Learner {
  return <T extends Task>(task: T, onProgress?: (done: number) => void): Promise<Learned<T>> => {
    if (!existsSync(WORKER_FILE)) return Promise.resolve(learn(task, onProgress));
    return new Promise((resolve, reject) => {
      const worker = new Worker(WORKER_FILE, { workerData: task });
      const stop = () => void worker.terminate();
      signal.addEventListener('abort', stop);
      worker.on('message', (message: Message<T>) => ('done' in message ? onProgress?.(message.done) : resolve(message.result)));
      worker.on('error', reject);
      worker.on('exit', (code) => {
        signal.removeEventListener('abort', stop);
        reject(
          signal.aborted
            ? new AppError('SHUTTING_DOWN', `learning ${task.kind} was stopped`)
            : new Error(`the learning thread ended with ${code} and no result`),
        );
      });
      if (signal.aborted) stop();
    });
  };
}
