/** A clock that moves only when told to. `now` is bound: hand it over as it is. */
export interface FakeClock {
  /** Epoch milliseconds UTC. */
  readonly now: () => number;
  advance(byMs: number): void;
  set(toMs: number): void;
}

/** Starts at 2024-01-01T00:00:00Z unless told otherwise. */
export function createFakeClock(startMs = Date.UTC(2024, 0, 1)): FakeClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance(byMs) {
      nowMs += byMs;
    },
    set(toMs) {
      nowMs = toMs;
    },
  };
}
