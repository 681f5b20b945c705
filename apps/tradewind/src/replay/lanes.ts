import { murmur2 } from '@tradewind/contracts';
import type { ReplayEvent } from './recording';

/** An event in the text that is sent. */
export interface PreparedEvent {
  readonly messageId: string;
  readonly json: string;
}

export interface LaneOptions {
  /** Requests in flight. */
  readonly lanes: number;
  /** Events of one request. */
  readonly batchEvents: number;
  /** Resolves when the batch is acknowledged. */
  send(batch: readonly PreparedEvent[]): Promise<void>;
}

export interface Lanes {
  /** Hands an event over; waits while its lane is full. @throws what `send` of any lane threw */
  add(event: ReplayEvent): Promise<void> | void;
  /** Resolves once everything is acknowledged. @throws what `send` of any lane threw */
  drain(): Promise<void>;
}

/** Below the collector's limit of 4 MiB. */
const MAX_BATCH_CHARS = 1024 * 1024;
/** Batches that wait behind the one in flight. */
const QUEUED_BATCHES = 2;

/**
 * Shards customers over lanes, each with one request at a time: many requests are in flight and yet each customer's events arrive in order.
 * A lane sends what it has as soon as it is free, so slow streams are not held back and fast ones fill their batches.
 */
export function createLanes(options: LaneOptions): Lanes {
  const { batchEvents, send } = options;
  const failure: { error?: unknown; failed: boolean } = { failed: false };
  const lanes = Array.from({ length: options.lanes }, () => ({
    queue: [] as PreparedEvent[],
    running: null as Promise<void> | null,
    wake: null as (() => void) | null,
  }));
  type Lane = (typeof lanes)[number];

  const pump = async (lane: Lane): Promise<void> => {
    try {
      while (lane.queue.length > 0 && !failure.failed) {
        const batch = takeBatch(lane.queue, batchEvents);
        lane.wake?.();
        await send(batch);
      }
    } catch (error) {
      if (!failure.failed) Object.assign(failure, { error, failed: true });
      for (const each of lanes) each.wake?.();
    } finally {
      lane.running = null;
    }
  };
  const throwFailure = () => {
    if (failure.failed) throw failure.error;
  };
  const waitForRoom = async (lane: Lane): Promise<void> => {
    while (lane.queue.length >= batchEvents * QUEUED_BATCHES && !failure.failed)
      await new Promise<void>((resolve) => (lane.wake = resolve));
    throwFailure();
  };

  return {
    add(event) {
      throwFailure();
      const lane = lanes[laneOf(event, lanes.length)]!;
      lane.queue.push({ messageId: event.messageId, json: JSON.stringify(event) });
      lane.running ??= pump(lane);
      return lane.queue.length >= batchEvents * QUEUED_BATCHES ? waitForRoom(lane) : undefined;
    },
    async drain() {
      await Promise.all(lanes.map((lane) => lane.running));
      throwFailure();
    },
  };
}

function laneOf(event: ReplayEvent, lanes: number): number {
  return (murmur2(Buffer.from(event.userId ?? event.anonymousId ?? event.messageId)) & 0x7fffffff) % lanes;
}

function takeBatch(queue: PreparedEvent[], maxEvents: number): PreparedEvent[] {
  let chars = 0;
  let count = 0;
  while (count < queue.length && count < maxEvents && (count === 0 || chars + queue[count]!.json.length <= MAX_BATCH_CHARS))
    chars += queue[count++]!.json.length;
  return queue.splice(0, count);
}
