import { AppError } from '@tradewind/contracts';
import {
  createRandom,
  newPairs,
  sequenceCount,
  sequencesFrom,
  sliceSequences,
  splitByTime,
  timeRange,
  toHistories,
  toSequences,
  type InteractionLog,
  type MetricName,
  type RankingCases,
  type Sequences,
  type Slice,
} from '@tradewind/learning';

/** What models are fitted on, and what they are asked. */
export interface Split {
  readonly train: Sequences;
  readonly cases: RankingCases;
}

/**
 * A test, and within its training data a smaller one of the same kind: settings and the hybrid are chosen on `validation`, nothing on `test`.
 * Where both have the same `train`, the models of the one serve for the other.
 */
export interface Protocol {
  readonly name: 'leave-one-out' | 'strong-generalization' | 'time' | 'session' | 'fixed';
  readonly validation: Split;
  readonly test: Split;
  /** What settings are chosen by. */
  readonly metric: MetricName;
}

/**
 * Each user's last event is the test, the one before validates, the rest is learned from; all items are ranked without those of the history
 * (Kang and McAuley 2018, §4; the full ranking of gSASRec, Petrov and Macdonald 2023). A later repeat of an item is left out.
 */
export function leaveOneOut(log: InteractionLog): Protocol {
  const all = withoutRepeats(toSequences(log));
  const users = Array.from({ length: sequenceCount(all) }, (_, sequence) => ({
    sequence,
    length: all.offsets[sequence + 1]! - all.offsets[sequence]!,
  }));
  const asked = users.filter(({ length }) => length >= 3);
  if (asked.length === 0) throw new AppError('FILE_INVALID', 'no user has three different items, which leave-one-out needs');
  const train = sliceSequences(all, asked.map(({ sequence, length }) => ({ sequence, from: 0, to: length - 2 }))); // prettier-ignore
  const cases = (back: number): RankingCases => ({
    histories: sliceSequences(all, asked.map(({ sequence, length }) => ({ sequence, from: 0, to: length - back }))), // prettier-ignore
    truth: sliceSequences(all, asked.map(({ sequence, length }) => ({ sequence, from: length - back, to: length - back + 1 }))), // prettier-ignore
    excludeHistory: true,
  });
  return { name: 'leave-one-out', validation: { train, cases: cases(2) }, test: { train, cases: cases(1) }, metric: 'ndcg10' };
}

export interface StrongOptions {
  readonly seed: number;
  /** Users that validate, and as many that test, 0–0.5. */
  readonly heldOutUsers: number;
  /** Users with fewer items are left out. @default 5 */
  readonly minItems?: number;
}

/**
 * Liang et al. 2018 ("Variational Autoencoders for Collaborative Filtering", §4.1): users are drawn for training, validation and test; items
 * are those of the training users; four fifths of a held-out user's items are given, a random fifth is to be found.
 */
export function strongGeneralization(log: InteractionLog, { seed, heldOutUsers, minItems = 5 }: StrongOptions): Protocol {
  const all = withoutRepeats(toSequences(log));
  const random = createRandom(seed);
  const users = Int32Array.from({ length: sequenceCount(all) }, (_, user) => user).filter((user) => all.offsets[user + 1]! - all.offsets[user]! >= minItems); // prettier-ignore
  const shuffled = random.shuffle(users);
  const held = Math.floor(heldOutUsers * shuffled.length);
  if (held === 0 || shuffled.length <= 2 * held) throw new AppError('FILE_INVALID', `${shuffled.length} users with ${minItems} items are too few to hold out ${heldOutUsers} of them twice`); // prettier-ignore
  const itemsOf = (user: number): Int32Array => all.items.slice(all.offsets[user]!, all.offsets[user + 1]!);
  const learned = Array.from(shuffled.subarray(2 * held), itemsOf);
  const numbers = new Map<number, number>();
  for (const list of learned) for (const item of list) if (!numbers.has(item)) numbers.set(item, numbers.size);
  const renumber = (list: Int32Array): number[] => Array.from(list, (item) => numbers.get(item) ?? -1).filter((item) => item >= 0);
  const train = sequencesFrom(learned.map(renumber), numbers.size);
  const cases = (from: number): RankingCases => {
    const lists = Array.from(shuffled.subarray(from, from + held), (user) => renumber(itemsOf(user))).filter((list) => list.length >= 2);
    const parted = lists.map((list) =>
      foldOut(list, random.shuffle(Int32Array.from(list.keys())), Math.max(1, Math.floor(list.length / 5))),
    );
    return {
      histories: sequencesFrom(parted.map(({ given }) => given), numbers.size), // prettier-ignore
      truth: sequencesFrom(parted.map(({ asked }) => asked), numbers.size), // prettier-ignore
      excludeHistory: true,
    };
  };
  return { name: 'strong-generalization', validation: { train, cases: cases(0) }, test: { train, cases: cases(held) }, metric: 'ndcg100' };
}

function foldOut(list: readonly number[], order: Int32Array, count: number): { given: number[]; asked: number[] } {
  const out = new Set(order.subarray(0, count));
  return { given: list.filter((_, at) => !out.has(at)), asked: list.filter((_, at) => out.has(at)) };
}

/**
 * The last part of the time is the test, the same part of what is before it validates. Asked is what a user with a history took for the
 * first time in the held-out part, also items that nobody took before.
 */
export function timeSplit(log: InteractionLog, heldOutRatio: number): Protocol {
  const { train, heldOut } = splitByTime(log, heldOutRatio);
  if (train.users.length === 0) throw new AppError('FILE_INVALID', 'no event lies before the held-out part of the time');
  const inner = splitByTime(train, heldOutRatio);
  return { name: 'time', validation: timeCases(inner.train, inner.heldOut), test: timeCases(train, heldOut), metric: 'ndcg20' };
}

function timeCases(before: InteractionLog, after: InteractionLog): Split {
  const truth = newPairs(toHistories(after), toHistories(before));
  const asked = Int32Array.from({ length: truth.rows }, (_, user) => user).filter(
    (user) => truth.offsets[user + 1]! > truth.offsets[user]!,
  );
  if (asked.length === 0) throw new AppError('FILE_INVALID', 'no user took something new in a held-out part of the time');
  const train = toSequences(before);
  const whole = (of: Pick<Sequences, 'offsets'>) => (user: number): Slice => ({ sequence: user, from: 0, to: of.offsets[user + 1]! - of.offsets[user]! }); // prettier-ignore
  return {
    train: sortByNewest(train),
    cases: {
      histories: sliceSequences(train, Array.from(asked, whole(train))),
      truth: sliceSequences({ itemCount: truth.columns, offsets: truth.offsets, items: truth.indices }, Array.from(asked, whole(truth))),
      excludeHistory: true,
    },
  };
}

export interface SessionOptions {
  readonly seed: number;
  readonly heldOutRatio: number;
  /** Sessions as the file names them; without, a pause of half an hour parts them. */
  readonly sessions: Int32Array | null;
  /** Cases that validate, at most. */
  readonly maxValidation: number;
}

const SESSION_GAP_MS = 30 * 60_000;

/** Sessions that begin in the last part of the time are the test: at each of their events the next one is asked, among the items of the training sessions. */
export function sessionSplit(log: InteractionLog, options: SessionOptions): Protocol {
  const sessions = sortByNewest(toSequences({ ...log, ...numberSessions(log, options.sessions) }));
  const { firstMs, lastMs } = timeRange(log);
  const cutMs = lastMs - options.heldOutRatio * (lastMs - firstMs);
  const whole = Array.from({ length: sequenceCount(sessions) }, (_, sequence): Slice => ({ sequence, from: 0, to: sessions.offsets[sequence + 1]! - sessions.offsets[sequence]! })).filter(({ to }) => to >= 2); // prettier-ignore
  const startsLater = ({ sequence }: Slice): boolean => sessions.timesMs![sessions.offsets[sequence]!]! >= cutMs;
  const [learned, held] = [whole.filter((slice) => !startsLater(slice)), whole.filter(startsLater)];
  const train = sliceSequences(sessions, learned);
  return sessionProtocol(train, nextItemCases(sliceSequences(sessions, held), new Set(train.items)), options, 'session');
}

/** Training sessions (oldest first) and cases that are given; the last tenth of the training sessions validates. */
export function sessionProtocol(
  train: Sequences,
  cases: RankingCases,
  { seed, maxValidation }: Pick<SessionOptions, 'seed' | 'maxValidation'>,
  name: Protocol['name'] = 'fixed',
): Protocol {
  const count = sequenceCount(train);
  const cut = Math.floor(0.9 * count);
  const slice = (from: number, to: number): Sequences =>
    sliceSequences(train, Array.from({ length: to - from }, (_, at) => ({ sequence: from + at, from: 0, to: train.offsets[from + at + 1]! - train.offsets[from + at]! }))); // prettier-ignore
  const inner = slice(0, cut);
  const validation = sampleCases(nextItemCases(slice(cut, count), new Set(inner.items)), maxValidation, seed);
  return { name, validation: { train: inner, cases: validation }, test: { train, cases }, metric: 'mrr20' };
}

/** One case an event but the first of each session; asked and given are known items only. */
function nextItemCases(sessions: Sequences, known: ReadonlySet<number>): RankingCases {
  const [prefixes, next]: [number[][], number[][]] = [[], []];
  for (let s = 0; s < sequenceCount(sessions); s++) {
    const items = Array.from(sessions.items.subarray(sessions.offsets[s]!, sessions.offsets[s + 1]!)).filter((item) => known.has(item));
    for (let length = 1; length < items.length; length++) {
      prefixes.push(items.slice(0, length));
      next.push([items[length]!]);
    }
  }
  if (next.length === 0) throw new AppError('FILE_INVALID', 'no held-out session has two known items');
  return { histories: sequencesFrom(prefixes, sessions.itemCount), truth: sequencesFrom(next, sessions.itemCount), excludeHistory: false };
}

/** At most so many cases, a seeded choice, in their order. */
export function sampleCases(cases: RankingCases, count: number, seed: number): RankingCases {
  const all = sequenceCount(cases.histories);
  if (all <= count) return cases;
  const chosen = createRandom(seed).choice(all, count).sort();
  const pick = (of: Sequences): Sequences => sliceSequences(of, Array.from(chosen, (sequence) => ({ sequence, from: 0, to: of.offsets[sequence + 1]! - of.offsets[sequence]! }))); // prettier-ignore
  return { ...cases, histories: pick(cases.histories), truth: pick({ itemCount: cases.histories.itemCount, ...cases.truth }) };
}

/** A given split of users × items without order; a seeded tenth of each user's train items validates. */
export function fixedLists(train: Sequences, test: Sequences, seed: number): Protocol {
  const random = createRandom(seed);
  const lists = Array.from({ length: sequenceCount(train) }, (_, user) =>
    Array.from(train.items.subarray(train.offsets[user]!, train.offsets[user + 1]!)),
  );
  const parted = lists.map((list) => foldOut(list, random.shuffle(Int32Array.from(list.keys())), Math.floor(list.length / 10)));
  const n = train.itemCount;
  const inner = sequencesFrom(parted.map(({ given }) => given), n); // prettier-ignore
  const cases = (histories: Sequences, truth: Sequences): RankingCases => {
    const keep = Array.from({ length: sequenceCount(truth) }, (_, user) => user).filter(
      (user) => truth.offsets[user + 1]! > truth.offsets[user]!,
    );
    const pick = (of: Sequences): Sequences => sliceSequences(of, keep.map((sequence) => ({ sequence, from: 0, to: of.offsets[sequence + 1]! - of.offsets[sequence]! }))); // prettier-ignore
    return { histories: pick(histories), truth: pick(truth), excludeHistory: true };
  };
  const asked = sequencesFrom(parted.map(({ asked: out }) => out), n); // prettier-ignore
  return {
    name: 'fixed',
    validation: { train: inner, cases: cases(inner, asked) },
    test: { train, cases: cases(train, test) },
    metric: 'ndcg20',
  };
}

/** The first event of each pair. */
function withoutRepeats(all: Sequences): Sequences {
  const keep: Slice[] = [];
  const lengths: number[] = [];
  for (let sequence = 0; sequence < sequenceCount(all); sequence++) {
    const seen = new Set<number>();
    const start = all.offsets[sequence]!;
    for (let at = start; at < all.offsets[sequence + 1]!; at++) {
      if (seen.has(all.items[at]!)) continue;
      seen.add(all.items[at]!);
      keep.push({ sequence, from: at - start, to: at - start + 1 });
    }
    lengths.push(seen.size);
  }
  const events = sliceSequences(all, keep);
  const offsets = new Int32Array(lengths.length + 1);
  lengths.forEach((length, at) => (offsets[at + 1] = offsets[at]! + length));
  return { ...events, offsets };
}

/** Sequences whose newest event is older come first: what session kNN and fading by age need. */
function sortByNewest(all: Sequences): Sequences {
  const newest = (s: number): number => all.timesMs![all.offsets[s + 1]! - 1] ?? -Infinity;
  const order = Array.from({ length: sequenceCount(all) }, (_, s) => s).filter((s) => all.offsets[s + 1]! > all.offsets[s]!);
  order.sort((a, b) => newest(a) - newest(b) || a - b);
  return sliceSequences(all, order.map((sequence) => ({ sequence, from: 0, to: all.offsets[sequence + 1]! - all.offsets[sequence]! }))); // prettier-ignore
}

function numberSessions(log: InteractionLog, given: Int32Array | null): Pick<InteractionLog, 'users' | 'userCount'> {
  if (given !== null) return { users: given, userCount: given.reduce((a, b) => Math.max(a, b), -1) + 1 };
  const order = Int32Array.from(log.users.keys()).sort(
    (a, b) => log.users[a]! - log.users[b]! || log.timesMs[a]! - log.timesMs[b]! || a - b,
  );
  const users = new Int32Array(log.users.length);
  let session = -1;
  order.forEach((at, place) => {
    const before = order[place - 1];
    const isNew = before === undefined || log.users[before] !== log.users[at] || log.timesMs[at]! - log.timesMs[before]! > SESSION_GAP_MS;
    if (isNew) session++;
    users[at] = session;
  });
  return { users, userCount: session + 1 };
}
