import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { defineService, type Platform } from '@tradewind/runtime';
import type { z } from 'zod';
import { RECOMMENDER_SETTINGS } from './config';
import { Recommender } from './recommender';
import { RecommenderController } from './recommender.controller';

@Module({})
export class RecommenderModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly recommender: Recommender) {}

  static register(platform: Platform, config: z.output<typeof RECOMMENDER_SETTINGS>): DynamicModule {
    const service = new Recommender({ platform, listSize: config.RECOMMENDER_LIST_SIZE, cacheEntries: config.RECOMMENDER_CACHE_ENTRIES });
    return { module: RecommenderModule, controllers: [RecommenderController], providers: [{ provide: Recommender, useValue: service }] };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.recommender.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.recommender.stop();
  }
}

/** What to show next, on a topic and over HTTP, with reasons. */
export const recommender = defineService({
  name: 'recommender',
  settings: RECOMMENDER_SETTINGS,
  createModule: (platform, config) => RecommenderModule.register(platform, config),
});
