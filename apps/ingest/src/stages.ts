import type { Event, Link, Violation } from '@tradewind/contracts';
import type { Fault } from './fault';
import type { RawEvent } from './judge';
import type { AuthenticatedSource } from './sources';

/** What a request tells beside its body. Texts are '' when absent. */
export interface RequestFacts {
  readonly receivedAtMs: number;
  /** Address of the client, as the server or a trusted proxy saw it. */
  readonly ip: string;
  readonly userAgent: string;
  /** `Sec-GPC: 1`: do not sell or share. @see https://w3c.github.io/gpc/ */
  readonly gpc: boolean;
}

/** Why an event was taken from the client with 200 and yet not published. Counted, never an error of the client. */
export type DropReason = 'consent' | 'suppressed' | 'bot' | 'internal' | 'duplicate';

/** Consent, enrichment and privacy of one source, compiled from its settings. Pure and synchronous: it runs for every event. */
export interface Policy {
  /** The event as it may be published (enriched, addresses cut, fields hashed or dropped), or why it may not. Never throws. */
  apply(event: Event, raw: RawEvent, facts: RequestFacts): Event | DropReason;
  /** The bytes that may be stored of an event that is rejected; null to store nothing. Never throws. */
  rejected(raw: RawEvent, facts: RequestFacts): Buffer | null;
  /** Ids that a client sent in the form in which they are stored; absent when the source hashes none. */
  hashedIds?(ids: readonly string[]): readonly string[];
}

/** A source's tracking plan, compiled. Judges what the client sent, before privacy changed it. */
export interface PlanChecker {
  /** Of events that follow it; the violations of an event say what becomes of that event. */
  readonly mode: 'allow' | 'flag' | 'block';
  /** `<plan id>@<version>`. */
  readonly name: string;
  /** Faults in order of the schema, with one `mode` for all; empty when the event follows the plan. */
  check(event: Event, raw: RawEvent): readonly Violation[];
  /** Of a blocked event. */
  fault(violations: readonly Violation[]): Fault;
}

/** Who must not be collected; mirrored in memory on every replica. */
export interface SuppressionList {
  /** Any of these ids of the source. */
  isSuppressed(sourceId: string, ids: readonly string[]): boolean;
}

/**
 * The ids of the messages that were published in the last 24 hours or more, shared by all replicas. A fault of the store never refuses an
 * event: `seen` then answers false, and what was published meanwhile is remembered once the store is back.
 */
export interface MessageIds {
  /**
   * In order of `ids`: published before, or repeated among `ids`. Ids that are not seen count as under way until `remember` or `forget`; an id
   * that is under way for another request is waited for, because that one may yet fail, and the answer here would have acknowledged it.
   */
  seen(sourceId: string, ids: readonly string[]): Promise<readonly boolean[]>;
  /** After the log acknowledged them. Resolves at once; stored within milliseconds. */
  remember(sourceId: string, ids: readonly string[]): void;
  /** They were not published after all. */
  forget(sourceId: string, ids: readonly string[]): void;
}

/** Which anonymous or previous ids belong to which user, shared by all replicas. */
export interface IdentityGraph {
  /**
   * The same events in order, each with the user key of its canonical id, and the links that became known by them, which must be published with
   * them. A fault of the store leaves keys as they came.
   */
  resolve(events: readonly Event[]): Promise<{ readonly events: readonly Event[]; readonly links: readonly Link[] }>;
}

/** How much a source may send to this replica. */
export interface RateLimiter {
  /** Takes `events` of the source's budget; 0 only asks whether there is any. @throws RATE_LIMITED with details.retryAfterSeconds, whole seconds */
  take(source: AuthenticatedSource, events: number): void;
}
