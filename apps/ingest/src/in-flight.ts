/** Bounds the bytes of requests that are not answered yet. */
export interface InFlight {
  /** Takes `bytes`, or refuses. A lone request is always taken. */
  enter(bytes: number): boolean;
  leave(bytes: number): void;
  readonly bytes: number;
}

export function createInFlight(maxBytes: number): InFlight {
  let current = 0;
  return {
    enter(bytes) {
      if (current > 0 && current + bytes > maxBytes) return false;
      current += bytes;
      return true;
    },
    leave(bytes) {
      current -= bytes;
    },
    get bytes() {
      return current;
    },
  };
}
