import { createHash } from 'node:crypto';
import { MODELS } from '@tradewind/contracts';
import { buildItemRankerGraph, packModel, parseManifest, type ModelManifest } from '@tradewind/inference';
import { DEFAULT_HYBRID_SETTINGS, type HybridSettings, type InteractionLog } from '@tradewind/learning';
import type { Platform } from '@tradewind/runtime';
import { evaluateLive } from './evaluate-live';
import type { LearnedRanker } from './learn-ranker';
import { publishRelease, releaseVersion } from './publish';
import type { TrainingReport } from './report';
import type { Purchase, Snapshot } from './snapshot';
import { round, untrained, type TrainInput } from './train-clusters';

/** An item fewer customers bought says little about others, and the model grows with the square of the items. */
const MIN_ITEM_CUSTOMERS = 5;
/** B of this many items takes 5 GB while it is inverted; of more, the most bought ones are ranked. */
const MAX_ITEMS = 12_000;
const MIN_MEASURED_USERS = 20;

/** What a ranker release says beside its graph. */
export interface RankerParameters {
  /** Item ids in index order. */
  readonly items: readonly string[];
  /** Half-life of history items in the score; null when they do not fade. Milliseconds. */
  readonly halfLifeMs: number | null;
  readonly settings: HybridSettings;
}

export interface TrainRankerInput extends TrainInput {
  /** Search the hyperparameters anew; else those of the live release, or the defaults, are used. */
  readonly search: boolean;
}

export async function trainRanker({ snapshot, platform, learner, onProgress, search }: TrainRankerInput): Promise<TrainingReport> {
  const model = MODELS.itemRanker;
  const { log, items } = toInteractions(snapshot.purchases);
  if (items.length < 2) return untrained(model, `${items.length} items were bought by ${MIN_ITEM_CUSTOMERS} customers or more`);
  const live = await liveManifest(platform);
  const cutMs = cutFor(snapshot, live);
  const settings = search ? null : ((live?.parameters as RankerParameters | undefined)?.settings ?? DEFAULT_HYBRID_SETTINGS);
  const learned = await learner({ kind: 'ranker', log, cutMs, settings }, onProgress);
  const before = live && (await evaluateLive({ live, database: platform.database, log, items, cutMs: learned.cutMs }));
  const { promoted, reason } = decide(learned, before);
  const candidate = pack(learned, items, snapshot);
  await publishRelease(candidate, promoted ? 'live' : 'shadow', platform);
  const { hybrid: metrics, ...baselines } = learned.models;
  return {
    model,
    version: candidate.manifest.version,
    promoted,
    reason,
    metrics: { ...metrics!, users: learned.users },
    comparison: before ? { ...baselines, live: before } : baselines,
  };
}

function decide({ models, users }: LearnedRanker, before: Readonly<Record<string, number>> | null): { promoted: boolean; reason: string } {
  if (before === null) return { promoted: true, reason: 'the first release' };
  const [now, then] = [models['hybrid']!.ndcg20, before['ndcg20']!];
  const compared = `held-out NDCG@20 ${round(now)} against ${round(then)} of the live model over ${users} users`;
  if (users < MIN_MEASURED_USERS) return { promoted: false, reason: `too little new since the live model: ${compared}` };
  return { promoted: now >= then, reason: compared };
}

function pack({ ranker, models }: LearnedRanker, items: readonly string[], { fromMs, untilMs, events }: Snapshot) {
  const { matrix, bias, halfLifeMs, settings } = ranker;
  const graph = buildItemRankerGraph({ itemCount: items.length, weights: matrix.data, popularity: bias, popularityWeight: 1 });
  const version = releaseVersion(untilMs, createHash('sha256').update(graph.bytes).digest('hex'));
  const parameters: RankerParameters & { events: number } = {
    items,
    settings,
    events,
    halfLifeMs: Number.isFinite(halfLifeMs) ? halfLifeMs : null,
  };
  const metrics = { ...models['hybrid']! };
  return packModel({
    graph,
    fields: {
      model: MODELS.itemRanker,
      version,
      trainedFromMs: fromMs,
      trainedUntilMs: untilMs,
      metrics,
      licence: 'Apache-2.0',
      parameters: { ...parameters },
    },
  });
}

/** The live model has seen what came before its end, so only later purchases can be held out from both. */
function cutFor({ fromMs, untilMs }: Snapshot, live: ModelManifest | null): number | null {
  if (live === null) return null;
  return Math.max(untilMs - 0.2 * (untilMs - fromMs), live.trainedUntilMs + 1);
}

async function liveManifest({ database }: Platform): Promise<ModelManifest | null> {
  const live = await database.releases.live(MODELS.itemRanker);
  return live && parseManifest(live.manifest);
}

/** Numbers users and items in the order of their ids; keeps items with enough customers. */
export function toInteractions(purchases: readonly Purchase[]): { log: InteractionLog; items: string[]; users: string[] } {
  const customers = new Map<string, Set<string>>();
  for (const { itemId, userKey } of purchases) {
    const known = customers.get(itemId);
    if (known) known.add(userKey);
    else customers.set(itemId, new Set([userKey]));
  }
  const items = [...customers]
    .filter(([, users]) => users.size >= MIN_ITEM_CUSTOMERS)
    .sort(([, a], [, b]) => b.size - a.size)
    .slice(0, MAX_ITEMS)
    .map(([itemId]) => itemId)
    .sort();
  const itemIndex = new Map(items.map((itemId, index) => [itemId, index]));
  const kept = purchases.filter(({ itemId }) => itemIndex.has(itemId));
  const users = [...new Set(kept.map(({ userKey }) => userKey))].sort();
  const userIndex = new Map(users.map((userKey, index) => [userKey, index]));
  const log = {
    users: Int32Array.from(kept, ({ userKey }) => userIndex.get(userKey)!),
    items: Int32Array.from(kept, ({ itemId }) => itemIndex.get(itemId)!),
    timesMs: Float64Array.from(kept, ({ occurredAtMs }) => occurredAtMs),
    weights: Float64Array.from(kept, ({ quantity }) => quantity),
    userCount: users.length,
    itemCount: items.length,
  };
  return { log, items, users };
}
