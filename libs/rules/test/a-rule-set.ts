import fc from 'fast-check';
import { EventType, type Event } from '@tradewind/contracts';
import { anEvent } from '@tradewind/testing';
import type { Condition, EventCondition, Filter, Op, Predicate, Rule, SequenceCondition, TraitCondition } from '../src';

/** A little world in which coincidences are frequent: few names, few values, times on a grid of whole and half hours and their neighbours. */
export const START_MS = Date.UTC(2024, 0, 10);
const HOUR_MS = 3_600_000;
const SPANS = ['1h', '2h', '90m', '5h', '1d'] as const;
const GAPS = ['30m', '1h', '2h', '1s'] as const;
const COLOURS = ['red', 'blue', 'green', '', '7'] as const;
const DATES = ['2024-01-10', '2024-01-10T03:00:00Z', '2024-01-10T06:30:00Z', '2024-01-11'] as const;

export const aTime: fc.Arbitrary<number> = fc
  .record({
    halves: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 8 }) }, { weight: 1, arbitrary: fc.integer({ min: -6, max: 60 }) }),
    off: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, -1, 1, 777),
  })
  .map(({ halves, off }) => START_MS + halves * (HOUR_MS / 2) + off);

const textPredicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({ op: fc.constantFrom<Op>('equals', 'notEquals', 'contains'), value: fc.constantFrom('red', 'blue', 'e', 7) }),
  fc.record({ op: fc.constantFrom<Op>('startsWith'), value: fc.constantFrom('r', 'gr') }),
  fc.record({ op: fc.constantFrom<Op>('in', 'notIn'), value: fc.constant(['red', 7, true]) }),
  fc.record({ op: fc.constantFrom<Op>('exists', 'isSet') }),
);
const number = fc.constantFrom(-1, 0, 0.1, 0.3, 1, 2, 3, 5);
const numberPredicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({ op: fc.constantFrom<Op>('<', '<=', '>', '>=', 'equals', 'notEquals'), value: number }),
  fc.constantFrom<Predicate>({ op: 'between', value: [0, 2] }, { op: 'between', value: [1, 1] }),
);
const momentPredicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({ op: fc.constantFrom<Op>('before', 'after'), value: fc.constantFrom(...DATES) }),
  fc.constant<Predicate>({ op: 'between', value: [DATES[1], DATES[2]] }),
  fc.record({ op: fc.constant<Op>('withinLast'), value: fc.constantFrom(...SPANS) }),
);
const labelPredicate: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({
    op: fc.constantFrom<Op>('equals', 'notEquals', 'startsWith', 'contains'),
    value: fc.constantFrom('red', 'blue', '7', '1', '2', 'p'),
  }),
  fc.constant<Predicate>({ op: 'in', value: ['red', 'green', '1', '0'] }),
);

const aFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2 },
    textPredicate.map((predicate) => ({ property: 'colour', ...predicate })),
    numberPredicate.map((predicate) => ({ property: 'size.x', ...predicate })),
    numberPredicate.map((predicate) => ({ field: 'value' as const, ...predicate })),
    fc.record({
      items: fc.constantFrom('any' as const, 'all' as const),
      where: fc.constant([{ field: 'quantity' as const, op: '>=' as Op, value: 2 }]),
    }),
    fc.array(tie('filter'), { minLength: 1, maxLength: 2 }).map((or) => ({ or })),
    tie('filter').map((not) => ({ not })),
  ),
})).filter;

const aSelector = fc.record(
  {
    event: fc.constantFrom<string | readonly string[]>('A', 'A', 'A', 'B', 'B', 'C', '*', ['A', 'B']),
    type: fc.constantFrom('track' as const, 'track' as const, 'track' as const, 'page' as const, 'any' as const),
    where: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(aFilter, { maxLength: 2 }) }),
  },
  { requiredKeys: ['event'] },
);
const aSpan = fc.oneof(
  { weight: 3, arbitrary: fc.record({ within: fc.constantFrom(...SPANS) }) },
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ between: [DATES[1], DATES[2]] as [string, string] }) },
);
const aNumberRef = fc.constantFrom({ property: 'size.x' }, { field: 'value' as const }, { field: 'items.quantity' as const });
const anyRef = fc.oneof(aNumberRef, fc.constant({ property: 'colour' }), fc.constant({ field: 'items.productId' as const }));

const aCount = fc.oneof(
  fc.record({ op: fc.constantFrom<Op>('>', '<=', 'equals', 'notEquals'), value: fc.nat(4) }),
  fc.record({ op: fc.constantFrom<Op>('>=', '<'), value: fc.integer({ min: 1, max: 4 }) }),
  fc.constant<Predicate>({ op: 'between', value: [1, 2] }),
);
const anEventCondition: fc.Arbitrary<EventCondition> = aSelector.chain((selector) => {
  const counted = { ...selector };
  return fc.oneof(
    aSpan.map((span) => ({ ...counted, ...span })),
    fc.constantFrom(...SPANS).map((notWithin) => ({ ...counted, notWithin })),
    fc.tuple(aSpan, aCount).map(([span, predicate]) => ({ ...counted, ...span, ...predicate })),
    ...(['sum', 'avg', 'min', 'max'] as const).map((aggregate) =>
      fc.tuple(aSpan, numberPredicate, aNumberRef).map(([span, predicate, of]) => ({ ...counted, ...span, ...predicate, of, aggregate })),
    ),
    fc
      .tuple(aSpan, aCount, anyRef)
      .map(([span, predicate, of]) => ({ ...counted, ...span, ...predicate, of, aggregate: 'distinct' as const })),
    fc
      .tuple(aSpan, labelPredicate, anyRef)
      .map(([span, predicate, of]) => ({ ...counted, ...span, ...predicate, of, aggregate: 'mostFrequent' as const })),
    fc
      .tuple(momentPredicate, fc.constantFrom('first' as const, 'last' as const))
      .map(([predicate, name]) => ({ ...counted, ...predicate, aggregate: name })),
  );
});

const aSequence: fc.Arbitrary<SequenceCondition> = fc
  .record({
    selectors: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(aSelector, aSelector) },
      { weight: 1, arbitrary: fc.array(aSelector, { minLength: 2, maxLength: 4 }) },
    ),
    gaps: fc.array(fc.option(fc.constantFrom(...GAPS), { nil: undefined }), { minLength: 4, maxLength: 4 }),
    absent: fc.constantFrom(undefined, undefined, 'within' as const, 'since' as const),
    within: fc.option(fc.constantFrom('5h', '1d'), { nil: undefined }),
  })
  .map(({ selectors, gaps, absent, within }) => ({
    sequence: selectors.map((selector, i) => {
      const isLast = i === selectors.length - 1;
      const gap = i === 0 ? undefined : isLast && absent === 'within' ? (gaps[i] ?? '1h') : gaps[i];
      return { ...selector, ...(gap === undefined ? {} : { within: gap }), ...(isLast && absent !== undefined ? { absent } : {}) };
    }),
    ...(within === undefined ? {} : { within }),
  }));

const aTrait: fc.Arbitrary<TraitCondition> = fc.oneof(
  textPredicate.map((predicate) => ({ trait: 'plan', ...predicate })),
  numberPredicate.map((predicate) => ({ trait: 'address.floor', ...predicate })),
  momentPredicate.map((predicate) => ({ trait: 'renewsAt', ...predicate })),
  fc.constantFrom(...SPANS).map((value) => ({ trait: 'renewsAt', op: 'withinNext' as const, value })),
);

function aCondition(earlier: readonly string[]): fc.Arbitrary<Condition> {
  return fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      { weight: 6, arbitrary: anEventCondition },
      { weight: 3, arbitrary: aSequence },
      { weight: 2, arbitrary: aTrait },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Condition>({ everyone: true }, { users: ['shop:user-1', 'shop:x'] }, { rollout: { percent: 40 } }),
      },
      {
        weight: 1,
        arbitrary:
          earlier.length === 0 ? fc.constant<Condition>({ everyone: true }) : fc.constantFrom(...earlier).map((segment) => ({ segment })),
      },
      { weight: 2, arbitrary: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })) },
      { weight: 2, arbitrary: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })) },
      { weight: 2, arbitrary: tie('condition').map((not) => ({ not })) },
    ),
  })).condition;
}

/** One to eight rules; later ones may ask for earlier ones, and they come in any order. */
export const aRuleSet: fc.Arbitrary<Rule[]> = fc
  .integer({ min: 1, max: 8 })
  .chain((size) => {
    const ids = Array.from({ length: size }, (_, i) => `rule-${i}`);
    return fc.tuple(...ids.map((id, i) => aCondition(ids.slice(0, i)).map((when) => ({ id, name: `Rule ${i}`, when }))));
  })
  .chain((rules) => fc.shuffledSubarray(rules, { minLength: rules.length }));

const aPayload = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        colour: fc.constantFrom<unknown>(...COLOURS, 7, true, null, ['red']),
        x: fc.constantFrom<unknown>(-1, 0, 0.1, 0.2, 1, 3, '2', 'many', 1e300),
      })
      .map(({ colour, x }) => JSON.stringify({ properties: { colour, size: { x } }, traits: { plan: colour, address: { floor: x } } })),
  },
  { weight: 1, arbitrary: fc.constantFrom('{}', 'no', '{"properties":7}', '{"traits":{"plan":null}}') },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<unknown>(...DATES, START_MS + 2 * HOUR_MS, 'soon')
      .map((renewsAt) => JSON.stringify({ traits: { renewsAt } })),
  },
);

/** An event of user-1; message ids repeat now and then with the very same event, see `aHistory`. */
export const aUserEvent: fc.Arbitrary<Event> = fc
  .record({
    type: fc.constantFrom(
      EventType.EVENT_TYPE_TRACK,
      EventType.EVENT_TYPE_TRACK,
      EventType.EVENT_TYPE_TRACK,
      EventType.EVENT_TYPE_PAGE,
      EventType.EVENT_TYPE_IDENTIFY,
    ),
    name: fc.constantFrom('A', 'A', 'A', 'B', 'B', 'C', 'D'),
    occurredAtMs: aTime,
    valueMinor: fc.constantFrom(0, 1, 2, 5),
    items: fc.array(
      fc.record({ productId: fc.constantFrom('p', 'q', ''), quantity: fc.constantFrom(0, 1, 2, 0.1), priceMinor: fc.constant(100) }),
      { maxLength: 2 },
    ),
    payload: aPayload,
  })
  .map(({ payload, ...fields }) => anEvent({ ...fields, payloadJson: Buffer.from(payload) }));

/** What happens to a state: an event arrives, time passes, or it is stored and read again. */
export type Happening =
  | { readonly kind: 'event'; readonly event: Event; readonly nowMs: number }
  | { readonly kind: 'clock'; readonly nowMs: number }
  | { readonly kind: 'reload' };

/** Clocks go on; events come on time, late or from the future; some come twice. */
export const aHistory: fc.Arbitrary<Happening[]> = fc
  .array(
    fc.oneof(
      {
        weight: 10,
        arbitrary: fc.record({
          kind: fc.constant('event' as const),
          event: aUserEvent,
          lag: fc.constantFrom(0, 0, 0, 1, 1000, HOUR_MS, -HOUR_MS),
        }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('repeat' as const), back: fc.nat(5) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('clock' as const), atMs: aTime }) },
      { weight: 2, arbitrary: fc.constant({ kind: 'reload' as const }) },
    ),
    { minLength: 1, maxLength: 24, size: 'max' },
  )
  .map((steps) => {
    let nowMs = START_MS;
    const sent: Event[] = [];
    return steps.flatMap((step): Happening[] => {
      if (step.kind === 'reload') return [step];
      if (step.kind === 'clock') {
        nowMs = Math.max(nowMs, step.atMs);
        return [{ kind: 'clock', nowMs }];
      }
      const event = step.kind === 'event' ? step.event : sent.at(-1 - step.back);
      if (event === undefined) return [];
      if (step.kind === 'event') nowMs = Math.max(nowMs, event.occurredAtMs + step.lag);
      sent.push(event);
      return [{ kind: 'event', event, nowMs }];
    });
  });
