import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { defineService, type Platform } from '@tradewind/runtime';
import type { z } from 'zod';
import { AudienceMirror } from './audiences/audience-mirror';
import { SEGMENTATION_SETTINGS } from './config';
import { DriftController } from './drift/drift.controller';
import { LookalikeFinder } from './predictions/lookalikes';
import { LOOKALIKES, PredictionsController } from './predictions/predictions.controller';
import { Segmentation } from './segmentation';
import { DATABASE, SegmentationController } from './segmentation.controller';

const AUDIENCES = Symbol('mirror of transitions as audience events');

@Module({})
export class SegmentationModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly segmentation: Segmentation,
    @Inject(AUDIENCES) private readonly audiences: AudienceMirror | null,
  ) {}

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
        { provide: AUDIENCES, useValue: createAudienceMirror(platform, service, config) },
        {
          provide: LOOKALIKES,
          useValue: new LookalikeFinder({ features: service.features, database: platform.database, now: platform.now }),
        },
      ],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.segmentation.start();
    this.audiences?.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.audiences?.stop();
    await this.segmentation.stop();
  }
}

/** `null` while no receiver is set. */
function createAudienceMirror(
  platform: Platform,
  { features }: Segmentation,
  { SEGMENTATION_AUDIENCES_URL: url, SEGMENTATION_AUDIENCES_WRITE_KEY: writeKey }: z.output<typeof SEGMENTATION_SETTINGS>,
): AudienceMirror | null {
  return url === undefined ? null : new AudienceMirror({ platform, features, receiver: { url, writeKey } });
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
