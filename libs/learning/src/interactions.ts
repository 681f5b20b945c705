/** What users did to items: parallel columns, one entry an event, in any order. Users and items are numbered from 0. */
export interface InteractionLog {
  readonly users: Int32Array;
  readonly items: Int32Array;
  /** Epoch milliseconds UTC. */
  readonly timesMs: Float64Array;
  /** How strong the event is, above 0, e.g. the quantity bought. */
  readonly weights: Float64Array;
  readonly userCount: number;
  readonly itemCount: number;
}

/** Compressed sparse rows: row r has `indices[offsets[r] … offsets[r + 1])`, ascending and different, with their `values`. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly offsets: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float32Array;
}

/** Users × items, one entry for each pair that met, laid out as in a SparseMatrix. */
export interface Histories extends Omit<SparseMatrix, 'values'> {
  /** How often the pair met. */
  readonly events: Int32Array;
  /** Sum of the weights of those events. */
  readonly weights: Float64Array;
  /** Time of the latest of them, epoch milliseconds UTC. */
  readonly lastMs: Float64Array;
}

/** One pair of a user's history, as `toSparse` hands it to a weighing function. */
export interface HistoryEntry {
  readonly item: number;
  readonly events: number;
  readonly weight: number;
  readonly lastMs: number;
}

export interface TimeSplit {
  readonly train: InteractionLog;
  readonly heldOut: InteractionLog;
  /** The first moment of the held-out part, epoch milliseconds UTC. */
  readonly cutMs: number;
}

/** The events that `keep` accepts by their place; user and item numbers stay. */
export function filterLog(log: InteractionLog, keep: (at: number) => boolean): InteractionLog {
  const kept: number[] = [];
  for (let at = 0; at < log.users.length; at++) if (keep(at)) kept.push(at);
  const pick = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
    kept.forEach((at, place) => (to[place] = from[at]!));
    return to;
  };
  return {
    users: pick(log.users, new Int32Array(kept.length)),
    items: pick(log.items, new Int32Array(kept.length)),
    timesMs: pick(log.timesMs, new Float64Array(kept.length)),
    weights: pick(log.weights, new Float64Array(kept.length)),
    userCount: log.userCount,
    itemCount: log.itemCount,
  };
}

/** Holds out the last `heldOutRatio` of the time between the first and the last event (of time, not of events). */
export function splitByTime(log: InteractionLog, heldOutRatio = 0.2): TimeSplit {
  const { firstMs, lastMs } = timeRange(log);
  const cutMs = lastMs - heldOutRatio * (lastMs - firstMs);
  return { train: filterLog(log, (at) => log.timesMs[at]! < cutMs), heldOut: filterLog(log, (at) => log.timesMs[at]! >= cutMs), cutMs };
}

/** First and last event time. @throws RangeError on an empty log. */
export function timeRange({ timesMs }: InteractionLog): { readonly firstMs: number; readonly lastMs: number } {
  if (timesMs.length === 0) throw new RangeError('the log has no events');
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const time of timesMs) {
    if (time < firstMs) firstMs = time;
    if (time > lastMs) lastMs = time;
  }
  return { firstMs, lastMs };
}

/** Drops items with fewer than `minItemUsers` different users, then users with fewer than `minUserItems` of the items left. */
export function filterByCounts(log: InteractionLog, { minItemUsers = 1, minUserItems = 1 }): InteractionLog {
  const itemUsers = countItemUsers(log);
  const common = filterLog(log, (at) => itemUsers[log.items[at]!]! >= minItemUsers);
  const { offsets } = toHistories(common);
  return filterLog(common, (at) => offsets[common.users[at]! + 1]! - offsets[common.users[at]!]! >= minUserItems);
}

/** Different users of each item, from `fromMs` on. @default fromMs the beginning */
export function countItemUsers(log: InteractionLog, fromMs = -Infinity): Int32Array {
  const recent = fromMs === -Infinity ? log : filterLog(log, (at) => log.timesMs[at]! >= fromMs);
  const counts = new Int32Array(log.itemCount);
  for (const item of toHistories(recent).indices) counts[item]!++;
  return counts;
}

/** The log summed to one entry a pair. Two counting sorts (item, then user), so linear in events. */
export function toHistories(log: InteractionLog): Histories {
  const order = countingSort(countingSort(identity(log.users.length), log.items, log.itemCount), log.users, log.userCount);
  const offsets = new Int32Array(log.userCount + 1);
  const [indices, events] = [new Int32Array(order.length), new Int32Array(order.length)];
  const [weights, lastMs] = [new Float64Array(order.length), new Float64Array(order.length).fill(-Infinity)];
  let entries = 0;
  let previous = -1;
  for (const at of order) {
    const repeats = previous >= 0 && log.users[previous] === log.users[at] && log.items[previous] === log.items[at];
    if (!repeats) {
      indices[entries++] = log.items[at]!;
      offsets[log.users[at]! + 1]!++;
    }
    const entry = entries - 1;
    events[entry]!++;
    weights[entry]! += log.weights[at]!;
    lastMs[entry] = Math.max(lastMs[entry]!, log.timesMs[at]!);
    previous = at;
  }
  for (let user = 0; user < log.userCount; user++) offsets[user + 1]! += offsets[user]!;
  return {
    rows: log.userCount,
    columns: log.itemCount,
    offsets,
    indices: indices.slice(0, entries),
    events: events.slice(0, entries),
    weights: weights.slice(0, entries),
    lastMs: lastMs.slice(0, entries),
  };
}

/** Histories as numbers, 1 for each pair unless `weigh` says otherwise. */
export function toSparse(histories: Histories, weigh?: (entry: HistoryEntry) => number): SparseMatrix {
  const { rows, columns, offsets, indices, events, weights, lastMs } = histories;
  const values = new Float32Array(indices.length).fill(1);
  if (weigh !== undefined) {
    for (let at = 0; at < values.length; at++) {
      values[at] = weigh({ item: indices[at]!, events: events[at]!, weight: weights[at]!, lastMs: lastMs[at]! });
    }
  }
  return { rows, columns, offsets, indices, values };
}

/** The pairs of `heldOut` that are not in `train`, for users who have a history in `train`: the truth to find. All values 1. */
export function newPairs(heldOut: Histories, train: Histories, isCandidate: (item: number) => boolean = () => true): SparseMatrix {
  const offsets = new Int32Array(heldOut.rows + 1);
  const indices: number[] = [];
  for (let user = 0; user < heldOut.rows; user++) {
    const known = new Set(train.indices.subarray(train.offsets[user]!, train.offsets[user + 1]!));
    const later = known.size === 0 ? [] : heldOut.indices.subarray(heldOut.offsets[user]!, heldOut.offsets[user + 1]!);
    for (const item of later) if (!known.has(item) && isCandidate(item)) indices.push(item);
    offsets[user + 1] = indices.length;
  }
  const { rows, columns } = heldOut;
  return { rows, columns, offsets, indices: Int32Array.from(indices), values: new Float32Array(indices.length).fill(1) };
}

/** Rows become columns. */
export function transpose({ rows, columns, offsets, indices, values }: SparseMatrix): SparseMatrix {
  const turned = new Int32Array(columns + 1);
  for (const index of indices) turned[index + 1]!++;
  for (let column = 0; column < columns; column++) turned[column + 1]! += turned[column]!;
  const next = turned.slice(0, columns);
  const [turnedIndices, turnedValues] = [new Int32Array(indices.length), new Float32Array(indices.length)];
  for (let row = 0; row < rows; row++) {
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
      const to = next[indices[at]!]!++;
      turnedIndices[to] = row;
      turnedValues[to] = values[at]!;
    }
  }
  return { rows: columns, columns: rows, offsets: turned, indices: turnedIndices, values: turnedValues };
}

function identity(length: number): Int32Array {
  return Int32Array.from({ length }, (_, at) => at);
}

function countingSort(order: Int32Array, keys: Int32Array, keyCount: number): Int32Array {
  const next = new Int32Array(keyCount + 1);
  for (const at of order) next[keys[at]! + 1]!++;
  for (let key = 0; key < keyCount; key++) next[key + 1]! += next[key]!;
  const sorted = new Int32Array(order.length);
  for (const at of order) sorted[next[keys[at]!]!++] = at;
  return sorted;
}
