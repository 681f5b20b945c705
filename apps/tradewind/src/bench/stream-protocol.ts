/** What both consumers of the stream benchmark, ours and the floor (`bench/floor-stream.mjs`), are told. */
export interface StreamRun {
  readonly brokers: readonly string[];
  /** Before every topic and group name. */
  readonly prefix: string;
  /** Topic of the events, without the prefix. */
  readonly topic: string;
  readonly groupId: string;
  /** Ends after this many events. */
  readonly events: number;
  /** Or after this long since the first one, seconds. */
  readonly seconds: number;
  /** Collects latencies of the events that came later than this after the first one; null for none. Milliseconds. */
  readonly latenciesAfterMs: number | null;
}

export interface StreamResult {
  readonly events: number;
  /** From the first fetched batch to the end of the last one. */
  readonly elapsedMs: number;
  /** Of the process in that time. */
  readonly cpuSeconds: number;
  readonly rssMb: number;
  /** From the producer's stamp on an event to its outputs acknowledged and its state in Redis. */
  readonly latenciesMs: readonly number[];
}
