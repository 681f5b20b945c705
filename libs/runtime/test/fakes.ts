import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { PartitionGate } from '@tradewind/eventing';
import { openMemoryMessageIdStore } from '@tradewind/feature-store';
import { SILENT_LOGGER, createHealth, createMetrics } from '@tradewind/observability';
import type { Platform } from '../src/platform';

/** A platform of empty ports: enough for what the runtime itself does. Its `close` is recorded as 'platform'. */
export function createFakePlatform(order: string[] = []): Platform {
  let closed = false;
  return {
    log: {} as Platform['log'],
    gate: new PartitionGate(),
    state: {} as Platform['state'],
    database: {} as Platform['database'],
    logger: SILENT_LOGGER,
    metrics: createMetrics({ service: 'test', processMetrics: false }),
    health: createHealth(),
    now: () => 0,
    dataDir: 'unused',
    openMessageIds: () => openMemoryMessageIdStore(),
    async close() {
      if (!closed) order.push('platform');
      closed = true;
    },
  };
}

/** Consumes nothing; keeps what the runtime gave it, and records its end as 'consumers'. */
export class FakeStrategy extends Server implements CustomTransportStrategy {
  private closed = false;

  constructor(
    readonly fail: (error: unknown) => void,
    private readonly order: string[] = [],
    private readonly listenError?: Error,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    callback(this.listenError);
  }

  close(): void {
    if (!this.closed) this.order.push('consumers');
    this.closed = true;
  }

  on(): void {
    throw new Error('has no events');
  }

  unwrap<T>(): T {
    throw new Error('has no client');
  }
}
