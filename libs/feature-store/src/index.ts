export type { DueTime, DueTimes, SettledTime } from './due-times/due-times';
export type { StateStore, StateWrite } from './state-store';
export type { Feature, FeatureColumn, StateReader, StateWriter } from './feature';
export { openRedisStateStore, type RedisStateStoreOptions } from './redis/redis-state-store';
export { MemoryStateStore } from './memory/memory-state-store';
export { openMemoryStateStore, type MemoryStateStoreOptions } from './memory/journaled-state-store';
export type { MessageIdStore } from './message-ids/message-id-store';
export { Fingerprints } from './message-ids/fingerprints';
export { openRedisMessageIdStore, type RedisMessageIdStoreOptions } from './message-ids/redis-message-id-store';
export { openMemoryMessageIdStore, type MemoryMessageIdStoreOptions } from './message-ids/memory-message-id-store';
export { createFeatureSet, withoutPositions, type ApplyOutcome, type FeatureSet } from './feature-set';
export {
  createFeatureStore,
  type AppliedBatch,
  type AppliedEvent,
  type ApplyOptions,
  type FeatureStore,
  type FeatureStoreOptions,
  type PositionedEvent,
} from './feature-store';
export type { AppliedPosition, UserState } from './user-state';
export { createAttribute, type AttributeOptions } from './attribute';
export { EventKind, kindOf } from './features/event-kind';
export { PROFILE_FEATURES } from './features/profile';
export { activity, type Activity } from './features/activity';
export { basket, type Basket } from './features/basket';
export { decayedActivity, type DecayedActivity } from './features/decayed-activity';
export { distinctProducts, type DistinctProducts } from './features/distinct-products';
export { monetary, type Monetary } from './features/monetary';
export { orders, type Orders } from './features/orders';
export { sessions, type Sessions } from './features/sessions';
export { traits, type Traits } from './features/traits';
export type { ProfileFeature, ProfileOptions, ProfileValue } from './features/declared/profile-feature';
export type { EventSelector, NumberField, TextField } from './features/declared/selector';
export type { Window } from './features/declared/time-buckets';
export { totals, type TotalsOptions } from './features/declared/totals';
export { distinctValues, type DistinctValuesOptions } from './features/declared/distinct-values';
export { firstAndLast, type FirstAndLastOptions } from './features/declared/first-and-last';
export { topValues, type TopValuesOptions } from './features/declared/top-values';
export { decayed, type DecayedOptions } from './features/declared/decayed';
export { visits, type VisitsOptions } from './features/declared/visits';
export { funnel, type FunnelOptions } from './features/declared/funnel';
export { rfm, type RfmOptions } from './features/declared/rfm';
export { createFeatureGroup, type FeatureGroup, type GroupState } from './features/declared/feature-group';
export { SHOP_PROFILE } from './features/declared/shop-profile';
export { HISTORY_ITEMS, changesHistory, itemHistory, type HistoryItem, type ItemHistory } from './features/item-history';
