import {
  EVENT_TYPES,
  MODELS,
  RANKED_LIST,
  TOPICS,
  deterministicId,
  toCloudEventHeaders,
  type RankedItem,
  type RankedList,
} from '@tradewind/contracts';
import type { OutboundRecord } from '@tradewind/eventing';
import type { Ranked } from './model';

const SOURCE = '/tradewind/recommender';
const REASONS_SHOWN = 3;

export interface ListFacts {
  readonly userKey: string;
  readonly placement: string;
  readonly modelVersion: string;
  /** How far the customer's log was read; with the rest it makes the id deterministic. */
  readonly revision: number;
  readonly generatedAtMs: number;
  readonly ranked: readonly Ranked[];
  /** Title of an item. */
  readonly title: (itemId: string) => string;
}

/** The list as an event and as the HTTP answer. */
export function toRankedList({ userKey, placement, modelVersion, revision, generatedAtMs, ranked, title }: ListFacts): RankedList {
  const items = ranked.map(({ itemId, score, because }): RankedItem => {
    const reasons = because.filter(({ contribution }) => contribution > 0).slice(0, REASONS_SHOWN);
    return {
      itemId,
      score,
      reasons: reasons.map((reason) => ({ ...reason, text: `goes with ${title(reason.itemId)}, which you bought` })),
    };
  });
  const personal = ranked.some(({ because }) => because.length > 0);
  return {
    recommendationId: deterministicId(userKey, placement, modelVersion, revision),
    userKey,
    placement,
    items,
    model: MODELS.itemRanker,
    modelVersion,
    generatedAtMs,
    strategy: personal ? 'personal' : 'popular',
  };
}

export function toRecord(list: RankedList): OutboundRecord {
  const { recommendationId: id, userKey, generatedAtMs: timeMs } = list;
  return {
    topic: TOPICS.recommendations.name,
    key: userKey,
    value: RANKED_LIST.encode(list),
    headers: toCloudEventHeaders({ id, source: SOURCE, type: EVENT_TYPES.rankedList, timeMs }),
  };
}
