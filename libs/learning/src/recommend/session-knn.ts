import { sequenceCount, type Sequences, type SequenceScorer } from './sequences';

/**
 * Session-based nearest neighbours. One scorer for the family: VSKNN (Ludewig and Jannach 2018, UMUAI 28, §3.3), STAN (Garg et al. 2019,
 * SIGIR '19, eqs. 1–5) and V-STAN (Ludewig et al. 2021, UMUAI 31, §2.2) are settings of it, see `SESSION_KNN_PRESETS`.
 */
export interface SessionKnnOptions {
  /** Most similar past sessions that vote. @default 500 */
  readonly neighbours?: number;
  /** Newest past sessions looked at for each item of the present one. @default 2500 */
  readonly sampleSize?: number;
  /** Newest events of the present session that are read. @default 20 */
  readonly historyLimit?: number;
  /** λ_spw: events after which an item of the present session has lost all but 1/e of its weight; Infinity: none. @default 2 */
  readonly fadeSteps?: number;
  /** λ_snh: age, in shares of the training sessions (newest = 0, oldest = 1), after which a neighbour has; Infinity: none. @default Infinity */
  readonly fadeAge?: number;
  /** λ_inh: events from the newest shared item, in the neighbour, after which an item has; Infinity: none. @default 2 */
  readonly fadeDistance?: number;
  /** λ_ipw: events between the newest item and the newest shared one, in the present session, after which a neighbour's vote has. @default Infinity */
  readonly fadeAnchor?: number;
  /** What an item counts that stands before the shared one in the neighbour; 1 makes no difference, as in the papers. @default 1 */
  readonly before?: number;
  /** Exponent e of idf^e on each score, idf = ln(sessions / sessions with the item). @default 0 */
  readonly idf?: number;
  /** Exponent p of the neighbour's length in the similarity Σ w / |n|^p: 0 counts, 0.5 is the cosine's. @default 0.5 */
  readonly lengthPower?: number;
  /** Factor on items that the present session has already. @default 1 */
  readonly repeat?: number;
}

/** The published members of the family. */
export const SESSION_KNN_PRESETS = {
  vsknn: { neighbours: 100, sampleSize: 1000, fadeSteps: 3, fadeDistance: Infinity, fadeAnchor: 3, lengthPower: 0, idf: 1 },
  stan: { neighbours: 500, sampleSize: 2500, fadeSteps: 1, fadeAge: 0.5, fadeDistance: 2 },
  vstan: { neighbours: 500, sampleSize: 2500, fadeSteps: 1, fadeAge: 0.5, fadeDistance: 2, fadeAnchor: 3, idf: 1 },
} as const satisfies Record<string, SessionKnnOptions>;

type Settings = Required<SessionKnnOptions>;

/**
 * Indexes the sessions, which must be given oldest first: each item's sessions, newest last, with the place in them (8 bytes an event).
 * A prediction costs O(history · sampleSize + neighbours · length).
 */
export function fitSessionKnn(train: Sequences, options: SessionKnnOptions = {}): SequenceScorer {
  const settings: Settings = {
    neighbours: 500,
    sampleSize: 2500,
    historyLimit: 20,
    fadeSteps: 2,
    fadeAge: Infinity,
    fadeDistance: 2,
    fadeAnchor: Infinity,
    before: 1,
    idf: 0,
    lengthPower: 0.5,
    repeat: 1,
    ...options,
  };
  const model = new SessionKnn(train, settings);
  return {
    score(sequences, rows, scores) {
      rows.forEach((sequence, row) =>
        model.score(sequences, sequence, scores.subarray(row * train.itemCount, (row + 1) * train.itemCount)),
      );
    },
  };
}

/** e^(−x / scale), 1 for an infinite scale. */
function fade(x: number, scale: number): number {
  return scale === Infinity ? 1 : Math.exp(-x / scale);
}

class SessionKnn {
  private readonly postings: Postings;
  private readonly sessionWeight: Float64Array;
  private readonly itemWeight: Float64Array;
  private readonly similarity: Float64Array;
  private readonly anchor: Int32Array;
  private readonly anchorSteps: Int32Array;
  private readonly touched: Int32Array;

  constructor(
    private readonly train: Sequences,
    private readonly settings: Settings,
  ) {
    const sessions = sequenceCount(train);
    this.postings = indexSessions(train);
    this.sessionWeight = new Float64Array(sessions);
    const ages = agesOf(train);
    for (let s = 0; s < sessions; s++) {
      const length = Math.max(1, train.offsets[s + 1]! - train.offsets[s]!);
      this.sessionWeight[s] = fade(ages[s]!, settings.fadeAge) / length ** settings.lengthPower;
    }
    const { offsets } = this.postings;
    this.itemWeight = Float64Array.from({ length: train.itemCount }, (_, item) => {
      const count = Math.max(1, offsets[item + 1]! - offsets[item]!);
      return settings.idf === 0 ? 1 : Math.log(Math.max(Math.E, sessions / count)) ** settings.idf;
    });
    this.similarity = new Float64Array(sessions);
    this.anchor = new Int32Array(sessions);
    this.anchorSteps = new Int32Array(sessions);
    this.touched = new Int32Array(sessions);
  }

  score(sequences: Sequences, sequence: number, scores: Float32Array): void {
    const touched = this.findNeighbours(sequences, sequence);
    const least = thresholdOf(touched, this.similarity, this.settings.neighbours);
    for (const session of touched) {
      if (this.similarity[session]! >= least) this.vote(session, scores);
      this.similarity[session] = 0;
    }
    if (this.settings.repeat === 1) return;
    const own = new Set(sequences.items.subarray(sequences.offsets[sequence]!, sequences.offsets[sequence + 1]!));
    for (const item of own) scores[item]! *= this.settings.repeat;
  }

  /** Past sessions that share an item, with their similarity, the place of the newest shared item and how far back it is in this one. */
  private findNeighbours({ offsets, items }: Sequences, sequence: number): Int32Array {
    const { fadeSteps, historyLimit, sampleSize } = this.settings;
    const { postings, similarity, sessionWeight } = this;
    const end = offsets[sequence + 1]!;
    const first = Math.max(offsets[sequence]!, end - historyLimit);
    let count = 0;
    for (let at = end - 1; at >= first; at--) {
      const item = items[at]!;
      if (items.subarray(at + 1, end).includes(item)) continue;
      const weight = fade(end - 1 - at, fadeSteps);
      const last = postings.offsets[item + 1]! - 1;
      const oldest = Math.max(postings.offsets[item]!, last - sampleSize + 1);
      for (let post = last; post >= oldest; post--) {
        const session = postings.sessions[post]!;
        if (similarity[session] === 0) {
          this.touched[count++] = session;
          this.anchor[session] = postings.places[post]!;
          this.anchorSteps[session] = end - 1 - at;
        }
        similarity[session]! += weight * sessionWeight[session]!;
      }
    }
    return this.touched.subarray(0, count);
  }

  private vote(session: number, scores: Float32Array): void {
    const { fadeAnchor, fadeDistance, before } = this.settings;
    const { offsets, items } = this.train;
    const anchor = this.anchor[session]!;
    const vote = this.similarity[session]! * fade(this.anchorSteps[session]!, fadeAnchor);
    for (let at = offsets[session]!; at < offsets[session + 1]!; at++) {
      if (this.postings.isLast[at] === 0) continue;
      const item = items[at]!;
      const side = at < anchor ? before : 1;
      scores[item]! += vote * side * fade(Math.abs(at - anchor), fadeDistance) * this.itemWeight[item]!;
    }
  }
}

interface Postings {
  readonly offsets: Int32Array;
  /** Sessions of an item, oldest first. */
  readonly sessions: Int32Array;
  /** Where in `train.items` its last event in that session is. */
  readonly places: Int32Array;
  /** 1 for an event that is its item's last one in the session. */
  readonly isLast: Uint8Array;
}

function indexSessions({ itemCount, offsets, items }: Sequences): Postings {
  const isLast = new Uint8Array(items.length);
  const starts = new Int32Array(itemCount + 1);
  for (let s = 0; s + 1 < offsets.length; s++) {
    const seen = new Set<number>();
    for (let at = offsets[s + 1]! - 1; at >= offsets[s]!; at--) {
      const item = items[at]!;
      if (seen.has(item)) continue;
      seen.add(item);
      isLast[at] = 1;
      starts[item + 1]!++;
    }
  }
  for (let item = 0; item < itemCount; item++) starts[item + 1]! += starts[item]!;
  const next = starts.slice();
  const [sessions, places] = [new Int32Array(starts[itemCount]!), new Int32Array(starts[itemCount]!)];
  for (let s = 0; s + 1 < offsets.length; s++) {
    for (let at = offsets[s]!; at < offsets[s + 1]!; at++) {
      if (isLast[at] === 0) continue;
      const to = next[items[at]!]!++;
      sessions[to] = s;
      places[to] = at;
    }
  }
  return { offsets: starts, sessions, places, isLast };
}

/** 0 for the newest session, 1 for the oldest: by the time of the newest event where it is known, else by order. */
function agesOf({ offsets, timesMs }: Sequences): Float64Array {
  const sessions = offsets.length - 1;
  const moments = Float64Array.from({ length: sessions }, (_, s) => {
    if (timesMs === undefined) return s;
    return offsets[s + 1]! > offsets[s]! ? timesMs[offsets[s + 1]! - 1]! : NaN;
  });
  let [low, high] = [Infinity, -Infinity];
  for (const moment of moments) if (!Number.isNaN(moment)) [low, high] = [Math.min(low, moment), Math.max(high, moment)];
  return moments.map((moment) => (high - moment) / Math.max(1, high - low));
}

/** The similarity that `count` sessions reach; 0 where there are fewer. Linear on average (Hoare's selection, 1961). */
function thresholdOf(sessions: Int32Array, similarity: Float64Array, count: number): number {
  if (sessions.length <= count) return 0;
  const values = new Float64Array(sessions.length);
  for (let at = 0; at < values.length; at++) values[at] = similarity[sessions[at]!]!;
  const place = values.length - count;
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >>> 1]!;
    let [left, right] = [low, high];
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const kept = values[left]!;
      values[left++] = values[right]!;
      values[right--] = kept;
    }
    if (place <= right) high = right;
    else if (place >= left) low = left;
    else break;
  }
  return values[place]!;
}
