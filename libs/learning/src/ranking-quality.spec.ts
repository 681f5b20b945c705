import { findOnlineRetail, readOnlineRetail } from '../test/online-retail';
import { fitEase } from './ease';
import { fitHybrid, DEFAULT_HYBRID_SETTINGS } from './hybrid-ranker';
import { countItemUsers, filterLog, newPairs, splitByTime, toHistories, toSparse, type InteractionLog } from './interactions';
import { popularity } from './popularity';
import { evaluateRanking, type BatchScorer } from './ranking-metrics';
import { constantScorer, linearScorer } from './scorers';
import { fadeHistories } from './trend';

const path = findOnlineRetail(process.env['TRADEWIND_DATA']);
if (path === undefined) {
  const message = 'Online Retail is neither in data/online-retail nor under TRADEWIND_DATA: the quality of the rankers is not checked';
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`${message}\n`);
}

(path === undefined ? describe.skip : describe)('rankers on Online Retail, last fifth of the time held out', () => {
  it('EASE beats popularity, and the hybrid beats EASE', () => {
    const { train, heldOut } = splitByTime(readOnlineRetail(path!));
    const buyers = countItemUsers(train);
    const log = renumberItems(train, (item) => buyers[item]! >= 80);
    const histories = toHistories(log);
    const owned = toSparse(histories);
    const truth = newPairs(toHistories(renumberItems(heldOut, (item) => buyers[item]! >= 80)), histories);
    const measure = (score: BatchScorer) => evaluateRanking({ train: owned, heldOut: truth, score, cutoffs: [20] }).at[0]!;
    const popular = measure(constantScorer(popularity(log)));
    const ease = measure(linearScorer({ matrix: fitEase(owned, { lambda: 300 }), histories: owned }));
    const ranker = fitHybrid(log, DEFAULT_HYBRID_SETTINGS);
    const hybrid = measure(
      linearScorer({ matrix: ranker.matrix, histories: fadeHistories(histories, ranker.halfLifeMs), bias: ranker.bias }),
    );
    expect(ease.recall).toBeGreaterThan(1.5 * popular.recall);
    expect(ease.ndcg).toBeGreaterThan(1.5 * popular.ndcg);
    expect(hybrid.recall).toBeGreaterThan(ease.recall);
    expect(hybrid.ndcg).toBeGreaterThan(ease.ndcg);
  });
});

/** Keeps the items that `isKept` accepts, numbered without gaps in the old order. */
function renumberItems(log: InteractionLog, isKept: (item: number) => boolean): InteractionLog {
  const numbers = new Int32Array(log.itemCount);
  let count = 0;
  for (let item = 0; item < log.itemCount; item++) numbers[item] = isKept(item) ? count++ : -1;
  const kept = filterLog(log, (at) => numbers[log.items[at]!]! >= 0);
  return { ...kept, items: kept.items.map((item) => numbers[item]!), itemCount: count };
}
