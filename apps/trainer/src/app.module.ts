import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { defineService, type Platform } from '@tradewind/runtime';
import type { z } from 'zod';
import { TRAINER_SETTINGS } from './config';
import { TrainingSchedule } from './trainer';
import { TrainerController } from './trainer.controller';
import { workerLearner } from './worker-learner';

@Module({})
export class TrainerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly schedule: TrainingSchedule) {}

  static register(platform: Platform, config: z.output<typeof TRAINER_SETTINGS>): DynamicModule {
    const schedule = new TrainingSchedule({
      platform,
      learner: workerLearner,
      firstAfterEvents: config.TRAINER_FIRST_AFTER_EVENTS,
      growthPercent: config.TRAINER_GROWTH_PERCENT,
      checkIntervalMs: config.TRAINER_CHECK_INTERVAL_MS,
    });
    return { module: TrainerModule, controllers: [TrainerController], providers: [{ provide: TrainingSchedule, useValue: schedule }] };
  }

  onApplicationBootstrap(): void {
    this.schedule.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.schedule.stop();
  }
}

/** Learns from the log when it has grown, and publishes what is better. */
export const trainer = defineService({
  name: 'trainer',
  settings: TRAINER_SETTINGS,
  createModule: (platform, config) => TrainerModule.register(platform, config),
});

export { train, TRAINABLE, type Trainable } from './trainer';
export { workerLearner } from './worker-learner';
export { announceRelease } from './publish';
export type { TrainingReport } from './report';
