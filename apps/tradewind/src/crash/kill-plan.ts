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
  const random = mulberry32(seed);
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

/** Numbers in [0, 1). @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
