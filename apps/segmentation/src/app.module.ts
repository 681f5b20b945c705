import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { defineService, type Platform } from '@tradewind/runtime';
import type { z } from 'zod';
import { AudienceMirror } from './audiences/audience-mirror';
import { SEGMENTATION_SETTINGS } from './config';
import { DriftController } from './drift/drift.controller';
import { LookalikeFinder } from './predictions/lookalikes';
import { LOOKALIKES, PredictionsController } from './predictions/predictions.controller';
import { Segmentation } from './segmentation';
import { DATABASE, SegmentationController } from './segmentation.controller';

@Module({})
export class SegmentationModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly segmentation: Segmentation) {}

  static register(platform: Platform, config: z.output<typeof SEGMENTATION_SETTINGS>): DynamicModule {
    const service = new Segmentation({
      platform,
      cacheEntries: config.SEGMENTATION_CACHE_ENTRIES,
      clock: config.SEGMENTATION_CLOCK,
      rulesRefreshMs: config.SEGMENTATION_RULES_REFRESH_MS,
      predictedCustomers: config.SEGMENTATION_PREDICTED_CUSTOMERS,
      drift: {
        intervalMs: config.SEGMENTATION_DRIFT_INTERVAL_MS,
        thresholds: { warning: config.SEGMENTATION_DRIFT_WARNING, alarm: config.SEGMENTATION_DRIFT_ALARM },
      },
    });
    return {
      module: SegmentationModule,
      controllers: [SegmentationController, PredictionsController, DriftController],
      providers: [
        { provide: Segmentation, useValue: service },
        { provide: DATABASE, useValue: platform.database },
        {
          provide: LOOKALIKES,
          useValue: new LookalikeFinder({ features: service.features, database: platform.database, now: platform.now }),
        },
      ],
    };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.segmentation.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.segmentation.stop();
  }
}

/** Who each customer is, live, and why. */
export const segmentation = defineService({
  name: 'segmentation',
  settings: SEGMENTATION_SETTINGS,
  createModule: (platform, config) => SegmentationModule.register(platform, config),
});

export { comparable } from './compare-records';
export { EVENTS_GROUP, Segmentation } from './segmentation';
export { EXAMPLE_SEGMENTS } from './rules/examples';
export { RULES_MODEL } from './rules/rule-outputs';
export { enableSegment, putSegments } from './rules/segment-definitions';
export type { SegmentPreview } from './rules/preview';
