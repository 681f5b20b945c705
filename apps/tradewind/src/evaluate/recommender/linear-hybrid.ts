import {
  DEFAULT_HYBRID_SETTINGS,
  fitLinear,
  itemItemScorer,
  popularity,
  scaleTargets,
  timeRange,
  trendFactors,
  type HybridSettings,
  type InteractionLog,
  type Sequences,
  type SequenceScorer,
} from '@tradewind/learning';
import type { FitTools, ModelFactory } from './models';
import { remember } from './remembered-fits';

/** `fitHybrid` of the learning library, as the ranker's releases are scored: EASE that follows trends, a history that fades, a floor of popularity. */
export const LINEAR_HYBRID: ModelFactory<HybridSettings> = {
  name: 'linearHybrid',
  isHybrid: true,
  defaults: DEFAULT_HYBRID_SETTINGS,
  stages: [
    [{ lambda: 1000 }],
    [{ trendExponent: 0.5 }, { trendExponent: 1 }],
    [{ windowShare: 0.0625 }],
    [{ halfLifeShare: 0.25 }, { halfLifeShare: 1 }],
    [{ popularityWeight: 0.02 }],
  ],
  fit,
};

async function fit(train: Sequences, settings: HybridSettings, { products, onProgress }: FitTools): Promise<SequenceScorer> {
  const log = toLog(train);
  const { firstMs, lastMs } = timeRange(log);
  const spanMs = Math.max(1, lastMs - firstMs);
  const windowMs = settings.windowShare * spanMs;
  const { lambda } = settings;
  const ease = await remember(train, `linear ${JSON.stringify({ lambda })}`, () => fitLinear(train, { lambda, products, onProgress }));
  const matrix = scaleTargets(ease, trendFactors(log, { windowMs, exponent: settings.trendExponent }));
  const scorer = itemItemScorer(matrix, { halfLifeMs: settings.halfLifeShare * spanMs });
  const floor = popularity(log, { windowMs }).map((share) => settings.popularityWeight * share);
  return {
    async score(sequences, rows, scores) {
      await scorer.score(sequences, rows, scores);
      for (let at = 0; at < scores.length; at++) scores[at]! += floor[at % floor.length]!;
    },
  };
}

function toLog({ itemCount, offsets, items, timesMs = new Float64Array(items.length) }: Sequences): InteractionLog {
  const users = new Int32Array(items.length);
  for (let user = 0; user + 1 < offsets.length; user++) users.fill(user, offsets[user]!, offsets[user + 1]!);
  return { users, items, timesMs, weights: new Float64Array(items.length).fill(1), userCount: offsets.length - 1, itemCount };
}
