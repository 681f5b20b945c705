/** The last `capacity` values. */
export interface Ring<T> {
  push(value: T): void;
  /** The newest first. */
  newestFirst(): T[];
  clear(): void;
}

export function createRing<T>(capacity: number): Ring<T> {
  let values: T[] = [];
  let next = 0;
  return {
    push(value) {
      values[next] = value;
      next = (next + 1) % capacity;
    },
    newestFirst() {
      return [...values.slice(next), ...values.slice(0, next)].reverse();
    },
    clear() {
      values = [];
      next = 0;
    },
  };
}
