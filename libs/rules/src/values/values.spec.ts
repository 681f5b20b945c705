import { EventType } from '@tradewind/contracts';
import { anEvent } from '@tradewind/testing';
import fc from 'fast-check';
import { MessageIds } from '../engine/message-ids';
import type { Op } from '../language/rule';
import { classOf, holds, pointsOf, toComparison } from './comparison';
import { EventReader, PropertyPaths } from './event-reader';
import { ExactSum } from './exact-sum';
import { rolloutPercent } from './hash';
import { toTest } from './predicate';
import { asNumber } from './reading';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2024, 0, 10);

describe('a predicate', () => {
  it.each<[op: Op, operand: unknown, yes: readonly unknown[], no: readonly unknown[]]>([
    ['equals', 'a', ['a'], ['A', 'ab', '', 7, null, undefined, ['a']]],
    ['equals', 7, [7, '7', ' 7.0 '], ['seven', '07x', true, null, undefined]],
    ['equals', true, [true], ['true', 1, undefined]],
    ['notEquals', 'a', ['b', '', 7, null, undefined], ['a']],
    ['in', ['a', 7], ['a', 7, '7'], ['b', 8, null, undefined]],
    ['notIn', ['a', 7], ['b', null, undefined], ['a', '7']],
    ['contains', 'ell', ['hello', ['ell', 'x']], ['help', ['hello'], 7, undefined]],
    ['startsWith', 'he', ['hello', 'he'], ['the', ['he'], undefined]],
    ['exists', undefined, ['', 0, false, [], {}], [null, undefined]],
    ['isSet', undefined, [0, false, ' ', [0], { a: 1 }], ['', [], {}, null, undefined]],
    ['<', 5, [4, '4.9', -1e9], [5, '5', 'four', '', null, undefined, [4]]],
    ['>=', 5, [5, '5', 6], [4.999, 2 ** 60, true]],
    ['between', [1, 2], [1, 2, '1.5'], [0.9, 2.1]],
    ['between', ['2024-01-10', '2024-01-11'], ['2024-01-10', '2024-01-10T23:59:59.999Z', NOW_MS], ['2024-01-11', 'soon', undefined]],
    [
      'before',
      '2024-01-10',
      ['2024-01-09T23:59:59Z', NOW_MS - 1, '2024-01-10T00:30:00+01:00'],
      ['2024-01-10', NOW_MS, '10 Jan 2024', null],
    ],
    ['after', '2024-01-10', ['2024-01-10', '2024-01-10T00:00', NOW_MS], ['2024-01-09T23:59:59.999', undefined]],
    ['withinLast', '1h', [NOW_MS, NOW_MS - HOUR_MS + 1], [NOW_MS - HOUR_MS, NOW_MS + 1, 'x', undefined]],
    ['withinNext', '1h', [NOW_MS + 1, NOW_MS + HOUR_MS], [NOW_MS, NOW_MS + HOUR_MS + 1, undefined]],
  ])('%s %p', (op, operand, yes, no) => {
    const test = toTest({ op, value: operand as string });
    expect(yes.filter((value) => !test(value, NOW_MS))).toEqual([]);
    expect(no.filter((value) => test(value, NOW_MS))).toEqual([]);
  });
});

it('puts numbers that comparisons cannot tell apart into one class', () => {
  const comparison = fc
    .tuple(fc.constantFrom<Op>('<', '<=', '>', '>=', 'equals', 'notEquals'), fc.integer({ min: -3, max: 3 }))
    .map(([op, operand]) => toComparison(op, operand));
  const number = fc.integer({ min: -9, max: 9 }).map((n) => n / 2);
  fc.assert(
    fc.property(fc.array(comparison, { minLength: 1, maxLength: 4 }), number, number, (comparisons, a, b) => {
      const points = pointsOf(comparisons);
      if (classOf(points, a) !== classOf(points, b)) return;
      for (const one of comparisons) expect(holds(one, a)).toBe(holds(one, b));
    }),
  );
});

it('sums exactly, in any order, as whole numbers of 2^-40 do', () => {
  const exact = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(0.1, 0.2, 0.3, 1e15, -1e15, 2 ** -20));
  fc.assert(
    fc.property(fc.array(exact, { maxLength: 30 }), (values) => {
      const numbers = values.map(asNumber).map((value) => Math.round(value! * 2 ** 20) / 2 ** 20); // exact at that scale below 2^33
      const small = numbers.filter((value) => Math.abs(value) < 2 ** 32);
      const whole = small.reduce((sum, value) => sum + BigInt(value * 2 ** 20), 0n);
      for (const order of [small, [...small].reverse(), [...small].sort((a, b) => a - b)]) {
        const sum = new ExactSum();
        for (const value of order) sum.add(value);
        expect(sum.value).toBe(Number(whole) / 2 ** 20);
        const { whole: plain, partials } = sum.parts;
        expect(new ExactSum(plain, partials === null ? null : [...partials]).value).toBe(sum.value);
      }
    }),
  );
  const sum = new ExactSum();
  for (let i = 0; i < 10; i++) sum.add(0.1);
  expect(sum.value).toBe(1); // math.fsum([.1] * 10); naive adding gives 0.9999999999999999
});

it('reads properties as JSON.parse does, without parsing the rest', () => {
  const key = fc.constantFrom('a', 'b', 'properties', 'é', '__proto__', 'a b', '"', '\\');
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), fc.boolean(), fc.boolean(), fc.nat(3), (properties, first, only, indent) => {
      const rest = only ? {} : { context: { a: 1, page: '}{"' }, traits: { a: 2 } };
      const payload = first ? { properties, ...rest } : { ...rest, properties };
      const reader = new EventReader().read(anEvent({ payloadJson: Buffer.from(JSON.stringify(payload, null, indent)) }));
      const parsed = JSON.parse(JSON.stringify(properties)) as Record<string, unknown>;
      const paths = new PropertyPaths();
      for (const name of Object.keys(parsed).filter((text) => !text.includes('.')))
        expect(paths.get(name).of(reader)).toEqual(parsed[name]);
      expect(paths.get('missing').of(reader)).toBeUndefined();
    }),
  );
});

it('reads any bytes without failing', () => {
  const nearly = fc.string({ unit: fc.constantFrom('{', '}', '"', ':', ',', 'properties', 'a', '[', ']', '\\', '1', ' ') });
  fc.assert(
    fc.property(
      fc.oneof(
        nearly,
        nearly.map((text) => `{"properties":${text}`),
      ),
      (text) => {
        const reader = new EventReader().read(anEvent({ type: EventType.EVENT_TYPE_TRACK, payloadJson: Buffer.from(text) }));
        new PropertyPaths().get('a.b').of(reader);
        expect(reader.traits).toBeUndefined();
      },
    ),
  );
});

it('gives every user a stable, even place in a rollout, and another for another salt', () => {
  const users = Array.from({ length: 20_000 }, (_, i) => `shop:user-${i}`);
  const tenths = new Array<number>(10).fill(0);
  let both = 0;
  for (const user of users) {
    tenths[Math.floor(rolloutPercent('a', user) / 10)]!++;
    if (rolloutPercent('a', user) < 50 && rolloutPercent('b', user) < 50) both++;
  }
  // 20,000 draws: each tenth within 5 standard deviations (42) of 2,000, the quarter within 5 (61) of 5,000.
  for (const tenth of tenths) expect(Math.abs(tenth - 2000)).toBeLessThan(212);
  expect(Math.abs(both - 5000)).toBeLessThan(306);
  expect(rolloutPercent('salt', 'shop:user-1')).toBe(84.02913312893361); // must never change: everyone would move
});

it('keeps the ids of the last 16 events, whatever they look like', () => {
  const id = fc.oneof(fc.uuid(), fc.string({ maxLength: 40 }), fc.constant('00000000-0000-0000-0000-000000000000'), fc.constant(''));
  fc.assert(
    fc.property(fc.array(id, { minLength: 1, maxLength: 40 }), (ids) => {
      const kept = new MessageIds();
      ids.forEach((one, number) => kept.set(number, one));
      for (let number = Math.max(0, ids.length - 16); number < ids.length; number++) expect(kept.get(number)).toBe(ids[number]);
    }),
  );
});
