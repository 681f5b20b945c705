import { MODELS, TOPICS, describeError } from '@tradewind/contracts';
import type { Platform } from '@tradewind/runtime';
import type { Learner } from './learn';
import { announceUntold } from './publish';
import { takeSnapshot } from './snapshot';
import { trainClusters } from './train-clusters';
import { trainPredictions } from './train-predictions';
import { trainRanker } from './train-ranker';
import type { TrainingReport } from './report';

export const TRAINABLE = ['segmentation', 'recommender', 'predictions'] as const;
export type Trainable = (typeof TRAINABLE)[number];

export interface TrainOptions {
  /** @default all */
  readonly what?: readonly Trainable[];
  /** Search the ranker's hyperparameters anew. @default false */
  readonly search?: boolean;
  /** Traits by which predictions and segments are compared. @default none */
  readonly sensitiveTraits?: readonly string[];
  /** Tells a person what is going on: a step and the share done, 0–1. */
  onProgress?(step: string, done: number): void;
}

/** Reads the log, trains, evaluates on held-out data, publishes what beats the live models. */
export async function train(platform: Platform, learner: Learner, options: TrainOptions = {}): Promise<TrainingReport[]> {
  const { what = TRAINABLE, search = false, sensitiveTraits = [], onProgress = () => undefined } = options;
  const snapshot = await takeSnapshot(platform.log, { onProgress: (done) => onProgress('reading the log', done) });
  const reports: TrainingReport[] = [];
  if (what.includes('segmentation'))
    reports.push(await trainClusters({ snapshot, platform, learner, onProgress: (done) => onProgress('clustering customers', done) }));
  if (what.includes('recommender'))
    reports.push(
      await trainRanker({ snapshot, platform, learner, search, onProgress: (done) => onProgress('learning the item ranker', done) }),
    );
  if (what.includes('predictions'))
    reports.push(
      await trainPredictions({
        snapshot,
        platform,
        learner,
        sensitiveTraits,
        onProgress: (done) => onProgress('learning what customers will do', done),
      }),
    );
  for (const { model, version, promoted, reason, metrics } of reports)
    platform.logger.info('trained', { model, version, promoted, reason, metrics });
  return reports;
}

export interface ScheduleOptions {
  readonly platform: Platform;
  readonly learner: Learner;
  readonly firstAfterEvents: number;
  readonly growthPercent: number;
  readonly checkIntervalMs: number;
  /** Traits by which predictions and segments are compared. @default none */
  readonly sensitiveTraits?: readonly string[];
}

/** Trains when the log has grown enough. One training at a time; a failed one is tried again at the next look. */
export class TrainingSchedule {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<unknown> = Promise.resolve();
  private looking: Promise<void> | null = null;
  private stopped = false;
  private announced = false;
  private trainedAtEvents = 0;

  constructor(private readonly options: ScheduleOptions) {}

  start(): void {
    this.timer = setInterval(() => void (this.looking ??= this.look()), this.options.checkIntervalMs);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.looking;
    await this.running;
  }

  /** Trains now, after a training that runs already. */
  trainNow(options: TrainOptions = {}): Promise<TrainingReport[]> {
    const { platform, learner, sensitiveTraits } = this.options;
    const run = this.running.then(async () => {
      const events = await this.countEvents();
      const reports = await train(platform, learner, { sensitiveTraits, ...options });
      this.trainedAtEvents = events;
      return reports;
    });
    this.running = run.catch(() => undefined); // the caller hears of it; the next training starts all the same
    return run;
  }

  private async look(): Promise<void> {
    try {
      await this.running;
      await this.announceOnce();
      if ((await this.isDue()) && !this.stopped) await this.trainNow();
    } catch (error) {
      if (!this.stopped)
        this.options.platform.logger.error('training did not end; the next look tries again', { error: describeError(error) });
    } finally {
      this.looking = null;
    }
  }

  /** When the schedule begins. */
  private async announceOnce(): Promise<void> {
    if (this.announced) return;
    const versions = await announceUntold(this.options.platform);
    this.announced = true;
    if (versions.length > 0) this.options.platform.logger.warn('announced releases that were live but not told', { versions });
  }

  private async isDue(): Promise<boolean> {
    const { firstAfterEvents, growthPercent } = this.options;
    const events = await this.countEvents();
    if (this.trainedAtEvents === 0) this.trainedAtEvents = await this.eventsAtLiveRelease();
    if (this.trainedAtEvents === 0) return events >= firstAfterEvents;
    return events >= this.trainedAtEvents * (1 + growthPercent / 100);
  }

  private async countEvents(): Promise<number> {
    const offsets = await this.options.platform.log.watermarks(TOPICS.events.name);
    return offsets.reduce((sum, { high }) => sum + high, 0);
  }

  /** From the manifest, so that a restart does not train again for nothing; 0 without a live release. */
  private async eventsAtLiveRelease(): Promise<number> {
    const live = await this.options.platform.database.releases.live(MODELS.itemRanker);
    const parameters = (live?.manifest as { parameters?: { events?: number } } | undefined)?.parameters;
    return parameters?.events ?? 0;
  }
}
