import { EventLogStrategy } from '@tradewind/eventing';
import type { Platform } from './platform';

/** The strategy that feeds event handlers from the platform's log; the progress of its groups is the process's liveness. */
export function createEventStrategy(platform: Platform, onFailure: (error: unknown) => void): EventLogStrategy {
  const { log, gate, logger, metrics, health, now } = platform;
  return new EventLogStrategy({ log, gate, logger, metrics, health, now, onFailure });
}
