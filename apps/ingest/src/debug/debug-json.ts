import { EventType } from '@tradewind/contracts';
import type { BadEntry, GoodEntry, SourceView } from './debug-view';

/** What a person or a test may ask for. Absent members ask for nothing. */
export interface DebugFilter {
  /** Event, page or item name, or an error code: any part of it, in any case. */
  readonly name?: string | undefined;
  /** userId, anonymousId or messageId: exactly. */
  readonly id?: string | undefined;
  readonly limit: number;
}

/** One good entry for people and for JSON. */
export interface ShownGood {
  readonly kind: 'event' | 'item' | 'post';
  /** track, identify, …; '' of items and posts. */
  readonly type: string;
  readonly name: string;
  readonly messageId: string;
  /** ISO 8601 UTC; '' of items, which have no time of receipt. */
  readonly receivedAt: string;
  /** As it went on the log, payloads as JSON. */
  readonly message: Readonly<Record<string, unknown>>;
  readonly violations: readonly { readonly field: string; readonly description: string }[];
}

/** One rejected entry for people and for JSON. */
export interface ShownBad {
  readonly receivedAt: string;
  readonly messageId: string;
  readonly code: string;
  readonly reason: string;
  /** The field that the reason names, if the bytes have it. */
  readonly field: string | null;
  readonly bytes: number;
  readonly original: string;
}

/** The counts of a source since its view was opened or reset. */
export function countsOf({ sinceMs, good, bad, badBy, dropped, droppedBy }: SourceView) {
  return { since: new Date(sinceMs).toISOString(), total: good + bad + dropped, good, bad, badBy, dropped, droppedBy };
}

/** Newest first. */
export function shownGood(view: SourceView, { name, id, limit }: DebugFilter): ShownGood[] {
  return view.lastGood
    .map(toShownGood)
    .filter(
      (good) => matches(good.name, name) && (!id || [good.messageId, good.message['userId'], good.message['anonymousId']].includes(id)),
    )
    .slice(0, limit);
}

/** Newest first. */
export function shownBad(view: SourceView, { name, id, limit }: DebugFilter): ShownBad[] {
  return view.lastBad
    .map(toShownBad)
    .filter(
      (bad) => matches(`${bad.code} ${bad.original}`, name) && (!id || bad.messageId === id || bad.original.includes(JSON.stringify(id))),
    )
    .slice(0, limit);
}

function matches(text: string, part: string | undefined): boolean {
  return !part || text.toLowerCase().includes(part.toLowerCase());
}

function toShownGood({ message, violations }: GoodEntry): ShownGood {
  const faults = violations.map(({ field, description }) => ({ field, description }));
  if ('item' in message) {
    const { item } = message;
    return { kind: 'item', type: '', name: item.itemId, messageId: '', receivedAt: '', message: readable(item), violations: faults };
  }
  if ('post' in message) {
    const { post } = message;
    const receivedAt = new Date(post.receivedAtMs).toISOString();
    return { kind: 'post', type: '', name: post.brand, messageId: post.postId, receivedAt, message: readable(post), violations: faults };
  }
  const { event } = message;
  const type = EventType[event.type].replace('EVENT_TYPE_', '').toLowerCase();
  const receivedAt = new Date(event.receivedAtMs).toISOString();
  return { kind: 'event', type, name: event.name, messageId: event.messageId, receivedAt, message: readable(event), violations: faults };
}

function toShownBad({ receivedAtMs, messageId, code, reason, bytes, size }: BadEntry): ShownBad {
  const original = bytes.toString('utf8');
  return {
    receivedAt: new Date(receivedAtMs).toISOString(),
    messageId,
    code,
    reason,
    field: fieldOf(reason, original),
    bytes: size,
    original,
  };
}

/** The first word of the reason that is a member's name in the text. */
function fieldOf(reason: string, original: string): string | null {
  const words = reason.match(/[A-Za-z_][\w.]*/g) ?? [];
  return words.map((word) => word.split('.').filter(Boolean).at(-1) ?? word).find((word) => original.includes(`"${word}"`)) ?? null;
}

/** Without empty fields, bytes as the JSON they hold. */
function readable(message: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(message)
      .filter(([, value]) => !isEmpty(value))
      .map(([name, value]) => (value instanceof Uint8Array ? [name.replace(/Json$/, ''), parsed(value)] : [name, value as unknown])),
  );
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === 0 || value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

function parsed(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return text === '' ? 'too large to be shown here' : JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
