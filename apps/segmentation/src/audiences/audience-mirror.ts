import { setTimeout as delay } from 'node:timers/promises';
import { AppError, TOPICS, TRANSITION, describeError } from '@tradewind/contracts';
import {
  decodeBatch,
  toDeadLetterRecord,
  type Batch,
  type BatchContext,
  type DeadLetter,
  type LogRecord,
  type Subscription,
} from '@tradewind/eventing';
import type { FeatureStore } from '@tradewind/feature-store';
import type { Platform } from '@tradewind/runtime';
import { isKnownByAnonymousId } from '../identity/identity-record';
import { toAudienceEvent, type AudienceEvent } from './audience-event';
import { postAudienceEvents, type Answer, type AudienceReceiverOptions } from './audience-receiver';

export const AUDIENCE_GROUP = 'segmentation-audiences';

export interface AudienceMirrorOptions {
  readonly platform: Pick<Platform, 'log' | 'logger' | 'metrics' | 'now'>;
  readonly features: Pick<FeatureStore, 'getMany'>;
  readonly receiver: AudienceReceiverOptions;
  /** Wait after the first failure, milliseconds; doubles up to `maxWaitMs`. @default 500 */
  readonly waitMs?: number;
  /** @default 60000 */
  readonly maxWaitMs?: number;
}

/** Events of one request; Segment takes up to 500 KB. */
const REQUEST_EVENTS = 100;

interface Outbound {
  readonly record: LogRecord;
  readonly event: AudienceEvent;
}

/**
 * Tells entries and exits to a receiver of Segment's track events, in the order of each user's transitions, at least once. A receiver that is away is
 * asked again for as long as it takes, while transitions wait on the log; what it refuses for good goes to the dead-letter topic. In a group of its
 * own, apart from the service's consumers: a receiver that is down makes no service unhealthy.
 */
export class AudienceMirror {
  private subscription: Subscription | null = null;
  private readonly stopping = new AbortController();
  private starting: Promise<void> = Promise.resolve();
  private readonly sent;

  constructor(private readonly options: AudienceMirrorOptions) {
    this.sent = options.platform.metrics.counter({
      name: 'tradewind_segmentation_audience_events_total',
      help: 'Audience events by what became of the attempt to send them',
      labels: ['outcome'],
    });
  }

  /** Joins the group; where that fails, in the background again and again. */
  start(): void {
    this.starting = this.join();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.starting;
    await this.subscription?.stop();
  }

  private async join(): Promise<void> {
    const { log, logger } = this.options.platform;
    for (let failures = 0; !this.stopping.signal.aborted; failures++) {
      try {
        this.subscription = await log.subscribe({
          groupId: AUDIENCE_GROUP,
          topics: [TOPICS.segmentTransitions.name],
          onBatch: (batch, context) => this.take(batch, context),
        });
        this.subscription.finished.catch((error: unknown) => {
          logger.error('audience events are no longer sent; trying again', { error: describeError(error) });
          if (!this.stopping.signal.aborted) this.starting = this.wait(1, undefined, this.stopping.signal).then(() => this.join());
        });
        return;
      } catch (error) {
        logger.warn('audience events are not sent yet; trying again', { error: describeError(error) });
        await this.wait(failures, undefined, this.stopping.signal);
      }
    }
  }

  private async take(batch: Batch, context: BatchContext): Promise<void> {
    const { messages, deadLetters } = decodeBatch(batch, TRANSITION);
    const users = await this.options.features.getMany(messages.map(({ message }) => message.userKey));
    const outbound = messages.map(({ record, message }, i): Outbound => {
      const user = users[i] ?? null;
      return { record, event: toAudienceEvent(message, user !== null && isKnownByAnonymousId(user)) };
    });
    const letters = [...deadLetters];
    for (let at = 0; at < outbound.length; at += REQUEST_EVENTS) {
      await context.heartbeat();
      letters.push(...(await this.deliver(outbound.slice(at, at + REQUEST_EVENTS), context)));
    }
    if (letters.length === 0) return;
    const facts = { service: AUDIENCE_GROUP, attempts: 1, nowMs: this.options.platform.now() };
    await this.options.platform.log.publish(letters.map((letter) => toDeadLetterRecord(letter, facts)));
  }

  /** What is refused together is halved until what is to blame stands alone. @returns what was refused for good */
  private async deliver(outbound: readonly Outbound[], context: BatchContext): Promise<DeadLetter[]> {
    const answer = await this.post(outbound, context);
    this.sent.add(outbound.length, { outcome: answer.outcome });
    if (answer.outcome === 'taken') return [];
    if (outbound.length === 1) return [{ record: outbound[0]!.record, code: 'HANDLER_FAILED', reason: answer.reason }];
    const middle = outbound.length >> 1;
    const first = await this.deliver(outbound.slice(0, middle), context);
    return [...first, ...(await this.deliver(outbound.slice(middle), context))];
  }

  /** Until it is taken or refused. @throws SHUTTING_DOWN when the partition is no longer ours */
  private async post(outbound: readonly Outbound[], { signal, heartbeat }: BatchContext): Promise<Answer> {
    const { receiver, platform } = this.options;
    const ends = AbortSignal.any([signal, this.stopping.signal]);
    for (let failures = 0; !ends.aborted; failures++) {
      const answer = await postAudienceEvents(
        outbound.map(({ event }) => event),
        receiver,
      );
      if (answer.outcome !== 'again') return answer;
      this.sent.add(outbound.length, { outcome: 'again' });
      if (failures === 0) platform.logger.warn('audience events wait for their receiver', { reason: answer.reason });
      await heartbeat();
      await this.wait(failures, answer.retryAfterMs, ends);
    }
    throw new AppError('SHUTTING_DOWN', 'gave up sending audience events: another member goes on');
  }

  private async wait(failures: number, askedMs: number | undefined, signal: AbortSignal): Promise<void> {
    const { waitMs = 500, maxWaitMs = 60_000 } = this.options;
    const ms = Math.min(maxWaitMs, askedMs ?? waitMs * 2 ** Math.min(failures, 20));
    // The only rejection is the abort, which the caller sees on its signal.
    await delay(ms * (1 - Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}
