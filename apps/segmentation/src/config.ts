import { integerSetting } from '@tradewind/runtime';
import { z } from 'zod';

export const SEGMENTATION_SETTINGS = z.object({
  /** Decoded customers kept in memory, about 2 KB each. */
  SEGMENTATION_CACHE_ENTRIES: integerSetting(0, 10_000_000).default(50_000).describe('a number of customers'),
  /** What time it is for rules: the wall, or, for replays of old data, when events happened. */
  SEGMENTATION_CLOCK: z.enum(['wall', 'events']).default('wall'),
  /** How soon a changed segment is noticed. */
  SEGMENTATION_RULES_REFRESH_MS: integerSetting(100, 3_600_000).default(2_000).describe('milliseconds'),
  /** Customers whose predictions are kept in memory for percentiles, about 200 bytes each; of more, a random share. */
  SEGMENTATION_PREDICTED_CUSTOMERS: integerSetting(1_000, 10_000_000).default(100_000).describe('a number of customers'),
});
