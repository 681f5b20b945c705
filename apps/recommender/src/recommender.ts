import { MODELS, describeError, type RankedList } from '@tradewind/contracts';
import type { BatchHandler } from '@tradewind/eventing';
import { createFeatureStore, type FeatureStore, type UserState } from '@tradewind/feature-store';
import { ModelSlot, createMicroBatcher, type MicroBatcher } from '@tradewind/inference';
import { RepeatLatest, followModel, visitUsers, type FollowedModel, type Platform } from '@tradewind/runtime';
import { Catalogue } from './catalogue';
import { LISTED, SHOPPER } from './features';
import { asItemRanker } from './model';
import { toRecord } from './outputs';
import { createPipeline, listFor, type ListDeps } from './pipeline';

export const EVENTS_GROUP = 'recommender';
/** Before every user key of this service in the state store. */
export const STATE_PREFIX = `recommender:${SHOPPER.fingerprint}:`;

export interface RecommenderOptions {
  readonly platform: Platform;
  readonly listSize: number;
  readonly cacheEntries: number;
}

/** The service without Nest: histories, the live model, the handler of event batches, and lists on request. */
export class Recommender {
  readonly features: FeatureStore;
  readonly handler: BatchHandler;
  readonly slot = new ModelSlot(MODELS.itemRanker);
  private readonly catalogue: Catalogue;
  private readonly lists: ListDeps;
  private readonly requests: MicroBatcher<UserState, RankedList>;
  private readonly relisting: RepeatLatest;
  private followed: FollowedModel | null = null;
  private stopListening: () => void = () => undefined;

  constructor(private readonly options: RecommenderOptions) {
    const { platform, listSize, cacheEntries } = options;
    const { state, log, logger, now } = platform;
    this.features = createFeatureStore({ store: state, features: SHOPPER, prefix: STATE_PREFIX, cacheEntries });
    this.catalogue = new Catalogue(log, logger);
    this.lists = { slot: this.slot, listSize, title: (itemId) => this.catalogue.title(itemId), now };
    this.handler = createPipeline({ ...this.lists, features: this.features });
    this.requests = createMicroBatcher({ run: (states) => listFor(states, this.lists) });
    this.relisting = new RepeatLatest(
      (signal) => this.relistAll(signal),
      (error) => logger.error('lists were not all renewed; the next release or rebalance tries again', { error: describeError(error) }),
    );
  }

  async start(): Promise<void> {
    const { platform } = this.options;
    await this.catalogue.start();
    this.stopListening = platform.gate.onAssigned(EVENTS_GROUP, () => {
      this.features.invalidate();
      this.relisting.request();
    });
    this.followed = await followModel({
      platform,
      model: MODELS.itemRanker,
      slot: this.slot,
      check: (model) => void asItemRanker(model),
      onSwapped: () => this.relisting.request(),
    });
    await this.followed.ready;
  }

  async stop(): Promise<void> {
    this.stopListening();
    await this.followed?.stop();
    await this.relisting.stop();
    await this.requests.close();
    await this.catalogue.stop();
    await this.slot.close();
  }

  /** The list a customer should see now: personal when something bought is known, else the most popular. @throws MODEL_NOT_FOUND before the first release */
  async recommend(userKey: string): Promise<RankedList> {
    const state = (await this.features.get(userKey)) ?? SHOPPER.create(userKey);
    return this.requests.submit(state);
  }

  title(itemId: string): string {
    return this.catalogue.title(itemId);
  }

  /** Resolves when every customer held here has a list of the live model. */
  settled(): Promise<void> {
    return this.relisting.idle();
  }

  private async relistAll(signal: AbortSignal): Promise<void> {
    if (this.slot.version === null) return;
    const { platform } = this.options;
    const startedAtMs = platform.now();
    const customers = await visitUsers({
      features: this.features,
      gate: platform.gate,
      signal,
      group: EVENTS_GROUP,
      isStale: (state) => state.of(LISTED).modelVersion !== this.slot.version,
      visit: async (states) => {
        const lists = await listFor(states, this.lists);
        await platform.log.publish(lists.map(toRecord));
      },
    });
    if (customers > 0)
      platform.logger.info('lists renewed', { customers, model: this.slot.version ?? '', durationMs: platform.now() - startedAtMs });
  }
}
