import type { Event, Item, Post, Violation } from '@tradewind/contracts';
import { storedOriginal, type Entry } from '../entries';
import type { AuthenticatedSource } from '../sources';
import type { DropReason } from '../stages';
import { createRing, type Ring } from './ring';

/** Kept of each kind and source. */
const KEPT = 50;
/** Of a rejected entry, bytes. */
export const SHOWN_BYTES = 2_048;
/** An event with a larger payload is kept without it. */
const LARGEST_PAYLOAD_BYTES = 8_192;
/** The source that was heard of first is forgotten beyond this many. */
const MAX_SOURCES = 256;
const NO_BYTES = Buffer.alloc(0);

/** What went on the log, as it went. */
export interface GoodEntry {
  readonly message: { readonly event: Event } | { readonly item: Item } | { readonly post: Post };
  readonly violations: readonly Violation[];
}

/** What was refused, and why. */
export interface BadEntry {
  readonly receivedAtMs: number;
  readonly messageId: string;
  readonly code: string;
  readonly reason: string;
  /** The first 2 KiB of what the source lets be stored of it; may be empty. */
  readonly bytes: Buffer;
  /** Of all its bytes. */
  readonly size: number;
}

/** What became of one source's events on this replica since `sinceMs`. */
export interface SourceView {
  readonly sinceMs: number;
  readonly good: number;
  readonly bad: number;
  readonly badBy: Readonly<Record<string, number>>;
  readonly dropped: number;
  readonly droppedBy: Readonly<Partial<Record<DropReason, number>>>;
  /** Newest first, at most 50 each. */
  readonly lastGood: readonly GoodEntry[];
  readonly lastBad: readonly BadEntry[];
}

/** The last good and the last bad entries of each source, in this replica's memory. Never on disk; bounded in number and in bytes. */
export interface DebugView {
  /** Costs a few references per entry: what is shown is formatted when it is read. */
  observe(source: AuthenticatedSource, entries: readonly Entry[]): void;
  of(sourceId: string): SourceView;
  reset(sourceId: string): void;
}

interface Tally {
  sinceMs: number;
  good: number;
  badBy: Record<string, number>;
  droppedBy: Partial<Record<DropReason, number>>;
  readonly lastGood: Ring<GoodEntry>;
  readonly lastBad: Ring<BadEntry>;
}

export function createDebugView(now: () => number): DebugView {
  const startedMs = now();
  const tallies = new Map<string, Tally>();
  const tallyOf = (sourceId: string): Tally => {
    const known = tallies.get(sourceId);
    if (known) return known;
    if (tallies.size >= MAX_SOURCES) tallies.delete(tallies.keys().next().value!);
    const tally = {
      sinceMs: startedMs,
      good: 0,
      badBy: {},
      droppedBy: {},
      lastGood: createRing<GoodEntry>(KEPT),
      lastBad: createRing<BadEntry>(KEPT),
    };
    tallies.set(sourceId, tally);
    return tally;
  };

  return {
    observe(source, entries) {
      const tally = tallyOf(source.sourceId);
      const receivedAtMs = now();
      for (const entry of entries) {
        if (entry.dropped) count(tally.droppedBy, entry.dropped);
        else if (entry.rejected) addBad(tally, entry, storedOriginal(entry, source.settings.rejected) ?? NO_BYTES, receivedAtMs);
        else addGood(tally, entry);
      }
    },
    of(sourceId) {
      const { sinceMs, good, badBy, droppedBy, lastGood, lastBad } = tallies.get(sourceId) ?? tallyOf(sourceId);
      return {
        sinceMs,
        good,
        bad: sum(badBy),
        badBy,
        dropped: sum(droppedBy),
        droppedBy,
        lastGood: lastGood.newestFirst(),
        lastBad: lastBad.newestFirst(),
      };
    },
    reset(sourceId) {
      tallies.delete(sourceId);
      tallyOf(sourceId).sinceMs = now();
    },
  };
}

function addGood(tally: Tally, { event, item, post, violations }: Entry): void {
  tally.good++;
  const message = event ? { event: withoutLargePayload(event) } : item ? { item } : { post: post! };
  tally.lastGood.push({ message, violations });
}

function withoutLargePayload(event: Event): Event {
  return event.payloadJson.length <= LARGEST_PAYLOAD_BYTES ? event : { ...event, payloadJson: NO_BYTES };
}

/** The bytes are copied: they are part of a body that may be megabytes. */
function addBad(tally: Tally, { raw, rejected }: Entry, original: Buffer, receivedAtMs: number): void {
  const { fault, messageId } = rejected!;
  count(tally.badBy, fault.code);
  const bytes = Buffer.from(original.subarray(0, SHOWN_BYTES));
  tally.lastBad.push({ receivedAtMs, messageId, code: fault.code, reason: fault.reason, bytes, size: raw.bytes.length });
}

function count<K extends string>(tally: Partial<Record<K, number>>, name: K): void {
  tally[name] = (tally[name] ?? 0) + 1;
}

function sum(tally: Readonly<Record<string, number>>): number {
  return Object.values(tally).reduce((total, each) => total + each, 0);
}
