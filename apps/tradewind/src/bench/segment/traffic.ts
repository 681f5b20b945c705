import { EVENT, EventType, TOPICS, userKey, type Event } from '@tradewind/contracts';
import type { OutboundRecord } from '@tradewind/eventing';
import { seededRandom } from '../../seeded-random';
import { categoryName } from './rules';

const SOURCE = 'bench';
const HOUR_MS = 3_600_000;
const HISTORY_MS = 30 * 24 * HOUR_MS;
/** Windows of what is drawn for them close so long after the event was sent, milliseconds. */
const CLOSES_AFTER_MS = [10_000, 60_000] as const;

export interface TrafficOptions {
  readonly users: number;
  readonly seed: number;
  /** How many segments of each kind there are, to draw traits for. */
  readonly kinds: number;
}

interface Draw {
  readonly type: EventType;
  readonly name: string;
  readonly atMs: number;
  readonly payload: object;
  readonly valueMinor?: number;
}

/** Made-up shop traffic of so many users: 70 % views, 12 % adds, 5 % orders, searches, pages, refunds, traits, and 3 % that fall out of a window within a minute. */
export class SegmentTraffic {
  private readonly random: () => number;
  private sent = 0;

  constructor(private readonly options: TrafficOptions) {
    this.random = seededRandom(options.seed);
  }

  /** What users did within 30 days before; each user comes once before anyone comes twice. */
  past(nowMs: number): OutboundRecord {
    const user = this.sent % this.options.users;
    return this.record(user, this.draw(user, Math.floor(nowMs - this.random() * HISTORY_MS), false));
  }

  /** What a user does now. */
  live(nowMs: number): OutboundRecord {
    const user = Math.floor(this.random() * this.options.users);
    return this.record(user, this.draw(user, nowMs, true));
  }

  private draw(user: number, atMs: number, isLive: boolean): Draw {
    const dice = this.random();
    const category = categoryName(user * 7 + Math.floor(this.random() ** 2 * 4));
    if (dice < 0.7) return { ...this.product(category), type: EventType.EVENT_TYPE_TRACK, name: 'Product Viewed', atMs };
    if (dice < 0.82) return { ...this.product(category), type: EventType.EVENT_TYPE_TRACK, name: 'Product Added', atMs };
    if (dice < 0.87) return { ...this.product(category), type: EventType.EVENT_TYPE_TRACK, name: 'Order Completed', atMs };
    if (dice < 0.88) return { ...this.product(category), type: EventType.EVENT_TYPE_TRACK, name: 'Order Refunded', atMs };
    if (dice < 0.92)
      return { type: EventType.EVENT_TYPE_TRACK, name: 'Products Searched', atMs, payload: { properties: { query: category } } };
    if (dice < 0.95) return { type: EventType.EVENT_TYPE_PAGE, name: 'Home', atMs, payload: { properties: { path: '/' } } };
    if (dice < 0.97) return this.traits(atMs, isLive);
    const happenedMs = isLive ? Math.floor(atMs - HOUR_MS + this.closesAfterMs()) : atMs;
    return { type: EventType.EVENT_TYPE_TRACK, name: 'Signal', atMs: happenedMs, payload: { properties: { category } } };
  }

  private product(category: string): Pick<Draw, 'payload' | 'valueMinor'> {
    const price = Math.ceil(this.random() ** 3 * 9_000);
    const properties = {
      product_id: `sku-${price}`,
      category,
      name: `A thing of ${category}`,
      price: price / 100,
      quantity: 1,
      currency: 'GBP',
      url: `https://shop.example/p/${price}?ref=list`,
    };
    const context = { library: { name: 'analytics.js', version: '2.1.0' }, locale: 'en-GB', page: { path: '/p', title: 'A thing' } };
    return { payload: { properties, context }, valueMinor: price };
  }

  private traits(atMs: number, isLive: boolean): Draw {
    const offerEndsAt = new Date(atMs + this.closesAfterMs()).toISOString();
    const traits = { plan: `plan-${Math.floor(this.random() * this.options.kinds)}`, ...(isLive && { offerEndsAt }) };
    return { type: EventType.EVENT_TYPE_IDENTIFY, name: '', atMs, payload: { traits } };
  }

  private closesAfterMs(): number {
    const [least, most] = CLOSES_AFTER_MS;
    return Math.floor(least + this.random() * (most - least));
  }

  private record(user: number, { type, name, atMs, payload, valueMinor = 0 }: Draw): OutboundRecord {
    const userId = `user-${user}`;
    const key = userKey(SOURCE, userId);
    const isOrder = name === 'Order Completed' || name === 'Order Refunded';
    const event: Event = {
      ...NO_EVENT,
      messageId: `${this.options.seed}-${(this.sent++).toString(36).padStart(7, '0')}-4000-8000-00000000abcd`,
      type,
      userKey: key,
      userId,
      name,
      occurredAtMs: atMs,
      receivedAtMs: atMs,
      valueMinor: isOrder ? valueMinor : 0,
      orderId: isOrder ? `order-${this.sent}` : '',
      payloadJson: Buffer.from(JSON.stringify(payload)),
    };
    return { topic: TOPICS.events.name, key, value: EVENT.encode(event) };
  }
}

const NO_EVENT: Event = {
  messageId: '',
  type: EventType.EVENT_TYPE_TRACK,
  sourceId: SOURCE,
  userId: '',
  userKey: '',
  anonymousId: '',
  previousId: '',
  groupId: '',
  name: '',
  occurredAtMs: 0,
  receivedAtMs: 0,
  orderId: '',
  valueMinor: 0,
  currency: 'GBP',
  items: [],
  payloadJson: Buffer.alloc(0),
  enrichment: null,
  deniedPurposes: [],
  trackingPlan: '',
  violationCount: 0,
};

/** Every so-manieth user, by the number in the key: whose memberships are checked. */
export function isSampled(key: string, every: number): boolean {
  return Number(key.slice(key.lastIndexOf('-') + 1)) % every === 0;
}
