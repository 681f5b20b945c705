import type { CustomTransportStrategy } from '@nestjs/microservices';
import { EventLogStrategy } from '@tradewind/eventing';
import type { Platform } from './platform';

/** The strategy that feeds `@EventPattern(topic, { group })` handlers from the platform's log. */
export function createEventStrategy(platform: Platform, onFailure: (error: unknown) => void): CustomTransportStrategy {
  const { log, logger, metrics, health, now } = platform;
  return new EventLogStrategy({ log, logger, metrics, health, now, onFailure });
}
