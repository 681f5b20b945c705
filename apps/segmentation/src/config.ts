import { integerSetting, numberSetting, urlSetting } from '@tradewind/runtime';
import { z } from 'zod';

export const SEGMENTATION_SETTINGS = z.object({
  /** Decoded customers kept in memory, about 2 KB each. */
  SEGMENTATION_CACHE_ENTRIES: integerSetting(0, 10_000_000).default(50_000).describe('a number of customers'),
  /** What time it is for rules: the wall, or, for replays of old data, when events happened. */
  SEGMENTATION_CLOCK: z.enum(['wall', 'events']).default('wall'),
  /** How soon a changed segment is noticed. */
  SEGMENTATION_RULES_REFRESH_MS: integerSetting(100, 3_600_000).default(2_000).describe('milliseconds'),
  /** Off unless set: where entries and exits are posted as Segment's "Audience Entered" and "Audience Exited". */
  SEGMENTATION_AUDIENCES_URL: urlSetting(['https', 'http'])
    .optional()
    .describe('a batch endpoint of the Segment HTTP API, e.g. https://api.segment.io/v1/batch'),
  /** User name of HTTP basic authentication there. */
  SEGMENTATION_AUDIENCES_WRITE_KEY: z.string().min(1).optional().describe('a write key'),
  /** Customers whose predictions are kept in memory for percentiles, about 200 bytes each; of more, a random share. */
  SEGMENTATION_PREDICTED_CUSTOMERS: integerSetting(1_000, 10_000_000).default(100_000).describe('a number of customers'),
  /** Between two looks at how far customers are from those that the model was trained on; each reads all of them. */
  SEGMENTATION_DRIFT_INTERVAL_MS: integerSetting(1_000, 86_400_000).default(900_000).describe('milliseconds'),
  /** Population stability index, or share of customers in another segment, from which a warning is told. */
  SEGMENTATION_DRIFT_WARNING: numberSetting(0.01, 10).default(0.1).describe('a number'),
  /** The same for an alarm. */
  SEGMENTATION_DRIFT_ALARM: numberSetting(0.01, 10).default(0.25).describe('a number'),
});
