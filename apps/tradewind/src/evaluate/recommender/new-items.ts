import {
  bootstrapMeans,
  fitPopularity,
  itemTextScorer,
  measureLists,
  METRIC_NAMES,
  rankCases,
  sequencesFrom,
  sequenceCount,
  type Interval,
  type ItemTexts,
  type RankingCases,
  type SequenceScorer,
} from '@tradewind/learning';
import type { Protocol } from './protocols';

/** Items of which the training data have no event, ranked among themselves for the users who took one. */
export interface NewItemsReport {
  readonly items: number;
  readonly users: number;
  /** NDCG@20 with its interval. Popularity knows nothing of them: it lists them in the order of their first appearance. */
  readonly ndcg20: Readonly<Record<'content' | 'popularity', { readonly value: number } & Interval>>;
}

/** Null where the test asks for no new item. */
export async function measureNewItems({ test: { train, cases } }: Protocol, texts: ItemTexts): Promise<NewItemsReport | null> {
  const isNew = new Uint8Array(train.itemCount).fill(1);
  for (const item of train.items) isNew[item] = 0;
  const asked = onlyNew(cases, isNew);
  const users = sequenceCount(asked.histories);
  if (users === 0) return null;
  const measure = async (scorer: SequenceScorer): Promise<{ value: number } & Interval> => {
    const [lists] = await rankCases(asked, [scorer]);
    const { metrics, byCase } = measureLists(asked, lists!);
    return { value: metrics.ndcg20, ...bootstrapMeans([byCase[METRIC_NAMES.indexOf('ndcg20')]!], { seed: 1 })[0]! };
  };
  return {
    items: isNew.reduce((sum, one) => sum + one, 0),
    users,
    ndcg20: { content: await measure(itemTextScorer(texts)), popularity: await measure(fitPopularity(train)) },
  };
}

function onlyNew(cases: RankingCases, isNew: Uint8Array): RankingCases {
  const { histories, truth } = cases;
  const [given, wanted]: [Int32Array[], Int32Array[]] = [[], []];
  for (let c = 0; c < sequenceCount(histories); c++) {
    const found = truth.items.subarray(truth.offsets[c]!, truth.offsets[c + 1]!).filter((item) => isNew[item] === 1);
    if (found.length === 0) continue;
    given.push(histories.items.subarray(histories.offsets[c]!, histories.offsets[c + 1]!));
    wanted.push(found);
  }
  return { histories: sequencesFrom(given, histories.itemCount), truth: sequencesFrom(wanted, histories.itemCount), excludeHistory: true, candidates: isNew }; // prettier-ignore
}
