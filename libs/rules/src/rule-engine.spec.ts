import { AppError, EventType, type Event } from '@tradewind/contracts';
import { anEvent, anOrder } from '@tradewind/testing';
import { createRuleEngine, evaluateLog, MAX_PENDING, validateRules, type Condition, type RuleEngine, type UserRuleState } from '.';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2024, 0, 10);
const USER = 'shop:user-1';

function engineOf(when: Condition): RuleEngine {
  const { rules, problems } = validateRules([{ id: 'it', name: 'It', when }]);
  expect(problems).toBeUndefined();
  return createRuleEngine(rules!);
}

const order = (atMs: number, valueMinor = 1000): Event => anOrder([['p', 1, valueMinor]], { occurredAtMs: atMs });
const viewed = (atMs: number, overrides: Partial<Event> = {}): Event =>
  anEvent({ name: 'Product Viewed', occurredAtMs: atMs, ...overrides });

describe('a sliding window', () => {
  const engine = engineOf({ event: 'Order Completed', op: '>=', value: 2, within: '1d' });

  it('is left at the very millisecond, and tells with which events it was entered', () => {
    const state = engine.create(USER);
    expect(engine.apply(state, order(START_MS), START_MS)).toEqual([]);
    const second = order(START_MS + HOUR_MS);
    expect(engine.apply(state, second, START_MS + HOUR_MS)).toEqual([
      {
        segmentId: 'it',
        kind: 'entered',
        atMs: START_MS + HOUR_MS,
        cause: { messageId: second.messageId, name: 'Order Completed', occurredAtMs: START_MS + HOUR_MS },
        evidence: [
          {
            path: '$.when',
            text: 'count of Order Completed within 1d is at least 2',
            holds: true,
            actual: 2,
            events: [
              { what: 'Order Completed', atMs: START_MS, messageId: expect.any(String) as string },
              { what: 'Order Completed', atMs: START_MS + HOUR_MS, messageId: second.messageId },
            ],
            untilMs: START_MS + DAY_MS,
            approximate: false,
          },
        ],
      },
    ]);
    expect(state.nextCheckAtMs).toBe(START_MS + DAY_MS);
    expect(engine.advance(state, START_MS + DAY_MS - 1)).toEqual([]);
    const [exit] = engine.advance(state, START_MS + 10 * DAY_MS);
    expect(exit).toMatchObject({ segmentId: 'it', kind: 'exited', atMs: START_MS + DAY_MS, cause: null });
    expect(state.nextCheckAtMs).toBe(Infinity);
  });

  it('says what is missing, and until when it holds', () => {
    const state = engine.create(USER);
    engine.apply(state, order(START_MS), START_MS);
    expect(engine.explain(state, 'it')).toMatchObject({ holds: false, actual: 1, change: '1 more Order Completed within 1d' });
    engine.apply(state, order(START_MS + 1), START_MS + 1);
    expect(engine.explain(state, 'it').change).toBe('ends at 2024-01-11T00:00:00.000Z if nothing more happens');
  });

  it('needs no more than the latest events, however many there are', () => {
    const state = engine.create(USER);
    for (let i = 0; i < 5000; i++) engine.apply(state, order(START_MS + i), START_MS + i);
    expect(engine.encode(state).length).toBeLessThan(1100); // of which 128 message ids are 900
    expect(engine.explain(state, 'it')).toMatchObject({ holds: true, approximate: false });
  });
});

describe('what would change it', () => {
  const cases: readonly (readonly [when: Condition, change: string])[] = [
    [{ event: 'X' }, '1 more X'],
    [{ event: 'Order Completed', notWithin: '1d' }, 'begins at 2024-01-11T00:00:00.000Z if there is no further Order Completed'],
    [{ event: 'Order Completed', op: '<', value: 1, within: '1d' }, 'begins at 2024-01-11T00:00:00.000Z if nothing more happens'],
    [
      { event: 'Order Completed', aggregate: 'sum', of: { field: 'value' }, op: '>=', value: 5000 },
      'Order Completed such that sum value is at least 5000 (it is 1000)',
    ],
    [{ trait: 'plan', op: 'equals', value: 'pro' }, 'an identify call such that trait plan is "pro" (it is "free")'],
    [
      { sequence: [{ event: 'Order Completed' }, { event: 'X', within: '1h' }] },
      '1 of 2 steps done; next X within 1h after the step before',
    ],
    [
      { sequence: [{ event: 'Order Completed' }, { event: 'X', absent: 'since', within: '1h' }] },
      'begins at 2024-01-10T01:00:00.000Z if there is no X until then',
    ],
    [{ users: ['shop:user-2'] }, 'never changes for this user'],
  ];
  it.each(cases)('of %j: %s', (when, change) => {
    const engine = engineOf(when);
    const state = engine.create(USER);
    const identify = anEvent({
      type: EventType.EVENT_TYPE_IDENTIFY,
      name: '',
      occurredAtMs: START_MS,
      payloadJson: Buffer.from('{"traits":{"plan":"free"}}'),
    });
    engine.apply(state, identify, START_MS);
    engine.apply(state, order(START_MS), START_MS);
    expect(engine.explain(state, 'it')).toMatchObject({ holds: false, change });
  });

  it('is told for each part of a condition', () => {
    const engine = engineOf({ and: [{ event: 'Order Completed' }, { not: { event: 'Order Completed', within: '1h' } }] });
    const state = engine.create(USER);
    engine.apply(state, order(START_MS), START_MS);
    const { holds, children } = engine.explain(state, 'it');
    expect([holds, ...children.map((child) => child.holds)]).toEqual([false, true, false]);
    expect(children[1]).toMatchObject({ untilMs: START_MS + HOUR_MS, text: 'not (count of Order Completed within 1h is at least 1)' });
    const [entered] = engine.advance(state, START_MS + HOUR_MS);
    expect(entered!.evidence.map(({ path, holds: held }) => [path, held])).toEqual([
      ['$.when.and[0]', true],
      ['$.when.and[1].not', false],
    ]);
  });
});

describe('bounds', () => {
  it('keep 1,000 values per window and say so while one is missing', () => {
    const when: Condition = { event: 'Product Viewed', aggregate: 'sum', of: { property: 'n' }, op: '>=', value: 1500, within: '1h' };
    const engine = engineOf(when);
    const state = engine.create(USER);
    const payloadJson = Buffer.from('{"properties":{"n":1}}');
    for (let i = 0; i < 1200; i++) engine.apply(state, viewed(START_MS + i, { payloadJson }), START_MS + i);
    expect(engine.explain(state, 'it')).toMatchObject({ actual: 1000, approximate: true });
    engine.advance(state, START_MS + HOUR_MS + 199);
    expect(engine.explain(state, 'it')).toMatchObject({ actual: 1000, approximate: false });
  });

  it('keep 256 events per step of a sequence and say so', () => {
    const engine = engineOf({ sequence: [{ event: 'Product Viewed' }, { event: 'X', within: '1h' }], within: '30d' });
    const state = engine.create(USER);
    for (let i = 0; i < 256; i++) engine.apply(state, viewed(START_MS + i), START_MS + i);
    expect(engine.explain(state, 'it').approximate).toBe(false);
    engine.apply(state, viewed(START_MS + 256), START_MS + 256);
    expect(engine.explain(state, 'it').approximate).toBe(true);
  });

  it('keep 64 events of the future, the nearest ones, and say so until the others have come', () => {
    const engine = engineOf({ event: 'Product Viewed', op: '>=', value: 65 });
    const state = engine.create(USER);
    for (let i = MAX_PENDING; i >= 0; i--) engine.apply(state, viewed(START_MS + 1000 + i), START_MS);
    expect(state.nextCheckAtMs).toBe(START_MS + 1000);
    engine.advance(state, START_MS + 1000 + MAX_PENDING - 1);
    expect(engine.explain(state, 'it')).toMatchObject({ actual: 64, approximate: true });
    engine.advance(state, START_MS + 1000 + MAX_PENDING);
    expect(engine.explain(state, 'it').approximate).toBe(false);
  });

  it('hold minimum and maximum in a handful of entries, exactly', () => {
    const when: Condition = { event: 'Order Completed', aggregate: 'max', of: { field: 'value' }, op: '>=', value: 500, within: '1d' };
    const engine = engineOf(when);
    const state = engine.create(USER);
    const log = Array.from({ length: 3000 }, (_, i) => order(START_MS + i, 3000 - i));
    for (const event of log) engine.apply(state, event, event.occurredAtMs);
    expect(state.nextCheckAtMs).toBe(START_MS + 2500 + DAY_MS);
    expect(engine.encode(state).length).toBeLessThan(1200);
  });
});

describe('records', () => {
  const rules = [{ id: 'it', name: 'It', when: { event: 'Order Completed', within: '7d' } as Condition }];
  const engine = createRuleEngine(rules);
  const someone = (): UserRuleState => {
    const state = engine.create(USER);
    engine.apply(state, order(START_MS), START_MS);
    return state;
  };

  it('come back with memberships, timers and clock', () => {
    const state = someone();
    const read = engine.decode(USER, engine.encode(state))!;
    expect([read.clockMs, read.nextCheckAtMs, engine.memberships(read)]).toEqual([START_MS, START_MS + 7 * DAY_MS, ['it']]);
    const never = engine.decode(USER, engine.encode(engine.create(USER)))!;
    expect([never.clockMs, engine.memberships(never)]).toEqual([-Infinity, []]);
  });

  it('of another rule set are refused: its states are made anew; names do not matter', () => {
    const record = engine.encode(someone());
    const other = createRuleEngine([{ ...rules[0]!, when: { event: 'Order Completed', within: '8d' } }]);
    expect(other.decode(USER, record)).toBeNull();
    expect(createRuleEngine(rules, { duplicateWindow: 0 }).decode(USER, record)).toBeNull();
    expect(createRuleEngine([{ ...rules[0]!, name: 'Another name' }]).decode(USER, record)).not.toBeNull();
  });

  it('that are damaged are never read', () => {
    const record = engine.encode(someone());
    for (let i = 0; i < record.length; i++) {
      const damaged = Uint8Array.from(record);
      damaged[i]! ^= 1 << (i % 8);
      expect(() => engine.decode(USER, damaged)).toThrow(AppError);
      expect(() => engine.decode(USER, record.subarray(0, i))).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
    }
  });
});

describe('a user', () => {
  it('is told of memberships without events once, at the first look', () => {
    const engine = engineOf({ event: 'Order Completed', notWithin: '30d' });
    const state = engine.create(USER);
    expect(engine.isMember(state, 'it')).toBe(false);
    expect(engine.advance(state, START_MS)).toMatchObject([{ kind: 'entered', atMs: START_MS, cause: null }]);
    expect(engine.advance(state, START_MS + 1)).toEqual([]);
    const buyer = engine.create('shop:user-2');
    expect(engine.apply(buyer, order(START_MS), START_MS)).toEqual([]);
  });

  it('whose clock would go back stays at the later one', () => {
    const engine = engineOf({ event: 'Order Completed', within: '1h' });
    const state = engine.create(USER);
    engine.advance(state, START_MS + 2 * HOUR_MS);
    expect(engine.apply(state, order(START_MS), START_MS)).toEqual([]);
    expect(state.clockMs).toBe(START_MS + 2 * HOUR_MS);
    expect(() => engine.isMember(state, 'another')).toThrow(RangeError);
  });

  it('who enters and leaves between two looks is told both, in order', () => {
    const engine = engineOf({ sequence: [{ event: 'Order Completed' }, { event: 'X', absent: 'since', within: '1h' }], within: '1d' });
    const state = engine.create(USER);
    const event = order(START_MS);
    engine.apply(state, event, START_MS);
    const changes = engine.advance(state, START_MS + 9 * DAY_MS);
    expect(changes.map(({ kind, atMs }) => [kind, atMs - START_MS])).toEqual([
      ['entered', HOUR_MS],
      ['exited', DAY_MS],
    ]);
    expect(changes[0]!.evidence[0]!.events).toEqual([{ what: expect.any(String) as string, atMs: START_MS, messageId: event.messageId }]);
    expect(evaluateLog(engine.rules, USER, [event], START_MS + 2 * HOUR_MS)).toEqual(['it']);
  });
});
