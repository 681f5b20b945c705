import { AppError } from '@tradewind/contracts';

export interface StoreGuardOptions {
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  /** How long a request may wait for the store, milliseconds. @default 250 */
  readonly budgetMs?: number | undefined;
  /** How long a store that failed is left alone before it is asked whether it is back, milliseconds. @default 1000 */
  readonly pauseMs?: number | undefined;
  /** Told at the first failure after the store worked. */
  onAway?(error: unknown): void;
  /** Told when a store that failed answers again. */
  onBack?(): void;
}

/** Keeps a store that is away or slow from harming requests: they go on without it, and only those under way when it fails wait, for the budget. */
export interface StoreGuard {
  /** False from a failure until the store has answered a ping. */
  readonly isUp: boolean;
  /** What `work` gives; undefined when the store failed, was too slow, or is known to be away. Rejects only with what is a bug. */
  attempt<T>(work: () => Promise<T>): Promise<T | undefined>;
  /** Asks the store no more. */
  stop(): void;
}

export function createStoreGuard(options: StoreGuardOptions): StoreGuard {
  const { budgetMs = 250, pauseMs = 1_000 } = options;
  let probe: NodeJS.Timeout | undefined;
  let stopped = false;

  const trip = (error: unknown): void => {
    if (probe === undefined) options.onAway?.(error);
    clearTimeout(probe);
    probe = setTimeout(() => void askAgain(), pauseMs);
    probe.unref();
  };
  const askAgain = async (): Promise<void> => {
    const outcome = await within(budgetMs, options.ping);
    if (stopped) return;
    if (outcome.error !== undefined) return trip(outcome.error);
    probe = undefined;
    options.onBack?.();
  };

  return {
    get isUp() {
      return probe === undefined;
    },
    async attempt(work) {
      if (probe !== undefined) return undefined;
      const outcome = await within(budgetMs, work);
      if (outcome.error === undefined) return outcome.value;
      if (!stopped) trip(outcome.error);
      return undefined;
    },
    stop() {
      stopped = true;
      clearTimeout(probe);
    },
  };
}

type Outcome<T> = { readonly value: T; readonly error?: undefined } | { readonly error: AppError };

/** Rejects with anything but an `AppError`: that is a bug. What comes after the budget is ignored. */
async function within<T>(budgetMs: number, work: () => Promise<T>): Promise<Outcome<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome<T>>((resolve) => {
    timer = setTimeout(
      () => resolve({ error: new AppError('STATE_UNAVAILABLE', `no answer within ${budgetMs} ms`, { retryable: true }) }),
      budgetMs,
    );
  });
  try {
    return await Promise.race([work().then((value) => ({ value })), late]);
  } catch (error) {
    if (error instanceof AppError) return { error };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
