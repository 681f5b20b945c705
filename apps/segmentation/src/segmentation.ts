import { MODELS, describeError } from '@tradewind/contracts';
import type { BatchHandler } from '@tradewind/eventing';
import { createFeatureStore, type FeatureStore } from '@tradewind/feature-store';
import { ModelSlot } from '@tradewind/inference';
import { RepeatLatest, followModel, visitUsers, type FollowedModel, type Platform } from '@tradewind/runtime';
import { DriftMonitor } from './drift/drift-monitor';
import type { DriftThresholds } from './drift/drift-tally';
import { CUSTOMER, SEGMENT, STATE_PREFIX, isCustomer } from './features';
import { IdentityMerge } from './identity/identity-merge';
import { asClusterModel } from './model';
import { createPipeline } from './pipeline';
import { Predictions } from './predictions/predictions';
import { PROFILE } from './profile/profile';
import { ProfileBackfill } from './profile/profile-backfill';
import { createRescore } from './rescore';
import { previewSegment, type SegmentPreview } from './rules/preview';
import type { ClockMode } from './rules/rule-clock';
import { RuleSegments } from './rules/rule-segments';

export const EVENTS_GROUP = 'segmentation';
export const MEMBERSHIP_GROUP = 'segmentation-memberships';

export interface SegmentationOptions {
  readonly platform: Platform;
  readonly cacheEntries: number;
  /** What time it is for rules. @default 'wall' */
  readonly clock?: ClockMode;
  /** Between two looks at the definitions of segments, milliseconds. @default 2000 */
  readonly rulesRefreshMs?: number;
  /** Customers whose predictions are kept for percentiles. @default 100000 */
  readonly predictedCustomers?: number;
  /** Between two looks at how far customers are from the training, milliseconds, and from where on it is told. @default 900000, 0.1 and 0.25 */
  readonly drift?: { readonly intervalMs: number; readonly thresholds: DriftThresholds };
}

/** The service without Nest: profiles, the live model, the rules, the handler of event batches, and the pass over everyone after a release. */
export class Segmentation {
  readonly features: FeatureStore;
  readonly handler: BatchHandler;
  readonly slot = new ModelSlot(MODELS.customerClusters);
  readonly rules: RuleSegments;
  readonly predictions: Predictions;
  readonly profiles: ProfileBackfill;
  readonly drift: DriftMonitor;
  readonly identities: IdentityMerge;
  private readonly rescoring: RepeatLatest;
  private followed: FollowedModel | null = null;
  private stopListening: () => void = () => undefined;

  constructor(private readonly options: SegmentationOptions) {
    const { platform, clock: mode = 'wall', rulesRefreshMs: refreshMs = 2_000 } = options;
    const { state, now, logger } = platform;
    this.features = createFeatureStore({ store: state, features: CUSTOMER, prefix: STATE_PREFIX, cacheEntries: options.cacheEntries });
    this.rules = new RuleSegments({ platform, features: this.features, group: EVENTS_GROUP, mode, refreshMs });
    const { features } = this;
    this.profiles = new ProfileBackfill({ platform, features, partitions: this.rules.partitions, group: PROFILE, consumers: EVENTS_GROUP });
    this.predictions = new Predictions({
      platform,
      features: this.features,
      group: EVENTS_GROUP,
      mode,
      customers: options.predictedCustomers ?? 100_000,
    });
    this.handler = createPipeline({ features: this.predictions.following(this.features), slot: this.slot, rules: this.rules, now });
    this.identities = new IdentityMerge({ platform, features, partitions: this.rules.partitions, handler: this.handler });
    const { intervalMs, thresholds } = options.drift ?? { intervalMs: 900_000, thresholds: { warning: 0.1, alarm: 0.25 } };
    const { partitions } = this.rules;
    this.drift = new DriftMonitor({ platform, features, slot: this.slot, partitions, group: EVENTS_GROUP, mode, thresholds, intervalMs });
    this.rescoring = new RepeatLatest(
      (signal) => this.rescoreAll(signal),
      (error) =>
        logger.error('customers were not all rescored; the next release or rebalance tries again', { error: describeError(error) }),
    );
  }

  async start(): Promise<void> {
    const { platform } = this.options;
    this.stopListening = platform.gate.onAssigned(EVENTS_GROUP, () => {
      this.features.invalidate();
      this.rescoring.request();
      this.predictions.onAssigned();
    });
    await this.rules.start();
    await this.predictions.start();
    this.profiles.start();
    this.identities.start();
    this.followed = await followModel({
      platform,
      model: MODELS.customerClusters,
      slot: this.slot,
      check: (model) => void asClusterModel(model, CUSTOMER.columns),
      onSwapped: () => this.rescoring.request(),
    });
    await this.followed.ready;
    this.drift.start();
  }

  async stop(): Promise<void> {
    this.stopListening();
    await this.identities.stop();
    await this.rules.stop();
    await this.predictions.stop();
    await this.profiles.stop();
    await this.drift.stop();
    await this.followed?.stop();
    await this.rescoring.stop();
    await this.slot.close();
  }

  /** Resolves when every customer held here has been given the live model's segment. */
  settled(): Promise<void> {
    return this.rescoring.idle();
  }

  /** How many a draft of a segment would have, among the newest events. @throws RULE_INVALID, LOG_UNAVAILABLE, DATABASE_UNAVAILABLE */
  async preview(rule: unknown, events: number): Promise<SegmentPreview> {
    const { platform, clock: mode = 'wall' } = this.options;
    return previewSegment({ platform, mode, rows: await platform.database.segments.list(), rule, events });
  }

  private async rescoreAll(signal: AbortSignal): Promise<void> {
    if (this.slot.version === null) return;
    const { platform } = this.options;
    const startedAtMs = platform.now();
    const customers = await visitUsers({
      features: this.features,
      gate: platform.gate,
      signal,
      group: EVENTS_GROUP,
      isStale: (state) => isCustomer(state) && state.of(SEGMENT).modelVersion !== this.slot.version,
      visit: createRescore({ slot: this.slot, log: platform.log, now: platform.now }),
    });
    if (customers > 0)
      platform.logger.info('customers rescored', { customers, model: this.slot.version ?? '', durationMs: platform.now() - startedAtMs });
  }
}
