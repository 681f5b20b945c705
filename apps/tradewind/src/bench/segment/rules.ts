import type { Condition, Rule } from '@tradewind/rules';

export const CATEGORIES = 20;
const WINDOWS = ['1h', '1d', '7d', '30d', '90d'] as const;
const ORDER = { event: 'Order Completed' } as const;

const inCategory = (i: number) => [{ property: 'category', op: 'equals' as const, value: categoryName(i) }];

/** Of a category by number. */
export function categoryName(i: number): string {
  return `category-${i % CATEGORIES}`;
}

/** Conditions by turns; each is meant for a part of the users, as marketers write them. `i` counts within the kind, `at` over all rules. */
const KINDS: readonly ((i: number, at: number) => Condition)[] = [
  (i) => ({ ...ORDER, op: '>=', value: 2 + (i % 3), within: WINDOWS[i % 5]! }),
  (i) => ({ event: 'Product Viewed', op: '>=', value: 3 + (i % 5), within: WINDOWS[i % 5]!, where: inCategory(i) }),
  (i) => ({
    and: [
      { ...ORDER, where: inCategory(i) },
      { ...ORDER, notWithin: WINDOWS[i % 3]! },
    ],
  }),
  (i) => ({ ...ORDER, aggregate: 'sum', of: { field: 'value' }, op: '>=', value: 8_000 + 900 * (i % 20), within: WINDOWS[2 + (i % 3)]! }),
  (i) => ({
    and: [
      { trait: 'plan', op: 'equals', value: `plan-${i}` },
      { event: '*', type: 'any', within: WINDOWS[i % 4]! },
    ],
  }),
  // Enters when the time has passed without an order, 10 to 48 seconds after the last product was added.
  (i) => ({
    sequence: [
      { event: 'Product Added', where: inCategory(i) },
      { ...ORDER, absent: 'since', within: `${10 + 2 * i}s` },
    ],
    within: '1h',
  }),
  (i) => ({
    sequence: [
      { event: 'Product Viewed', where: inCategory(i) },
      { event: 'Product Added', within: '30s' },
      { ...ORDER, within: '1h' },
    ],
    within: '7d',
  }),
  // Windows that close during the run: some of these events happened nearly an hour ago.
  (i) => ({ event: 'Signal', within: '1h', where: inCategory(i) }),
  (i) => ({ trait: 'offerEndsAt', op: 'withinNext', value: `${1 + i}h` }),
  (i, at) => ({ and: [{ segment: ruleId(at - 9 + (i % 8)) }, { not: { event: 'Order Refunded', within: '90d' } }] }),
];

function ruleId(at: number): string {
  return `rule-${at}`;
}

/** So many segments of ten kinds: counts, windows, sequences, sums, traits and their dates, nested ones. The same for the same count. */
export function benchRules(count: number): Rule[] {
  return Array.from({ length: count }, (_, at) => {
    const kind = KINDS[at % KINDS.length]!;
    return { id: ruleId(at), name: `Rule ${at}`, when: kind(Math.floor(at / KINDS.length), at) };
  });
}
