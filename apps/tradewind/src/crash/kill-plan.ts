import { seededRandom } from '../seeded-random';

export const TARGETS = ['ingest', 'segmentation', 'recommender', 'kafka'] as const;
export type Target = (typeof TARGETS)[number];

export interface PlannedKill {
  readonly target: Target;
  /** When this many events are acknowledged. */
  readonly atEvents: number;
  /** And this long after that, so that kills fall anywhere in a batch; milliseconds. */
  readonly afterMs: number;
}

const MAX_DELAY_MS = 400;

/** Random moments spread over the replay, every target about equally often. The same seed gives the same plan. */
export function planKills(kills: number, events: number, seed: number): PlannedKill[] {
  const random = seededRandom(seed);
  const targets = shuffled(
    Array.from({ length: kills }, (_, i) => TARGETS[i % TARGETS.length]!),
    random,
  );
  const moments = targets.map(() => Math.floor((0.03 + 0.92 * random()) * events)).sort((a, b) => a - b);
  return targets.map((target, i) => ({ target, atEvents: moments[i]!, afterMs: Math.floor(random() * MAX_DELAY_MS) }));
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const left = [...values];
  return values.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}
