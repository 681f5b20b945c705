import { integerSetting } from '@tradewind/runtime';
import { z } from 'zod';

export const SEGMENTATION_SETTINGS = z.object({
  /** Decoded customers kept in memory, about 2 KB each. */
  SEGMENTATION_CACHE_ENTRIES: integerSetting(0, 10_000_000).default(50_000).describe('a number of customers'),
});
