import { EVENT, PURPOSES, mayUseFor, type RankedList } from '@tradewind/contracts';
import { decodeBatch, type BatchHandler } from '@tradewind/eventing';
import { changesHistory, type FeatureStore, type UserState } from '@tradewind/feature-store';
import type { ModelSlot } from '@tradewind/inference';
import { LISTED, boughtBy } from './features';
import { asItemRanker } from './model';
import { toRankedList, toRecord } from './outputs';

/** The one placement of the first version. */
export const PLACEMENT = 'home';

export interface ListDeps {
  readonly slot: ModelSlot;
  readonly listSize: number;
  readonly title: (itemId: string) => string;
  /** Epoch milliseconds UTC. */
  readonly now: () => number;
}

export interface PipelineDeps extends ListDeps {
  readonly features: FeatureStore;
}

/**
 * Folds purchases and refunds into histories and publishes a fresh list for every customer whose history changed. Events whose person refused
 * personalization are left out.
 */
export function createPipeline(deps: PipelineDeps): BatchHandler {
  return async function recommend(batch) {
    const { messages, deadLetters } = decodeBatch(batch, EVENT);
    const purchases = messages
      .filter(({ message }) => changesHistory(message) && mayUseFor(PURPOSES.personalization, message))
      .map(({ record, message }) => ({ position: record, event: message }));
    const { touched, persist } = await deps.features.apply(purchases, { vectors: false });
    const lists = deps.slot.version === null ? [] : await listFor(touched, deps);
    return { outputs: lists.map(toRecord), deadLetters, persist };
  };
}

/** Ranks for each customer and notes the model in their record. */
export async function listFor(states: readonly UserState[], { slot, listSize, title, now }: ListDeps): Promise<RankedList[]> {
  if (states.length === 0) return [];
  return slot.use(async (model) => {
    const ranker = asItemRanker(model);
    const ranked = await ranker.rank(states.map(boughtBy), listSize);
    const generatedAtMs = now();
    return states.map((state, i) => {
      state.of(LISTED).modelVersion = ranker.version;
      const { userKey, revision } = state;
      return toRankedList({
        userKey,
        revision,
        placement: PLACEMENT,
        modelVersion: ranker.version,
        generatedAtMs,
        ranked: ranked[i]!,
        title,
      });
    });
  });
}
