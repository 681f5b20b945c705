import { decodeRankings, encodeRankRequests, loadOnnxModel, type Model, type ModelManifest } from '@tradewind/inference';
import { historyWeight, rankingMetrics, type InteractionLog } from '@tradewind/learning';
import type { Database } from '@tradewind/persistence';
import { prepare, split, type HeldOutTest, type RankerMetrics } from './learn-ranker';
import type { RankerParameters } from './train-ranker';

const RUN_ROWS = 64;

export interface EvaluateLiveOptions {
  readonly live: ModelManifest;
  readonly database: Pick<Database, 'releases'>;
  readonly log: InteractionLog;
  /** Ids of the log's items. */
  readonly items: readonly string[];
  readonly cutMs: number;
}

/** The live model's lists, through its own file, on the test that a candidate was measured on. An item it does not know it cannot find. */
export async function evaluateLive({ live, database, log, items, cutMs }: EvaluateLiveOptions): Promise<RankerMetrics> {
  const { train, heldOut } = split({ log, cutMs });
  const test = prepare(train, heldOut);
  const model = await loadOnnxModel({ bytes: await database.releases.artefact(live.sha256), manifest: live });
  try {
    return await measure(model, test, items);
  } finally {
    await model.close();
  }
}

async function measure(model: Model, test: HeldOutTest, items: readonly string[]): Promise<RankerMetrics> {
  const { truth } = test;
  const users = Array.from({ length: truth.rows }, (_, user) => user).filter((user) => truth.offsets[user + 1]! > truth.offsets[user]!);
  const sums = { hr10: 0, ndcg10: 0, hr20: 0, recall20: 0, ndcg20: 0, mrr20: 0 };
  const shown = new Set<number>();
  for (let from = 0; from < users.length; from += RUN_ROWS) {
    const slice = users.slice(from, from + RUN_ROWS);
    const lists = await rankSlice(model, test, items, slice);
    slice.forEach((user, row) => {
      const wanted = new Set(truth.indices.subarray(truth.offsets[user]!, truth.offsets[user + 1]!));
      const [at10, at20] = [10, 20].map((k) => rankingMetrics(lists[row]!, wanted, k, items.length));
      for (const item of lists[row]!) if (item >= 0) shown.add(item);
      sums.hr10 += at10!.hitRate;
      sums.ndcg10 += at10!.ndcg;
      sums.hr20 += at20!.hitRate;
      sums.recall20 += at20!.recall;
      sums.ndcg20 += at20!.ndcg;
      sums.mrr20 += at20!.mrr;
    });
  }
  const mean = (sum: number) => (users.length === 0 ? 0 : sum / users.length);
  const { hr10, ndcg10, hr20, recall20, ndcg20, mrr20 } = sums;
  return {
    hr10: mean(hr10),
    ndcg10: mean(ndcg10),
    hr20: mean(hr20),
    recall20: mean(recall20),
    ndcg20: mean(ndcg20),
    mrr20: mean(mrr20),
    coverage: shown.size / items.length,
  };
}

/** Top 20 of each user as indices into `items`. */
async function rankSlice(
  model: Model,
  { histories }: HeldOutTest,
  items: readonly string[],
  users: readonly number[],
): Promise<number[][]> {
  const parameters = model.manifest.parameters as unknown as RankerParameters;
  const liveIndex = new Map(parameters.items.map((itemId, index) => [itemId, index]));
  const ownIndex = new Map(items.map((itemId, index) => [itemId, index]));
  const requests = users.map((user) => {
    const entries = [];
    for (let at = histories.offsets[user]!; at < histories.offsets[user + 1]!; at++) {
      const item = liveIndex.get(items[histories.indices[at]!]!);
      if (item !== undefined) entries.push({ item, lastMs: histories.lastMs[at]! });
    }
    const latest = entries.reduce((most, { lastMs }) => Math.max(most, lastMs), -Infinity);
    return {
      history: entries.map(({ item }) => item),
      weights: entries.map(({ lastMs }) => historyWeight(lastMs, latest, parameters.halfLifeMs ?? Infinity)),
    };
  });
  const outputs = await model.run(encodeRankRequests(requests, { k: 20, itemCount: parameters.items.length }));
  return decodeRankings(requests, outputs).map((list) => list.map(({ item }) => ownIndex.get(parameters.items[item]!) ?? -1));
}
