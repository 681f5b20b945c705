import { EVENT, EventType, type Event } from '@tradewind/contracts';
import fc from 'fast-check';
import { MAX_EVENT_BYTES, judgeEvent, type RawEvent, type Verdict } from './judge';

const RECEIVED_AT_MS = Date.UTC(2024, 0, 1, 12);
const SOURCE = { sourceId: 'shop', defaultCurrency: 'USD' };

function rawOf(value: unknown, extra: Partial<RawEvent> = {}): RawEvent {
  return { value, bytes: Buffer.from(JSON.stringify(value)), ...extra };
}

function judge(value: unknown, extra?: Partial<RawEvent>): Verdict {
  return judgeEvent(rawOf(value, extra), SOURCE, RECEIVED_AT_MS);
}

function accepted(value: unknown, extra?: Partial<RawEvent>): Event {
  const verdict = judge(value, extra);
  if (!verdict.event) throw new Error(`rejected: ${verdict.rejected.fault.reason}`);
  return verdict.event;
}

/** Arrays in one another. */
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const track = { type: 'track', event: 'Signed Up', userId: 'u1', messageId: 'm1' };
const order = { type: 'track', event: 'Order Completed', userId: 'u1', messageId: 'm1' };

describe('judgeEvent accepts', () => {
  it('an order whose properties are null', () => {
    expect(accepted({ ...order, properties: null, traits: null, context: null })).toMatchObject({ orderId: '', items: [] });
  });

  it('a track call, with every typed field', () => {
    const properties = {
      order_id: 'o1',
      total: 12.5,
      currency: 'gbp',
      products: [{ product_id: 'p1', price: 6.25, quantity: 2, name: 'Mug' }],
    };
    expect(accepted({ ...order, anonymousId: 'a1', timestamp: '2024-01-01T11:00:00.000Z', properties })).toEqual({
      messageId: 'm1',
      type: EventType.EVENT_TYPE_TRACK,
      sourceId: 'shop',
      userKey: 'shop:u1',
      userId: 'u1',
      anonymousId: 'a1',
      previousId: '',
      groupId: '',
      name: 'Order Completed',
      occurredAtMs: Date.UTC(2024, 0, 1, 11),
      receivedAtMs: RECEIVED_AT_MS,
      orderId: 'o1',
      valueMinor: 1250,
      currency: 'GBP',
      items: [{ productId: 'p1', quantity: 2, priceMinor: 625 }],
      payloadJson: Buffer.from(JSON.stringify({ properties })),
      enrichment: null,
      deniedPurposes: [],
      trackingPlan: '',
      violationCount: 0,
    });
  });

  it.each([
    ['identify', { type: 'identify', anonymousId: 'a1', traits: { country: 'France' } }, EventType.EVENT_TYPE_IDENTIFY, 'shop:a1'],
    ['page', { type: 'page', userId: null, anonymousId: 'a1', name: 'Home' }, EventType.EVENT_TYPE_PAGE, 'shop:a1'],
    ['screen', { type: 'screen', userId: 7 }, EventType.EVENT_TYPE_SCREEN, 'shop:7'],
    ['group', { type: 'group', userId: 'u1', groupId: 'g1' }, EventType.EVENT_TYPE_GROUP, 'shop:u1'],
    ['alias', { type: 'alias', userId: 'u1', previousId: 'a1' }, EventType.EVENT_TYPE_ALIAS, 'shop:u1'],
  ])('%s', (_name, value, type, userKey) => {
    expect(accepted(value)).toMatchObject({ type, userKey });
  });

  it('the type of the path over that of the body', () => {
    expect(accepted({ event: 'x', userId: 'u' }, { type: EventType.EVENT_TYPE_TRACK }).type).toBe(EventType.EVENT_TYPE_TRACK);
  });

  it('names of pages in their properties', () => {
    expect(accepted({ type: 'page', anonymousId: 'a', properties: { name: 'Basket' } }).name).toBe('Basket');
  });

  it('the payload with the very bytes that came, escapes, order and large numbers included', () => {
    const text =
      '{"context" : {"a":1.50},"userId":"u","type":"track","event":"e","prop\\u0065rties":{"b":12345678901234567890,"c":"\\u00e9\\"}"}}';
    const verdict = judgeEvent({ value: JSON.parse(text), bytes: Buffer.from(text) }, SOURCE, RECEIVED_AT_MS);
    expect(verdict.event?.payloadJson.toString()).toBe('{"properties":{"b":12345678901234567890,"c":"\\u00e9\\"}"},"context":{"a":1.50}}');
  });

  it('an order without a total as the sum of its lines', () => {
    const products = [
      { sku: 's1', price: '1.10', quantity: 3 },
      { product_id: 2, price: 0.2 },
    ];
    expect(accepted({ ...order, properties: { products } })).toMatchObject({
      valueMinor: 350,
      currency: 'USD',
      items: [{ productId: 's1' }, { productId: '2', quantity: 1 }],
    });
  });

  it('a refund sent with negative amounts as positive ones', () => {
    const properties = { total: -3, products: [{ product_id: 'p', quantity: -2, price: 1.5 }] };
    expect(accepted({ ...track, event: 'Order Refunded', properties })).toMatchObject({
      valueMinor: 300,
      items: [{ quantity: 2, priceMinor: 150 }],
    });
  });

  it('a viewed product as one line', () => {
    const properties = { product_id: 'p', price: 1999, currency: 'JPY' };
    expect(accepted({ ...track, event: 'Product Viewed', properties })).toMatchObject({
      valueMinor: 0,
      currency: 'JPY',
      items: [{ productId: 'p', quantity: 1, priceMinor: 1999 }],
    });
  });

  it('properties of other events as they are', () => {
    expect(accepted({ ...track, properties: { currency: 'not money', products: 3 } })).toMatchObject({ currency: '', items: [] });
  });
});

describe('judgeEvent reads time', () => {
  it.each([
    ['receivedAt when there is none', {}, RECEIVED_AT_MS],
    ['timestamp alone', { timestamp: '2010-12-01T08:26:00Z' }, Date.UTC(2010, 11, 1, 8, 26)],
    ['ISO text without an offset as UTC', { timestamp: '2010-12-01 08:26:00' }, Date.UTC(2010, 11, 1, 8, 26)],
    ['an offset', { timestamp: '2010-12-01T08:26:00.5+02:00' }, Date.UTC(2010, 11, 1, 6, 26, 0, 500)],
    ['epoch milliseconds', { timestamp: 1_291_191_960_000 }, 1_291_191_960_000],
    ['a clock a year ahead', { originalTimestamp: '2025-01-01T12:00:00Z', sentAt: '2025-01-01T12:00:10Z' }, RECEIVED_AT_MS - 10_000],
    [
      'the corrected timestamp when nothing was sent',
      { originalTimestamp: '2001-01-01T00:00:00Z', timestamp: '2002-01-01T00:00:00Z' },
      Date.UTC(2002, 0, 1),
    ],
    ['no correction by an unreadable sentAt', { timestamp: '2010-12-01T08:26:00Z', sentAt: 'yesterday' }, Date.UTC(2010, 11, 1, 8, 26)],
  ])('%s', (_name, times, expected) => {
    expect(accepted({ ...track, ...times }).occurredAtMs).toBe(expected);
  });

  it('sentAt of the batch', () => {
    expect(accepted({ ...track, timestamp: '2025-01-01T12:00:00Z' }, { sentAt: '2025-01-01T12:00:10Z' }).occurredAtMs).toBe(
      RECEIVED_AT_MS - 10_000,
    );
  });
});

describe('judgeEvent gives a messageId', () => {
  const { messageId: _none, ...anonymous } = track;

  it('that repeats for the same bytes at the same time', () => {
    const timed = { ...anonymous, timestamp: '2024-01-01T00:00:00Z' };
    expect(accepted(timed).messageId).toBe(accepted(timed).messageId);
    expect(accepted(timed).messageId).not.toBe(accepted({ ...timed, userId: 'u2' }).messageId);
  });

  it('that is new each time when the event has no time: two views are two views', () => {
    expect(accepted(anonymous).messageId).not.toBe(accepted(anonymous).messageId);
  });
});

describe('judgeEvent rejects', () => {
  it.each([
    ['no object', 17, 'EVENT_INVALID', /object/],
    ['an array', [], 'EVENT_INVALID', /object/],
    ['no type', { userId: 'u' }, 'EVENT_TYPE_UNKNOWN', /type/],
    ['an unknown type', { type: 'merge', userId: 'u' }, 'EVENT_TYPE_UNKNOWN', /type/],
    ['nobody', { type: 'track', event: 'e' }, 'IDENTITY_MISSING', /userId/],
    ['an empty userId', { type: 'track', event: 'e', userId: '' }, 'IDENTITY_MISSING', /userId/],
    ['a group call without a user', { type: 'group', groupId: 'g' }, 'IDENTITY_MISSING', /userId/],
    ['a group call without a group', { type: 'group', userId: 'u' }, 'IDENTITY_MISSING', /groupId/],
    ['an alias without previousId', { type: 'alias', userId: 'u' }, 'IDENTITY_MISSING', /previousId/],
    ['an object as userId', { ...track, userId: {} }, 'EVENT_INVALID', /userId/],
    ['JSON deeper than 200 levels', { ...track, properties: { deep: nested(199) } }, 'EVENT_INVALID', /200 levels/],
    ['an inexact number as userId', { ...track, userId: 1e20 }, 'EVENT_INVALID', /userId/],
    ['control characters in ids', { ...track, userId: 'a\u0000b' }, 'EVENT_INVALID', /userId/],
    ['a track call without a name', { type: 'track', userId: 'u' }, 'EVENT_INVALID', /event/],
    ['a long messageId', { ...track, messageId: 'x'.repeat(101) }, 'EVENT_INVALID', /messageId/],
    ['a time that is none', { ...track, timestamp: 'soon' }, 'EVENT_INVALID', /timestamp/],
    ['seconds instead of milliseconds', { ...track, timestamp: 1_700_000_000 }, 'EVENT_INVALID', /timestamp/],
    ['a time before 1970', { ...track, timestamp: '0001-01-01T00:00:00Z' }, 'EVENT_INVALID', /1970/],
    ['a time in the future', { ...track, timestamp: '2024-01-03T00:00:00Z' }, 'EVENT_INVALID', /future/],
    ['properties that are no object', { ...track, properties: 'x' }, 'EVENT_INVALID', /properties/],
    ['a product without an id', { ...order, properties: { products: [{ price: 1 }] } }, 'EVENT_INVALID', /products\[0\].product_id/],
    ['products that are no list', { ...order, properties: { products: {} } }, 'EVENT_INVALID', /products/],
    ['a negative total', { ...order, properties: { total: -1 } }, 'EVENT_INVALID', /total/],
    ['a total that is no number', { ...order, properties: { total: '12,50' } }, 'EVENT_INVALID', /total/],
    ['a negative quantity', { ...order, properties: { products: [{ product_id: 'p', quantity: -1 }] } }, 'EVENT_INVALID', /quantity/],
    ['a currency that is none', { ...order, properties: { currency: 'pounds' } }, 'EVENT_INVALID', /currency/],
  ])('%s', (_name, value, code, reason) => {
    const { rejected } = judge(value);
    expect(rejected?.fault.code).toBe(code);
    expect(rejected?.fault.reason).toMatch(reason);
  });

  it('an event over its limit, judged by its bytes', () => {
    const small = { ...track, properties: { text: '' } };
    const room = MAX_EVENT_BYTES - JSON.stringify(small).length;
    expect(judge({ ...track, properties: { text: 'x'.repeat(room) } }).event).toBeDefined();
    expect(judge({ ...track, properties: { text: 'x'.repeat(room + 1) } }).rejected?.fault.code).toBe('EVENT_TOO_LARGE');
    expect(judge({ ...track, properties: { text: 'é'.repeat(room) } }).rejected).toMatchObject({
      messageId: 'm1',
      fault: { code: 'EVENT_TOO_LARGE' },
    });
  });
});

describe('judgeEvent on anything', () => {
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom('track', 'alias', 'Order Completed', '2024-01-01', 'u', 1e300, -1, null));
  const names = [
    'type',
    'event',
    'userId',
    'anonymousId',
    'previousId',
    'groupId',
    'timestamp',
    'sentAt',
    'originalTimestamp',
    'properties',
    'traits',
    'context',
    'messageId',
    '__proto__',
  ];
  const eventLike = fc.dictionary(fc.constantFrom(...names), field);
  const product = fc.dictionary(fc.constantFrom('product_id', 'sku', 'price', 'quantity'), field);
  const orderLike = fc
    .dictionary(fc.constantFrom('total', 'revenue', 'value', 'currency', 'order_id'), field)
    .chain((properties) => fc.array(product).map((products) => ({ ...order, properties: { ...properties, products } })));

  it('never throws, and either accepts or rejects', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), eventLike, orderLike), fc.boolean(), (value, spaced) => {
        const text = JSON.stringify(value, null, spaced ? 2 : undefined);
        const verdict = judgeEvent({ value: JSON.parse(text), bytes: Buffer.from(text) }, SOURCE, RECEIVED_AT_MS);
        expect(verdict.event === undefined).not.toBe(verdict.rejected === undefined);
        if (!verdict.event) return;
        const { event } = verdict;
        EVENT.decode(EVENT.encode(event));
        expect(event.userKey.startsWith('shop:') && event.userKey.length > 5).toBe(true);
        expect(Number.isSafeInteger(event.valueMinor) && event.valueMinor >= 0).toBe(true);
        expect(event.items.every((item) => item.quantity >= 0 && Number.isSafeInteger(item.priceMinor))).toBe(true);
        expect(event.messageId.length).toBeGreaterThan(0);
        const { properties, traits, context } = JSON.parse(text) as Record<string, unknown>;
        const payload = Object.fromEntries(
          Object.entries({ properties, traits, context }).filter(([, part]) => part !== undefined && part !== null),
        );
        expect(JSON.parse(event.payloadJson.toString())).toEqual(payload);
      }),
      { numRuns: 1000 },
    );
  });
});
