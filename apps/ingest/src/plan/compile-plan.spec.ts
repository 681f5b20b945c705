import { EventType, VIOLATION, type Violation } from '@tradewind/contracts';
import { anEvent } from '@tradewind/testing';
import fc from 'fast-check';
import { judgeEvent } from '../judge';
import { compilePlan } from './compile-plan';
import { MAX_FINDINGS } from './findings';
import { parsePlan } from './parse-plan';
import { createPlanChecker, type PlanUse } from './plan-checker';
import { SEGMENT_ECOMMERCE } from './segment-ecommerce';

const RECEIVED_AT_MS = Date.UTC(2024, 0, 1, 12);

async function checkerOf(plan: object, use: PlanUse = { mode: 'flag' }) {
  const checker = createPlanChecker(await compilePlan(parsePlan({ id: 'shop', version: 2, ...plan })), use);
  const check = (value: object): readonly Violation[] => {
    const raw = { value, bytes: Buffer.from(JSON.stringify(value)) };
    const { event, rejected } = judgeEvent(raw, { sourceId: 'shop', defaultCurrency: 'USD' }, RECEIVED_AT_MS);
    if (!event) throw new Error(rejected.fault.reason);
    return checker.check(event, raw);
  };
  return { checker, check };
}

const track = (properties?: unknown, event = 'A') => ({
  type: 'track',
  event,
  userId: 'u1',
  messageId: 'm1',
  ...(properties !== undefined && { properties }),
});
const planOf = (properties: object, more: object = {}) => ({
  events: [
    { type: 'track', name: 'A', schema: { required: ['properties'], properties: { properties: { type: 'object', properties, ...more } } } },
  ],
});
const told = (violations: readonly Violation[]) =>
  violations.map(({ violationType, field, description }) => [violationType, field, description]);

describe('a plan', () => {
  it.each<[string, object, object, [string, string, string]]>([
    ['a missing property', planOf({}, { required: ['total'] }), {}, ['Required', 'properties.total', 'properties.total is required']],
    [
      'another type',
      planOf({ total: { type: 'number' } }),
      { total: '5' },
      ['Invalid Type', 'properties.total', 'properties.total must be number, is string'],
    ],
    [
      'null',
      planOf({ a: { type: ['string', 'object'] } }),
      { a: null },
      ['Invalid Type', 'properties.a', 'properties.a must be string or object, is null'],
    ],
    [
      'a value',
      planOf({ a: { enum: ['x', 1] } }),
      { a: 'secret' },
      ['Invalid Value', 'properties.a', 'properties.a must be one of "x", 1'],
    ],
    ['a limit', planOf({ a: { exclusiveMinimum: 0 } }), { a: 0 }, ['Invalid Value', 'properties.a', 'properties.a must be > 0']],
    ['a format', planOf({ a: { format: 'email' } }), { a: 'me' }, ['Invalid Value', 'properties.a', 'properties.a is no email']],
    [
      'a pattern',
      planOf({ a: { pattern: '^[A-Z]+$' } }),
      { a: 'a' },
      ['Invalid Value', 'properties.a', 'properties.a does not match ^[A-Z]+$'],
    ],
    [
      'a property more',
      planOf({}, { additionalProperties: false }),
      { 'my.own': 1 },
      ['Unplanned Property', 'properties["my.own"]', 'properties["my.own"] is not in the plan'],
    ],
    [
      'an item of an array',
      planOf({ products: { type: 'array', items: { type: 'object', required: ['product_id'] } } }),
      { products: [{ product_id: 'p' }, {}] },
      ['Required', 'properties.products[1].product_id', 'properties.products[1].product_id is required'],
    ],
    [
      'none of several forms, told once',
      planOf({ a: { anyOf: [{ $ref: '#/$defs/x' }, { type: 'object', required: ['b'] }] } }),
      { a: 1 },
      ['Invalid Value', 'properties.a', 'properties.a has none of the forms that the plan allows'],
    ],
  ])('tells %s', async (_what, plan, properties, expected) => {
    const withDefinitions = JSON.parse(JSON.stringify(plan)) as { events: { schema: object }[] };
    Object.assign(withDefinitions.events[0]!.schema, { $defs: { x: { type: 'string', minLength: 2 } } });
    const { check } = await checkerOf(withDefinitions);
    expect(told(check(track(properties)))).toEqual([expected]);
  });

  it('tells that properties are missing altogether', async () => {
    const { check } = await checkerOf(planOf({}));
    expect(told(check(track()))).toEqual([['Required', 'properties', 'properties is required']]);
  });

  it('says who, what, where and what was done; the same fault has the same id', async () => {
    const { check } = await checkerOf(planOf({ total: { type: 'number' }, tax: { type: 'number' } }));
    const value = { ...track({ total: 'x', tax: 'y' }), timestamp: '2024-01-01T11:00:00Z' };
    const [first, second] = check(value);
    expect(first).toEqual({
      violationId: expect.stringMatching(/^[0-9a-f]{32}$/),
      sourceId: 'shop',
      messageId: 'm1',
      userKey: 'shop:u1',
      eventType: 'track',
      eventName: 'A',
      planId: 'shop',
      planVersion: '2',
      mode: 'flag',
      field: 'properties.total',
      violationType: 'Invalid Type',
      description: 'properties.total must be number, is string',
      occurredAtMs: Date.UTC(2024, 0, 1, 11),
      receivedAtMs: RECEIVED_AT_MS,
    });
    expect(VIOLATION.decode(VIOLATION.encode(first!))).toMatchObject({ ...first! });
    expect(check(value)).toEqual([first, second]);
    expect(second!.violationId).not.toBe(first!.violationId);
  });

  it('judges by call and name, the entry without a name the rest', async () => {
    const needs = (member: string) => ({ required: [member] });
    const { check } = await checkerOf({
      events: [
        { type: 'track', name: 'A', schema: needs('a') },
        { type: 'page', name: 'Home', schema: needs('h') },
        { type: 'page', schema: needs('p') },
        { type: 'identify', schema: needs('i') },
      ],
    });
    const fields = (value: object) => check({ userId: 'u', messageId: 'm', ...value }).map(({ field }) => field);
    expect(fields({ type: 'track', event: 'A' })).toEqual(['a']);
    expect(fields({ type: 'page', name: 'Home' })).toEqual(['h']);
    expect(fields({ type: 'page', name: 'Other' })).toEqual(['p']);
    expect(fields({ type: 'page' })).toEqual(['p']);
    expect(fields({ type: 'identify' })).toEqual(['i']);
    expect(fields({ type: 'screen', name: 'Home' })).toEqual([]);
  });

  it.each([
    ['allow', undefined, []],
    ['flag', undefined, ['flag']],
    ['block', undefined, ['block']],
    ['block', 'allow' as const, []],
    ['allow', 'block' as const, ['block']],
  ])('that says %s of events it does not name, a source %s', async (unplanned, sourceSays, modes) => {
    const { check } = await checkerOf({ ...planOf({}), unplanned }, { mode: 'allow', unplanned: sourceSays });
    expect(check(track({}, 'Other')).map(({ mode }) => mode)).toEqual(modes);
    expect(check({ type: 'page', userId: 'u' })).toEqual([]);
    if (modes.length > 0)
      expect(told(check(track({}, 'Other')))[0]).toEqual(['Unplanned Event', '', 'the track call "Other" is not in the plan']);
  });

  it('with common rules judges every event by them, and takes the stricter mode of an event', async () => {
    const common = { properties: { context: { properties: { locale: { type: 'string' } } } } };
    const { check } = await checkerOf({ ...planOf({}), common, unplanned: 'block' }, { mode: 'allow' });
    const context = { locale: 5 };
    expect(check({ ...track({}), context }).map(({ field, mode }) => [field, mode])).toEqual([['context.locale', 'allow']]);
    expect(check({ ...track({}, 'Other'), context }).map(({ field, mode }) => [field, mode])).toEqual([
      ['context.locale', 'block'],
      ['', 'block'],
    ]);
  });

  it('blocks with a fault that names the first violation and counts the others', async () => {
    const { checker, check } = await checkerOf(planOf({}, { required: ['a', 'b', 'c'] }), { mode: 'block' });
    expect(checker.fault(check(track({})))).toMatchObject({
      code: 'EVENT_BLOCKED',
      reason: 'tracking plan shop@2: properties.a is required, and 2 more',
    });
  });

  it('tells at most 20 violations of an event, however many there are', async () => {
    const { checker } = await checkerOf(planOf({ products: { type: 'array', items: { type: 'object', required: ['product_id'] } } }));
    const value = track({ products: Array.from({ length: 10_000 }, () => ({})) });
    expect(checker.check(anEvent({ type: EventType.EVENT_TYPE_TRACK, name: 'A' }), { value, bytes: Buffer.alloc(0) })).toHaveLength(
      MAX_FINDINGS,
    );
  });

  it('matches no pattern and no format on texts of any length', async () => {
    const { check } = await checkerOf(planOf({ a: { pattern: '^a*a*a*$' }, b: { format: 'email' }, c: { format: 'uri' } }));
    const long = 'a'.repeat(10_000);
    expect(check(track({ a: `${long}b`, b: `a@${long}`, c: long })).map(({ field }) => field)).toEqual([
      'properties.a',
      'properties.b',
      'properties.c',
    ]);
  });

  it('follows references beside other keywords', async () => {
    const properties = { $ref: '#/$defs/priced', properties: { a: {} }, allOf: [{ properties: { b: {} } }], unevaluatedProperties: false };
    const $defs = { priced: { properties: { price: { type: 'number' } }, required: ['price'] } };
    const { check } = await checkerOf({ events: [{ type: 'track', name: 'A', schema: { properties: { properties }, $defs } }] });
    expect(told(check(track({ a: 1, b: 2, price: 3 })))).toEqual([]);
    expect(check(track({ a: 1, c: 2 })).map(({ violationType, field }) => [violationType, field])).toEqual([
      ['Required', 'properties.price'],
      ['Unplanned Property', 'properties.c'],
    ]);
  });

  it('takes both drafts', async () => {
    const items07 = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { properties: { properties: { a: { items: [{ type: 'string' }] } } } },
    };
    const items2020 = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { properties: { properties: { a: { prefixItems: [{ type: 'string' }] } } } },
    };
    for (const schema of [items07, items2020]) {
      const { check } = await checkerOf({ events: [{ type: 'track', name: 'A', schema }] });
      expect(told(check(track({ a: [1] })))).toEqual([['Invalid Type', 'properties.a[0]', 'properties.a[0] must be string, is number']]);
    }
  });

  it('never throws, whatever the event', async () => {
    const { check } = await checkerOf(SEGMENT_ECOMMERCE);
    const names = SEGMENT_ECOMMERCE.events.map(({ name }) => name!);
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.dictionary(fc.constantFrom('products', 'price', 'query', 'filters', 'x'), fc.jsonValue()),
        (event, properties) => {
          const value = { type: 'track', event, userId: 'u', messageId: 'm', properties };
          const raw = { value, bytes: Buffer.from(JSON.stringify(value)) };
          if (judgeEvent(raw, { sourceId: 's', defaultCurrency: 'USD' }, RECEIVED_AT_MS).event)
            expect(check(value).length).toBeLessThanOrEqual(MAX_FINDINGS);
        },
      ),
    );
  });
});
