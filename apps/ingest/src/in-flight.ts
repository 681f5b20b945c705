import { AppError } from '@tradewind/contracts';

/** Bounds the bytes of requests that are not answered yet. */
export interface InFlight {
  /** Takes `bytes`, and gives them back when the result is called. A lone request is always taken. @throws OVERLOADED (retryable) */
  admit(bytes: number): () => void;
  readonly bytes: number;
}

export function createInFlight(maxBytes: number): InFlight {
  let current = 0;
  return {
    admit(bytes) {
      if (current > 0 && current + bytes > maxBytes)
        throw new AppError('OVERLOADED', 'too many bytes wait for the log; try again', { retryable: true });
      current += bytes;
      return () => void (current -= bytes);
    },
    get bytes() {
      return current;
    },
  };
}
