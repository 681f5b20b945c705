import { Controller, Post, Query } from '@nestjs/common';
import { AppError } from '@tradewind/contracts';
import type { TrainingReport } from './report';
import { TRAINABLE, TrainingSchedule, type Trainable } from './trainer';

@Controller()
export class TrainerController {
  constructor(private readonly schedule: TrainingSchedule) {}

  /** Trains now and answers when it is done: minutes. `search=true` searches the hyperparameters anew. */
  @Post('/v1/train')
  train(@Query('what') what?: string, @Query('search') search?: string): Promise<TrainingReport[]> {
    return this.schedule.trainNow({ what: parseTrainable(what), search: search === 'true' });
  }
}

/** `segmentation`, `recommender`, `predictions` or `all`. @throws EVENT_INVALID */
export function parseTrainable(what = 'all'): readonly Trainable[] {
  if (what === 'all') return TRAINABLE;
  const found = TRAINABLE.find((name) => name === what);
  if (!found) throw new AppError('EVENT_INVALID', `what=${what} cannot be trained; choose ${TRAINABLE.join(', ')} or all`);
  return [found];
}
