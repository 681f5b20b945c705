import { setTimeout as delay } from 'node:timers/promises';

interface RunningBatch {
  readonly controller: AbortController;
  readonly ended: Promise<unknown>;
}

/** The batches being handled now: they can be counted, awaited and told to give up. */
export class RunningBatches {
  private readonly running = new Set<RunningBatch>();

  get size(): number {
    return this.running.size;
  }

  /** Runs `work` as a batch; its signal is aborted by `abort`. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const ended = work(controller.signal);
    const batch = { controller, ended };
    this.running.add(batch);
    try {
      return await ended;
    } finally {
      this.running.delete(batch);
    }
  }

  abort(): void {
    for (const { controller } of this.running) controller.abort();
  }

  /** Waits for the running batches to end, aborts those that outlive `timeoutMs`, and waits as long again; true when all have ended. */
  async drain(timeoutMs: number): Promise<boolean> {
    if (await this.ended(timeoutMs)) return true;
    this.abort();
    return this.ended(timeoutMs);
  }

  private async ended(timeoutMs: number): Promise<boolean> {
    if (this.running.size === 0) return true;
    const timer = new AbortController();
    const late = delay(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([Promise.allSettled([...this.running].map(({ ended }) => ended)), late]);
    timer.abort();
    return this.running.size === 0;
  }
}
