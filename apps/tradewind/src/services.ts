import { ingest } from '@tradewind/apps/ingest';
import { gateway } from '@tradewind/apps/gateway';
import { recommender } from '@tradewind/apps/recommender';
import { segmentation } from '@tradewind/apps/segmentation';
import { trainer } from '@tradewind/apps/trainer';
import type { ServiceDefinition } from '@tradewind/runtime';

/** Every service, in the order of an event's life. */
export const SERVICES = [ingest, segmentation, recommender, trainer, gateway] as const satisfies readonly ServiceDefinition[];
