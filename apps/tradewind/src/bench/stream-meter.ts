import type { LogRecord } from '@tradewind/eventing';
import type { StreamResult, StreamRun } from './stream-protocol';

const MIB = 1024 * 1024;

/** Counts handled events and tells when the run is over. */
export class StreamMeter {
  readonly done: Promise<void>;
  private end: () => void = () => undefined;
  private startedMs = 0;
  private endedMs = 0;
  private cpu = process.cpuUsage();
  private cpuSeconds = 0;
  private events = 0;
  private timer: NodeJS.Timeout | null = null;
  private readonly latencies: number[] = [];

  constructor(private readonly run: Pick<StreamRun, 'events' | 'seconds' | 'latenciesAfterMs'>) {
    this.done = new Promise((resolve) => (this.end = resolve));
  }

  /** A batch is about to be handled. */
  began(): void {
    if (this.startedMs > 0) return;
    this.startedMs = performance.now();
    this.cpu = process.cpuUsage();
    this.timer = setTimeout(() => this.end(), this.run.seconds * 1000);
  }

  handled(records: readonly LogRecord[]): void {
    if (this.endedMs > 0 && this.events >= this.run.events) return;
    const { latenciesAfterMs } = this.run;
    this.events += records.length;
    this.endedMs = performance.now();
    const { user, system } = process.cpuUsage(this.cpu);
    this.cpuSeconds = (user + system) / 1e6;
    if (latenciesAfterMs !== null && this.endedMs - this.startedMs > latenciesAfterMs) {
      const nowMs = Date.now();
      for (const { timestampMs } of records) this.latencies.push(nowMs - timestampMs);
    }
    if (this.events >= this.run.events) this.end();
  }

  result(): StreamResult {
    if (this.timer) clearTimeout(this.timer);
    const elapsedMs = Math.max(1, this.endedMs - this.startedMs);
    return {
      events: this.events,
      elapsedMs,
      cpuSeconds: this.cpuSeconds,
      rssMb: process.memoryUsage().rss / MIB,
      latenciesMs: this.latencies,
    };
  }
}
