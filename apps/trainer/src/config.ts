import { integerSetting, listSetting } from '@tradewind/runtime';
import { z } from 'zod';

export const TRAINER_SETTINGS = z.object({
  /** Events the log must hold before the first training. */
  TRAINER_FIRST_AFTER_EVENTS: integerSetting(1, 1_000_000_000).default(2_000).describe('a number of events'),
  /** The log must have grown by this share since the last training, percent. */
  TRAINER_GROWTH_PERCENT: integerSetting(1, 10_000).default(50).describe('a percentage, e.g. 50'),
  /** How often the log's growth is looked at. */
  TRAINER_CHECK_INTERVAL_MS: integerSetting(100, 86_400_000).default(5_000).describe('milliseconds, e.g. 5000'),
  /** Traits of identify calls by which predictions and segments are compared; none: no comparison. */
  TRAINER_SENSITIVE_TRAITS: listSetting(z.string().max(100)).optional().describe('names of traits, e.g. gender,ageGroup'),
});
