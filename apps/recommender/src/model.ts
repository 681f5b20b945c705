import { AppError } from '@tradewind/contracts';
import { decodeRankings, encodeRankRequests, type Model, type RankRequest } from '@tradewind/inference';
import { historyWeight } from '@tradewind/learning';
import { z } from 'zod';
import type { Bought } from './features';

/** Rows of one run; more rows save nothing and hold up the event loop. */
const RUN_ROWS = 64;

/** What the trainer promises about an item ranker beside its graph. */
const parametersSchema = z.object({
  /** Item ids in index order. */
  items: z.array(z.string()).min(1),
  /** Half-life of history items; null when they do not fade. Milliseconds. */
  halfLifeMs: z.number().positive().nullable(),
});

/** An item of a list and the history items that speak for it, strongest first; their contributions and `prior` sum to `score`. */
export interface Ranked {
  readonly itemId: string;
  readonly score: number;
  /** What popularity adds. */
  readonly prior: number;
  readonly because: readonly { readonly itemId: string; readonly contribution: number }[];
}

export interface ItemRanker {
  readonly version: string;
  /** One list per history, at most `limit` long, without what was bought. Lists of a batch of one and of n are the same. */
  rank(histories: readonly (readonly Bought[])[], limit: number): Promise<Ranked[][]>;
}

const indexes = new WeakMap<Model, Ids>();

interface Ids {
  readonly items: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly halfLifeMs: number;
}

/** @throws MODEL_MANIFEST_MISMATCH when the manifest names no items. */
export function asItemRanker(model: Model): ItemRanker {
  const ids = idsOf(model);
  return {
    version: model.manifest.version,
    async rank(histories, limit) {
      const lists: Ranked[][] = [];
      for (let from = 0; from < histories.length; from += RUN_ROWS) {
        lists.push(...(await rankSlice(model, ids, histories.slice(from, from + RUN_ROWS), limit)));
      }
      return lists;
    },
  };
}

async function rankSlice(
  model: Model,
  { items, indexOf, halfLifeMs }: Ids,
  histories: readonly (readonly Bought[])[],
  limit: number,
): Promise<Ranked[][]> {
  const known = histories.map((history) => history.filter(({ itemId }) => indexOf.has(itemId)));
  const requests = known.map((history): RankRequest => {
    const latest = history.reduce((most, { lastAtMs }) => Math.max(most, lastAtMs), -Infinity);
    return {
      history: history.map(({ itemId }) => indexOf.get(itemId)!),
      weights: history.map(({ lastAtMs }) => historyWeight(lastAtMs, latest, halfLifeMs)),
    };
  });
  const outputs = await model.run(encodeRankRequests(requests, { k: limit, itemCount: items.length }));
  return decodeRankings(requests, outputs).map((list, row) =>
    list.map(({ item, score, prior, contributions }) => ({
      itemId: items[item]!,
      score,
      prior,
      because: known[row]!.map(({ itemId }, at) => ({ itemId, contribution: contributions[at]! })).sort(
        (a, b) => b.contribution - a.contribution,
      ),
    })),
  );
}

function idsOf(model: Model): Ids {
  const cached = indexes.get(model);
  if (cached) return cached;
  const parameters = parametersSchema.safeParse(model.manifest.parameters);
  if (!parameters.success)
    throw new AppError('MODEL_MANIFEST_MISMATCH', `${model.manifest.model} ${model.manifest.version} names no items`);
  const { items, halfLifeMs } = parameters.data;
  const ids = { items, indexOf: new Map(items.map((itemId, index) => [itemId, index])), halfLifeMs: halfLifeMs ?? Infinity };
  indexes.set(model, ids);
  return ids;
}
