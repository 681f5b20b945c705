import Ajv from 'ajv/dist/2020';
import { rulesJsonSchema, validateRules } from '..';

const rule = (when: unknown, id = 'r') => ({ id, name: 'R', when });
const problemsOf = (...rules: unknown[]) => validateRules(rules).problems ?? [];
const ORDER = { event: 'Order Completed' };

/** Each fault with where it is found and a part of what is said about it. */
const FAULTS: readonly (readonly [what: string, when: unknown, path: string, says: string])[] = [
  ['no object', 7, '$[0].when', 'give an object with one of everyone, and'],
  ['no kind', {}, '$[0].when', 'is no condition; give one of'],
  ['a misspelt kind', { evnt: 'A' }, '$[0].when', 'did you mean event instead of "evnt"?'],
  ['two kinds', { event: 'A', trait: 'b', op: 'exists' }, '$[0].when', 'has trait and event; keep one'],
  ['a misspelt member', { ...ORDER, wihtin: '7d' }, '$[0].when.wihtin', 'did you mean within?'],
  ['an unknown member', { ...ORDER, colour: 1 }, '$[0].when.colour', 'remove it; known here are event, type'],
  ['a wrong duration', { ...ORDER, within: 'a week' }, '$[0].when.within', 'give a duration such as'],
  ['a window too short', { ...ORDER, within: '10m' }, '$[0].when.within', 'the least is "1h"'],
  ['a window too long', { ...ORDER, within: '400d' }, '$[0].when.within', 'the most is "365d"'],
  ['an unknown operator', { trait: 'a', op: 'like', value: 'x' }, '$[0].when.op', 'give one of equals'],
  ['an operator of another kind', { ...ORDER, op: 'contains', value: 'x' }, '$[0].when.op', 'does not fit a number'],
  ['a missing operand', { trait: 'a', op: 'equals' }, '$[0].when.value', 'give text, a number, true or false'],
  ['an operand too many', { trait: 'a', op: 'exists', value: 1 }, '$[0].when.value', 'remove it'],
  ['no list', { trait: 'a', op: 'in', value: 'x' }, '$[0].when.value', 'give a list'],
  ['no number', { trait: 'a', op: '<', value: '5' }, '$[0].when.value', 'give a number'],
  ['no date', { trait: 'a', op: 'before', value: 'June' }, '$[0].when.value', 'ISO 8601'],
  ['ends the wrong way round', { trait: 'a', op: 'between', value: [5, 1] }, '$[0].when.value', 'put the lower first'],
  ['dates the wrong way round', { ...ORDER, between: ['2024-02-01', '2024-01-01'] }, '$[0].when.between', 'put the earlier date first'],
  ['two spans', { ...ORDER, within: '7d', between: ['2024-01-01', '2024-02-01'] }, '$[0].when.between', 'exclude each other'],
  ['notWithin with a count', { ...ORDER, notWithin: '7d', op: '>', value: 1 }, '$[0].when.op', 'takes no op'],
  ['a sum of nothing', { ...ORDER, aggregate: 'sum', op: '>', value: 1 }, '$[0].when.of', 'sum of what?'],
  ['a sum of texts', { ...ORDER, aggregate: 'sum', of: { field: 'currency' }, op: '>', value: 1 }, '$[0].when.of', 'currency is text'],
  ['a count of a value', { ...ORDER, of: { property: 'a' }, op: '>', value: 1 }, '$[0].when.of', 'use another aggregate'],
  ['an aggregate without comparison', { ...ORDER, aggregate: 'sum', of: { field: 'value' } }, '$[0].when.op', 'how is the sum compared?'],
  ['a count in parts', { ...ORDER, op: '>=', value: 1.5 }, '$[0].when.value', 'whole numbers'],
  ['a count too large for a window', { ...ORDER, op: '>=', value: 5000, within: '7d' }, '$[0].when.value', 'count over all time'],
  ['a count that always holds', { ...ORDER, op: '>=', value: 0 }, '$[0].when.value', 'always holds'],
  [
    'a first time in a window',
    { ...ORDER, aggregate: 'first', op: 'after', value: '2024-01-01', within: '7d' },
    '$[0].when.within',
    'withinLast',
  ],
  [
    'a filter that looks at the clock',
    { ...ORDER, where: [{ property: 'd', op: 'withinLast', value: '1d' }] },
    '$[0].when.where[0].op',
    'clock',
  ],
  [
    'a wrong filter deep inside',
    { not: { ...ORDER, where: [{ or: [{ field: 'colour', op: 'exists' }] }] } },
    '$[0].when.not.where[0].or[0].field',
    'give one of value',
  ],
  [
    'a wrong item filter',
    { ...ORDER, where: [{ items: 'any', where: [{ field: 'quantity', op: '>', value: 'x' }] }] },
    '$[0].when.where[0].where[0].value',
    'give a number',
  ],
  ['a name for identify', { event: 'A', type: 'identify' }, '$[0].when.event', '"event": "*"'],
  ['a sequence of one', { sequence: [ORDER] }, '$[0].when.sequence', 'give a list of 2 to 10 steps'],
  ['a first step within', { sequence: [{ ...ORDER, within: '1h' }, ORDER] }, '$[0].when.sequence[0].within', 'follows nothing'],
  [
    'an absent step that is not the last',
    { sequence: [ORDER, { ...ORDER, absent: 'since' }, ORDER] },
    '$[0].when.sequence[1].absent',
    'only the last',
  ],
  ['an absent step without a time', { sequence: [ORDER, { ...ORDER, absent: 'within' }] }, '$[0].when.sequence[1].within', 'how long'],
  [
    'a sequence that cannot hold',
    { sequence: [ORDER, { ...ORDER, absent: 'since', within: '2d' }], within: '1d' },
    '$[0].when.within',
    'can never hold',
  ],
  ['an unknown segment', { segment: 'rr' }, '$[0].when.segment', 'add that rule, or remove the reference'],
  ['a segment of itself', { and: [{ segment: 'r' }] }, '$[0].when.and[0].segment', 'closes a cycle: r → r'],
  ['a percentage beyond', { rollout: { percent: 120 } }, '$[0].when.rollout.percent', 'give {"percent": 0 to 100'],
];

describe('validateRules', () => {
  it.each(FAULTS)('points at %s', (_what, when, path, says) => {
    const problems = problemsOf(rule(when));
    const problem = problems.find((found) => found.path === path);
    expect({ problems, message: problem?.message }).toEqual({ problems, message: expect.stringContaining(says) as string });
  });

  it('tells every fault of every rule at once', () => {
    const paths = problemsOf(rule({ and: [{ evnt: 1 }, { ...ORDER, within: 'x' }] }), rule({ event: 7 }, 's'), { id: 't' }).map(
      ({ path }) => path,
    );
    expect(paths).toEqual(['$[0].when.and[0]', '$[0].when.and[1].within', '$[1].when.event', '$[2].name', '$[2].when']);
  });

  it('finds cycles over several rules, and ids that are taken', () => {
    const problems = problemsOf(
      rule({ segment: 'b' }, 'a'),
      rule({ not: { segment: 'c' } }, 'b'),
      rule({ segment: 'a' }, 'c'),
      rule(ORDER, 'a'),
    );
    expect(problems).toContainEqual({ path: '$[3].id', message: '"a" is taken by $[0]; give another' });
    const cyclic = problemsOf(rule({ segment: 'b' }, 'a'), rule({ not: { segment: 'c' } }, 'b'), rule({ segment: 'a' }, 'c'));
    expect(cyclic).toEqual([{ path: '$[2].when.segment', message: 'closes a cycle: a → b → c → a; remove one of these references' }]);
  });

  it('takes whatever value it is given', () => {
    for (const value of [
      null,
      7,
      'x',
      {},
      [null],
      [[]],
      [{ when: null }],
      [rule({ and: 7 })],
      [rule({ not: null })],
      [rule({ sequence: [7, null] })],
    ])
      expect(validateRules(value).rules).toBeUndefined();
    let deep: unknown = ORDER;
    for (let i = 0; i < 5000; i++) deep = { not: deep };
    expect(problemsOf(rule(deep))[0]!.message).toContain('nested deeper than 20');
  });

  it('has a JSON Schema that says the same about shapes', () => {
    const validate = new Ajv({ strict: false }).compile(rulesJsonSchema());
    expect(validate([rule({ and: [ORDER, { not: { segment: 'x' } }] })])).toBe(true);
    expect(validate([rule({ and: [{ evnt: 1 }] })])).toBe(false);
    expect(validate([rule({ ...ORDER, where: [{ or: [{ property: 'a', op: 'like' }] }] })])).toBe(false);
  });
});
