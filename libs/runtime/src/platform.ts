import type { EventLog, PartitionGate } from '@tradewind/eventing';
import type { MessageIdStore, StateStore } from '@tradewind/feature-store';
import type { Health, Logger, Metrics } from '@tradewind/observability';
import type { Database } from '@tradewind/persistence';

/** Everything a service stands on, opened once per process from the settings; the all-in-one process shares one among all services. */
export interface Platform {
  readonly log: EventLog;
  /** Entered for every batch; who touches stored state outside the stream enters it too. */
  readonly gate: PartitionGate;
  readonly state: StateStore;
  readonly database: Database;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Checks behind /livez and /readyz; a service adds its own, e.g. "model loaded". */
  readonly health: Health;
  /** Epoch milliseconds UTC; injected so that tests and replays own the time. */
  readonly now: () => number;
  /** Where embedded stores and cached model files live. */
  readonly dataDir: string;
  /**
   * Opens the ids of published messages, beside the state: in Redis spread over so many strings, or in memory with files in the data directory.
   * The caller closes it. @throws STATE_UNAVAILABLE
   */
  openMessageIds(options: { readonly buckets: number }): Promise<MessageIdStore>;
  /** Closes in reverse order of opening. Idempotent. */
  close(): Promise<void>;
}
