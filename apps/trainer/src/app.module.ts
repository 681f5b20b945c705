import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { defineService, type Platform } from '@tradewind/runtime';
import type { z } from 'zod';
import { TRAINER_SETTINGS } from './config';
import { TrainingSchedule } from './trainer';
import { TrainerController } from './trainer.controller';
import { createWorkerLearner } from './worker-learner';

const ENDING = Symbol('ends a learning under way');

@Module({})
export class TrainerModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly schedule: TrainingSchedule,
    @Inject(ENDING) private readonly ending: AbortController,
  ) {}

  static register(platform: Platform, config: z.output<typeof TRAINER_SETTINGS>): DynamicModule {
    const ending = new AbortController();
    const schedule = new TrainingSchedule({
      platform,
      learner: createWorkerLearner(ending.signal),
      firstAfterEvents: config.TRAINER_FIRST_AFTER_EVENTS,
      growthPercent: config.TRAINER_GROWTH_PERCENT,
      checkIntervalMs: config.TRAINER_CHECK_INTERVAL_MS,
      sensitiveTraits: config.TRAINER_SENSITIVE_TRAITS,
    });
    return {
      module: TrainerModule,
      controllers: [TrainerController],
      providers: [
        { provide: TrainingSchedule, useValue: schedule },
        { provide: ENDING, useValue: ending },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.schedule.start();
  }

  onApplicationShutdown(): Promise<void> {
    this.ending.abort(); // a training takes minutes; the next start begins it anew
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
export { TRAINER_SETTINGS } from './config';
export { createWorkerLearner } from './worker-learner';
export { announceRelease } from './publish';
export type { TrainingReport } from './report';
export type { PredictionReport } from './prediction-report';
