import { decayed } from './decayed';
import { distinctValues } from './distinct-values';
import { firstAndLast } from './first-and-last';
import { funnel } from './funnel';
import type { ProfileFeature } from './profile-feature';
import { rfm } from './rfm';
import { topValues } from './top-values';
import { totals } from './totals';
import { visits } from './visits';

const ORDER = { name: 'Order Completed' } as const;
const VIEW = { name: 'Product Viewed' } as const;
const ADD = { name: 'Product Added' } as const;
const INTEREST = { name: ['Product Viewed', 'Product Added', 'Order Completed'] } as const;
const POINTS = { 'Product Viewed': 1, 'Product Added': 3, 'Order Completed': 10 };

/** What a shop keeps of each visitor beside the columns of its models. Tags 30 to 59; one that was used is never used for another feature. */
export const SHOP_PROFILE: readonly ProfileFeature<unknown>[] = [
  totals({ name: 'orders_total', tag: 30, on: ORDER, of: 'valueMinor', windows: ['7d', '30d', '90d', '365d'] }),
  totals({
    name: 'refunds_total',
    tag: 31,
    on: { name: ['Order Refunded', 'Order Cancelled'] },
    of: 'valueMinor',
    windows: ['90d', '365d'],
  }),
  totals({ name: 'views', tag: 32, on: VIEW, windows: ['1h', '1d', '7d', '30d'] }),
  totals({ name: 'adds', tag: 33, on: ADD, windows: ['1h', '1d', '7d', '30d'] }),
  distinctValues({ name: 'products_viewed', tag: 35, on: VIEW, of: 'productId' }),
  firstAndLast({ name: 'campaign', tag: 36, on: { type: 'any' }, of: 'campaignName' }),
  topValues({ name: 'device', tag: 38, on: { type: 'any' }, of: 'device', capacity: 4 }),
  topValues({ name: 'category_affinity', tag: 39, on: INTEREST, of: 'property:category', halfLifeDays: 30, points: POINTS }),
  topValues({ name: 'brand_affinity', tag: 40, on: INTEREST, of: 'property:brand', halfLifeDays: 30, points: POINTS }),
  decayed({ name: 'engagement_7d', tag: 41, on: { type: 'any' }, halfLifeDays: 7, points: POINTS }),
  visits({ name: 'visits', tag: 43, on: { type: 'any' } }),
  funnel({ name: 'purchase_funnel', tag: 44, steps: [VIEW, ADD, { name: 'Checkout Started' }, ORDER], withinHours: 72 }),
  rfm({
    name: 'rfm',
    tag: 46,
    on: ORDER,
    recencyDays: [30, 60, 120, 240],
    orders: [2, 3, 5, 8],
    valueMinor: [5_000, 15_000, 40_000, 100_000],
  }),
];
