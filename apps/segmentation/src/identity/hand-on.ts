import { TOPICS, type Event, type LogPosition } from '@tradewind/contracts';
import type { Batch, LogRecord, OutboundRecord } from '@tradewind/eventing';
import type { UserState } from '@tradewind/feature-store';
import { IDENTITY, isAnonymous, type IdentityRecord } from './identity-record';
import { pathOf, toMovedRecord, type Hop } from './moved-events';

/** Identities during one batch: keeps what anonymous visitors do, and hands on what belongs to someone else. */
export class HandOn {
  readonly outputs: OutboundRecord[] = [];
  private byOffset: Map<number, LogRecord> | null = null;

  constructor(private readonly batch: Batch) {}

  /** Right after the event was folded, in log order. @returns true when it was handed on: then nothing is to be decided for this user */
  take(user: UserState, event: Event, position: LogPosition): boolean {
    const identity = user.of(IDENTITY);
    if (identity.mergedInto === '') {
      this.keep(identity, event, position);
      return false;
    }
    const { mergedInto, linkedAtMs } = identity;
    const path = this.isMoved ? pathOf(this.recordAt(position)) : [];
    const hop = { userKey: user.userKey, linkedAtMs };
    if (isEndOfCircle(path, hop, mergedInto)) {
      identity.mergedInto = '';
      return false;
    }
    this.outputs.push(toMovedRecord(event, mergedInto, { userKey: user.userKey, position: this.recordAt(position), path: [...path, hop] }));
    return true;
  }

  private get isMoved(): boolean {
    return this.batch.topic !== TOPICS.events.name;
  }

  private keep({ trail }: IdentityRecord, event: Event, position: LogPosition): void {
    if (!this.isMoved && isAnonymous(event)) trail.add(position.offset, event);
    else trail.giveUp();
  }

  private recordAt({ offset }: LogPosition): LogRecord {
    this.byOffset ??= new Map(this.batch.records.map((record) => [record.offset, record]));
    return this.byOffset.get(offset)!;
  }
}

/**
 * Two replicas of ingest can link two ids to one another at the same moment. As there, the oldest link of a circle does not count: an event that
 * comes round stays with that link's alias.
 */
function isEndOfCircle(path: readonly Hop[], last: Hop, to: string): boolean {
  const from = path.findIndex(({ userKey }) => userKey === to);
  if (from < 0) return false;
  const isYounger = (hop: Hop) => hop.linkedAtMs > last.linkedAtMs || (hop.linkedAtMs === last.linkedAtMs && hop.userKey > last.userKey);
  return path.slice(from).every((hop) => hop.userKey === last.userKey || isYounger(hop));
}
