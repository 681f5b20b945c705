import { integerSetting } from '@tradewind/runtime';
import { z } from 'zod';

export const RECOMMENDER_SETTINGS = z.object({
  /** Items in a published list. */
  RECOMMENDER_LIST_SIZE: integerSetting(1, 100).default(20).describe('a number of items, 1 to 100'),
  /** Decoded histories kept in memory, about 1 KB each. */
  RECOMMENDER_CACHE_ENTRIES: integerSetting(0, 10_000_000).default(50_000).describe('a number of customers'),
});
