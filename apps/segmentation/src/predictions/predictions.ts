import { AppError, MODELS, TOPICS, describeError, isRetryable, partitionForKey } from '@tradewind/contracts';
import { MemoryStateStore, type FeatureStore, type SettledTime, type UserState } from '@tradewind/feature-store';
import { ModelSlot, type ModelManifest } from '@tradewind/inference';
import type { CustomerPrediction } from '@tradewind/learning';
import { RepeatLatest, followModel, type FollowedModel, type Platform } from '@tradewind/runtime';
import { CUSTOMER, isCustomer } from '../features';
import type { ClockMode } from '../rules/rule-clock';
import { viewPredictions, type PredictionsView } from './prediction-view';
import { asPredictionModel, type PredictionModel } from './prediction-model';
import { Standings, namesOf } from './standings';

const QUEUE = 'predictions';
/** Customers predicted in one run of the model. */
const SLICE = 500;
/** Slices of one look; the rest waits for the next, so that batches go on. */
const SLICES_PER_LOOK = 4;
const LOOK_EVERY_MS = 1_000;
const RETRY_MS = 30_000;
const HOUR_MS = 3_600_000;
/** A silent customer's prediction moves with the silence: looked at again after a tenth of it, within these bounds. */
const SOONEST_MS = HOUR_MS;
const LATEST_MS = 24 * HOUR_MS;

export interface PredictionsOptions {
  readonly platform: Platform;
  readonly features: FeatureStore;
  /** The group whose partitions' customers stand here. */
  readonly group: string;
  readonly mode: ClockMode;
  /** Customers whose predictions are kept for percentiles. */
  readonly customers: number;
}

/**
 * What customers will do. One customer is predicted when asked, as of that moment. For percentiles the predictions of the customers held here
 * are kept and follow events within about a second and time by timers; all of them are made anew after a release or a rebalance.
 */
export class Predictions {
  readonly slot = new ModelSlot(MODELS.customerPredictions);
  private standings: Standings | null = null;
  /** Gone with the process: everyone is predicted at the start anyway. */
  private readonly dueTimes = new MemoryStateStore().dueTimes;
  private readonly predicting: RepeatLatest;
  private followed: FollowedModel | null = null;
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> = Promise.resolve();
  private isStopped = false;
  private isFailing = false;
  /** When everyone is to be predicted again, after a failure. */
  private retryAtMs = Infinity;
  /** Of the events clock. */
  private latestEventMs = 0;

  constructor(private readonly options: PredictionsOptions) {
    const { logger } = options.platform;
    this.predicting = new RepeatLatest(
      (signal) => this.predictAll(signal),
      (error) => {
        this.retryAtMs = options.platform.now() + RETRY_MS;
        logger.error('customers were not all predicted; tried again in half a minute', { error: describeError(error) });
      },
    );
  }

  async start(): Promise<void> {
    this.followed = await followModel({
      platform: this.options.platform,
      model: MODELS.customerPredictions,
      slot: this.slot,
      check: (model) => void asPredictionModel(model, CUSTOMER.columns),
      onSwapped: () => this.predicting.request(),
    });
    await this.followed.ready;
    this.schedule();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.looking;
    await this.followed?.stop();
    await this.predicting.stop();
    await this.slot.close();
  }

  /** Other partitions are held now. */
  onAssigned(): void {
    if (this.slot.version !== null) this.predicting.request();
  }

  /** The store, with every batch it has stored followed: whose profile changed is predicted with the next look. */
  following(features: FeatureStore): FeatureStore {
    return {
      featureSet: features.featureSet,
      apply: async (batch, options) => {
        const applied = await features.apply(batch, options);
        const persist = async () => {
          await applied.persist();
          this.touch(applied.touched);
        };
        return { ...applied, persist };
      },
      get: (userKey) => features.get(userKey),
      getMany: (userKeys) => features.getMany(userKeys),
      scan: () => features.scan(),
      save: (states) => features.save(states),
      erase: (userKeys) => features.erase(userKeys),
      invalidate: () => features.invalidate(),
    };
  }

  private touch(states: Iterable<UserState>): void {
    if (this.slot.version === null) return;
    const atMs = this.options.platform.now();
    const due = [];
    for (const state of states) {
      this.latestEventMs = Math.max(this.latestEventMs, state.lastEventAtMs);
      if (isCustomer(state) && (this.standings === null || this.standings.keeps(state.userKey))) due.push({ key: state.userKey, atMs });
    }
    void this.dueTimes.schedule(QUEUE, due); // in memory: cannot fail
  }

  /** Resolves when everyone held here was predicted by the live model and nothing is due. For tests and tools. */
  async settled(): Promise<void> {
    await this.predicting.idle();
    await this.look();
  }

  /** The live release. @throws MODEL_NOT_FOUND */
  manifest(): ModelManifest {
    const { manifest } = this.slot;
    if (manifest === null) throw new AppError('MODEL_NOT_FOUND', 'no predictions are released yet', { retryable: true });
    return manifest;
  }

  /** What the trainer measured. @throws MODEL_NOT_FOUND */
  report(): Promise<PredictionModel['report']> {
    return this.slot.use((model) => asPredictionModel(model, CUSTOMER.columns).report);
  }

  /** What the customer will do as of now, why, and what would change it; null for who has not ordered. @throws MODEL_NOT_FOUND */
  view(state: UserState): Promise<PredictionsView | null> {
    return this.slot.use((live) => {
      const model = asPredictionModel(live, CUSTOMER.columns);
      if (!isCustomer(state)) return null;
      return viewPredictions({
        model,
        state,
        asOfMs: this.asOf(state, model),
        nowMs: this.options.platform.now(),
        standings: this.standings,
      });
    });
  }

  /** `events`: as of the last event that anyone was seen to do, or the model's end. */
  private asOf(state: UserState, { trainedUntilMs }: PredictionModel): number {
    const { mode, platform } = this.options;
    return Math.max(state.lastEventAtMs, mode === 'wall' ? platform.now() : Math.max(this.latestEventMs, trainedUntilMs));
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.looking = this.look()
        .then(
          () => (this.isFailing = false),
          (error: unknown) => this.tell(error),
        )
        .then(() => {
          if (!this.isStopped) this.schedule();
        });
    }, LOOK_EVERY_MS);
  }

  /** Outages are told once; the next look tries again. */
  private tell(error: unknown): void {
    if (isRetryable(error) && this.isFailing) return;
    this.isFailing = true;
    this.options.platform.logger[isRetryable(error) ? 'warn' : 'error']('predictions did not follow; the next look tries again', {
      error: describeError(error),
    });
  }

  /** Takes who is due. While everyone is being predicted they wait: their standing would be thrown away. */
  private async look(): Promise<void> {
    const { platform, features } = this.options;
    if (platform.now() >= this.retryAtMs) {
      this.retryAtMs = Infinity;
      this.predicting.request();
    }
    for (let slice = 0; slice < SLICES_PER_LOOK && this.standings !== null && !this.isStopped; slice++) {
      const nowMs = platform.now();
      const due = await this.dueTimes.due(QUEUE, nowMs, SLICE);
      if (due.length === 0) return;
      const states = await features.getMany(due.map(({ key }) => key));
      const next = await this.place(
        states.filter((state): state is UserState => state !== null),
        this.standings,
      );
      const settled = due.map(({ key, atMs }): SettledTime => ({ key, seenMs: atMs, nextMs: next.get(key) ?? null }));
      due.forEach(({ key }) => next.has(key) || this.standings?.delete(key)); // erased, or no customer any more
      await this.dueTimes.settle(QUEUE, settled);
      if (due.length < SLICE) return;
    }
  }

  private async predictAll(signal: AbortSignal): Promise<void> {
    if (this.slot.version === null) return;
    const { platform, features, group, customers } = this.options;
    const { name: topic, partitions } = TOPICS.events;
    const startedAtMs = platform.now();
    const days = await this.slot.use((model) => asPredictionModel(model, CUSTOMER.columns).model.horizons.map((horizon) => horizon.days));
    const standings = new Standings(namesOf(days), customers);
    this.standings = null;
    for await (const page of features.scan()) {
      if (signal.aborted) return;
      const held = page.filter(({ userKey }) =>
        platform.gate.holds({ group, topic, partition: partitionForKey(Buffer.from(userKey), partitions) }),
      );
      for (const state of held) this.latestEventMs = Math.max(this.latestEventMs, state.lastEventAtMs);
      const next = await this.place(
        held.filter((state) => isCustomer(state) && standings.keeps(state.userKey)),
        standings,
      );
      await this.dueTimes.schedule(
        QUEUE,
        [...next].map(([key, atMs]) => ({ key, atMs })),
      );
    }
    this.standings = standings;
    if (standings.size > 0)
      platform.logger.info('customers predicted', {
        customers: standings.size,
        model: this.slot.version ?? '',
        durationMs: platform.now() - startedAtMs,
      });
  }

  /** Predicts these customers as of now. @returns when each is to be looked at again */
  private place(states: readonly UserState[], standings: Standings): Promise<Map<string, number>> {
    return this.slot.use(async (live) => {
      const model = asPredictionModel(live, CUSTOMER.columns);
      const own = states.filter(isCustomer);
      const predictions = own.length === 0 ? [] : await this.predict(own, model);
      const nowMs = this.options.platform.now();
      own.forEach(({ userKey }, row) => standings.set(userKey, predictions[row]!));
      return new Map(own.map((state) => [state.userKey, nowMs + pauseFor(this.asOf(state, model) - state.lastEventAtMs)]));
    });
  }

  private predict(states: readonly UserState[], model: PredictionModel): Promise<CustomerPrediction[]> {
    const width = CUSTOMER.columns.length;
    const vectors = new Float32Array(states.length * width); // [states, columns]
    states.forEach((state, row) => CUSTOMER.vector(state, this.asOf(state, model), vectors, row * width));
    return model.predict(model.complete(vectors, states.length));
  }
}

function pauseFor(silenceMs: number): number {
  return Math.min(LATEST_MS, Math.max(SOONEST_MS, silenceMs / 10));
}
