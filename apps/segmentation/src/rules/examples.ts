import type { Rule } from '@tradewind/rules';

const ORDER = { event: 'Order Completed' } as const;

/** Ready-made segments over the e-commerce events of Segment's specification; the first ones need orders only. */
export const EXAMPLE_SEGMENTS: readonly Rule[] = [
  {
    id: 'new-customers',
    name: 'New customers',
    when: {
      and: [
        { ...ORDER, aggregate: 'count', op: 'equals', value: 1 },
        { ...ORDER, within: '30d' },
      ],
    },
  },
  { id: 'repeat-buyers', name: 'Repeat buyers (90 days)', when: { ...ORDER, aggregate: 'count', op: '>=', value: 2, within: '90d' } },
  { id: 'loyal', name: 'Loyal (5 orders in a year)', when: { ...ORDER, aggregate: 'count', op: '>=', value: 5, within: '365d' } },
  {
    id: 'big-spenders',
    name: 'Big spenders (1,000.00 in 90 days)',
    when: { ...ORDER, aggregate: 'sum', of: { field: 'value' }, op: '>=', value: 100_000, within: '90d' },
  },
  { id: 'lapsing', name: 'Lapsing (no order for 60 days)', when: { and: [ORDER, { ...ORDER, notWithin: '60d' }] } },
  {
    id: 'win-back',
    name: 'Win back: loyal or big once, now lapsing',
    when: { and: [{ ...ORDER, aggregate: 'count', op: '>=', value: 3 }, { segment: 'lapsing' }] },
  },
  { id: 'returners', name: 'Sent something back (90 days)', when: { event: 'Order Refunded', within: '90d' } },
  {
    id: 'abandoned-cart',
    name: 'Abandoned cart',
    when: { sequence: [{ event: 'Product Added' }, { event: 'Order Completed', within: '1h', absent: 'since' }], within: '7d' },
  },
  {
    id: 'window-shoppers',
    name: 'Window shoppers (7 days)',
    when: {
      and: [
        { event: 'Product Viewed', aggregate: 'count', op: '>=', value: 5, within: '7d' },
        { ...ORDER, notWithin: '7d' },
      ],
    },
  },
  { id: 'half-of-loyal', name: 'Half of the loyal, for a test', when: { and: [{ segment: 'loyal' }, { rollout: { percent: 50 } }] } },
];
