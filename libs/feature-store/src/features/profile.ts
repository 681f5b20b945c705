import type { Feature } from '../feature';
import { activity } from './activity';
import { basket } from './basket';
import { decayedActivity } from './decayed-activity';
import { distinctProducts } from './distinct-products';
import { monetary } from './monetary';
import { orders } from './orders';
import { sessions } from './sessions';
import { traits } from './traits';

/** The customer profile: segmentation serves with these and trainer learns from these. */
export const PROFILE_FEATURES: readonly Feature<unknown>[] = [
  orders,
  monetary,
  basket,
  distinctProducts,
  activity,
  sessions,
  decayedActivity,
  traits,
];
