import { EventType, type Event } from '@tradewind/contracts';
import { anEvent } from '@tradewind/testing';
import fc from 'fast-check';
import { compilePlan } from './compile-plan';
import { createDraft, type DraftOptions } from './draft-plan';
import { parsePlan } from './parse-plan';
import { createPlanChecker } from './plan-checker';

const OPTIONS: DraftOptions = { id: 'draft', version: 1, name: 'Draft' };

function eventOf(payload: object, name = 'A', type = EventType.EVENT_TYPE_TRACK): Event {
  return anEvent({ type, name, payloadJson: Buffer.from(JSON.stringify(payload)) });
}

function draftOf(events: readonly Event[], options: Partial<DraftOptions> = {}) {
  const draft = createDraft();
  for (const event of events) draft.add(event);
  return draft.finish({ ...OPTIONS, ...options });
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const properties = (...all: readonly object[]) => all.map((each) => eventOf({ properties: each }));
const schemaOf = (events: readonly Event[]) => {
  const { schema } = draftOf(events).plan.events[0]!;
  return (schema as { properties: { properties: { properties: Record<string, unknown>; required?: string[] } } }).properties.properties;
};

describe('a draft', () => {
  it('requires what every event has, when there are enough of them', () => {
    expect(schemaOf(properties(...times(20, (i) => ({ a: i, ...(i < 19 && { b: 1 }) })))).required).toEqual(['a']);
    expect(schemaOf(properties({ a: 1 })).required).toBeUndefined();
  });

  it.each<[string, (i: number) => unknown, object]>([
    ['whole numbers', (i) => i, { type: 'integer', minimum: 0 }],
    ['numbers', (i) => i / 2 - 3, { type: 'number' }],
    ['texts', (i) => `text ${i}`, { type: 'string' }],
    ['choices', (i) => ['b', 'a', 'c'][i % 3], { type: 'string', enum: ['a', 'b', 'c'] }],
    ['choices or nothing', (i) => ['b', null][i % 2], { type: ['string', 'null'], enum: ['b', null] }],
    ['truths', (i) => i % 2 === 0, { type: 'boolean' }],
    ['times', (i) => new Date(i * 1e9).toISOString(), { type: 'string', format: 'date-time' }],
    ['days', (i) => `2024-01-${String((i % 28) + 1).padStart(2, '0')}`, { type: 'string', format: 'date' }],
    ['addresses of mail', (i) => `user${i}@example.com`, { type: 'string', format: 'email' }],
    ['addresses of pages', (i) => `https://example.com/${i}`, { type: 'string', format: 'uri' }],
    [
      'lists of objects',
      (i) => [{ id: `p${i}`, price: i / 4 }],
      {
        type: 'array',
        items: { type: 'object', properties: { id: { type: 'string' }, price: { type: 'number', minimum: 0 } }, required: ['id', 'price'] },
      },
    ],
    ['empty lists', () => [], { type: 'array' }],
  ])('tells %s', (_what, make, expected) => {
    expect(schemaOf(properties(...times(400, (i) => ({ a: make(i) })))).properties['a']).toEqual(expected);
  });

  it('tells events by name, calls without one by type, the most frequent first', () => {
    const events = [
      eventOf({}, 'A'),
      ...times(3, () => eventOf({}, 'B')),
      ...times(2, (i) => eventOf({}, `page ${i}`, EventType.EVENT_TYPE_PAGE)),
    ];
    expect(draftOf(events).events.map(({ type, name, count }) => [type, name, count])).toEqual([
      ['track', 'B', 3],
      ['page', '', 2],
      ['track', 'A', 1],
    ]);
  });

  it('tells what the sample contradicts itself in', () => {
    const sample = properties(...times(100, (i) => ({ total: i === 7 ? '12.50' : 12.5, ...(i > 1 && { currency: `C${i}` }) })));
    expect(draftOf(sample).events[0]!.remarks).toEqual([
      { field: 'properties.currency', remark: 'is missing in 2 of 100: is it required?' },
      { field: 'properties.total', remark: 'has several types: number 99, string 1' },
    ]);
  });

  const payloads = fc.record(
    {
      properties: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue()),
      traits: fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const similar = fc.array(fc.tuple(payloads, fc.constantFrom('A', 'B'), fc.integer({ min: 1, max: 150 })), { minLength: 1, maxLength: 6 });

  it.each([false, true])('is followed by every event of its sample (closed: %s)', async (isClosed) => {
    await fc.assert(
      fc.asyncProperty(similar, async (groups) => {
        const events = groups.flatMap(([payload, name, count]) =>
          times(count, () => eventOf(JSON.parse(JSON.stringify(payload)) as object, name)),
        );
        const { plan } = draftOf(events, { isClosed });
        const checker = createPlanChecker(await compilePlan(parsePlan(JSON.parse(JSON.stringify(plan)))), {
          mode: 'block',
          unplanned: 'block',
        });
        for (const event of new Set(events)) {
          const value: unknown = JSON.parse(Buffer.from(event.payloadJson).toString());
          expect(checker.check(event, { value, bytes: Buffer.alloc(0) })).toEqual([]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('stays a plan however wide, deep and many the events are', async () => {
    let deep: object = {};
    for (let i = 0; i < 200; i++) deep = { a: [deep] };
    const wide = Object.fromEntries(times(3_000, (i) => [`f${i}`, i]));
    const events = [...properties(deep, wide), ...times(600, (i) => eventOf({}, `E${i}`))];
    const { plan } = draftOf(events, { isClosed: true });
    expect(plan.events).toHaveLength(500);
    await compilePlan(parsePlan(JSON.parse(JSON.stringify(plan))));
  });
});
