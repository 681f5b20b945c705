import { MODELS } from '@tradewind/contracts';
import { buildItemRankerGraph, packModel, type ModelManifest } from '@tradewind/inference';

export interface ItemRankerOptions {
  readonly version: string;
  /** What each item adds to others; every other pair adds 0. @default cup → pot 2, cup → jug 1, tea → pot 0.5 */
  readonly weights?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** @default 0.5 down to 0.1 in the order of ITEMS */
  readonly popularity?: readonly number[];
  /** @default they do not fade */
  readonly halfLifeMs?: number | null;
  /** @default ITEMS and the half-life */
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What the model knows, most popular first. */
export const ITEMS = ['tea', 'cup', 'pot', 'jug', 'tray'];

/** A real item ranker over ITEMS. */
export function packRanker(options: ItemRankerOptions): { bytes: Uint8Array; manifest: ModelManifest } {
  const { weights: pairs = { cup: { pot: 2, jug: 1 }, tea: { pot: 0.5 } }, popularity = [0.5, 0.4, 0.3, 0.2, 0.1] } = options;
  const weights = new Float32Array(ITEMS.length ** 2);
  for (const [from, effects] of Object.entries(pairs))
    for (const [to, effect] of Object.entries(effects)) weights[ITEMS.indexOf(from) * ITEMS.length + ITEMS.indexOf(to)] = effect;
  const graph = buildItemRankerGraph({
    itemCount: ITEMS.length,
    weights,
    popularity: Float32Array.from(popularity),
    popularityWeight: 1,
    precision: 'float32',
  });
  const { version, halfLifeMs = null, parameters = { items: ITEMS, halfLifeMs } } = options;
  const licence = 'Apache-2.0';
  return packModel({
    graph,
    fields: { model: MODELS.itemRanker, version, trainedFromMs: 0, trainedUntilMs: 0, metrics: {}, licence, parameters },
  });
}
