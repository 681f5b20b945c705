/** A key and when it wants to be looked at. */
export interface DueTime {
  readonly key: string;
  /** Epoch milliseconds UTC. */
  readonly atMs: number;
}

/** A due time that was looked at: as `due` gave it, and the next one; `null` for none. */
export interface SettledTime {
  readonly key: string;
  readonly seenMs: number;
  readonly nextMs: number | null;
}

/**
 * When keys want to be looked at again, in queues: timers that cost nothing until they fall due. A key has one time per queue. Whoever is
 * not sure may ask for a look too early: `schedule` never moves a time back, and `settle` only touches what nobody has moved since.
 */
export interface DueTimes {
  /** False: they are gone with the process, and must be scheduled again from what is stored at the start. */
  readonly isDurable: boolean;
  /** Sets the times, or leaves earlier ones. @throws STATE_UNAVAILABLE (retryable) */
  schedule(queue: string, times: readonly DueTime[]): Promise<void>;
  /** The earliest ones up to `untilMs`, at most `limit`, by time. They stay until settled. @throws STATE_UNAVAILABLE (retryable) */
  due(queue: string, untilMs: number, limit: number): Promise<DueTime[]>;
  /** Moves or removes times that still are what was seen. @throws STATE_UNAVAILABLE (retryable) */
  settle(queue: string, settled: readonly SettledTime[]): Promise<void>;
}
