import type { Condition, Rule } from '@tradewind/rules';
import fc from 'fast-check';

const anEventCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ event: fc.constantFrom('A', 'B', '*'), within: fc.constantFrom('1h', '3h', '1d') }),
  fc.record({ event: fc.constantFrom('A', 'B'), notWithin: fc.constantFrom('1h', '5h') }),
  fc.record({
    event: fc.constantFrom('A', 'B'),
    op: fc.constantFrom('>=' as const, '<' as const),
    value: fc.constantFrom(2, 3),
    within: fc.constant('2h'),
  }),
  fc.record({
    sequence: fc.constantFrom(
      [{ event: 'A' }, { event: 'B', within: '1h' }],
      [{ event: 'A' }, { event: 'B', within: '2h', absent: 'within' as const }],
    ),
    within: fc.constant('1d'),
  }),
);

/** Up to four rules over events A and B: windows, counts, sequences, nested and joined. */
export const someRules: fc.Arbitrary<Rule[]> = fc
  .array(fc.tuple(anEventCondition, anEventCondition, fc.constantFrom('one', 'and', 'or', 'not', 'segment')), { maxLength: 4 })
  .map((parts) =>
    parts.map(([a, b, shape], i): Rule => {
      const when: Record<string, Condition> = {
        one: a,
        and: { and: [a, b] },
        or: { or: [a, b] },
        not: { not: a },
        segment: i === 0 ? a : { and: [{ segment: `rule-${i - 1}` }, a] },
      };
      return { id: `rule-${i}`, name: `Rule ${i}`, when: when[shape]! };
    }),
  );
