import { TOPICS, partitionForKey } from '@tradewind/contracts';
import type { PartitionGate } from '@tradewind/eventing';
import type { FeatureStore, UserState } from '@tradewind/feature-store';

export interface VisitUsersOptions {
  readonly features: FeatureStore;
  readonly gate: PartitionGate;
  /** The group whose held partitions are visited. */
  readonly group: string;
  /** Whether a user still needs the visit; users that do not are left alone, so a visit can run again at any time. */
  isStale(state: UserState): boolean;
  /** Stops between two slices. */
  readonly signal?: AbortSignal;
  /** Handles stale users of one partition, changes their attributes in place; they are saved when it resolves. Publish first: a crash repeats the visit. */
  visit(states: readonly UserState[]): Promise<void>;
}

/**
 * Goes through the stored users of the partitions held here, a slice at a time, each alone on its partition: no batch of these
 * users is in flight meanwhile. For work that concerns also those who do nothing, e.g. after a new model.
 * @returns how many users were visited
 */
export async function visitUsers(options: VisitUsersOptions): Promise<number> {
  const { features, gate, group, isStale, signal } = options;
  await batchesInFlight(options);
  let visited = 0;
  for await (const page of features.scan()) {
    for (const [partition, userKeys] of byPartition(page.filter(isStale))) {
      const where = { group, topic: TOPICS.events.name, partition };
      if (signal?.aborted) return visited;
      if (!gate.holds(where)) continue;
      visited += await gate.enter(where, () => visitSlice(options, userKeys));
    }
  }
  return visited;
}

/** Resolves when every batch that is under way is stored: what made the visit necessary may have come after such a batch began. */
async function batchesInFlight({ gate, group }: VisitUsersOptions): Promise<void> {
  const { name: topic, partitions } = TOPICS.events;
  const places = Array.from({ length: partitions }, (_, partition) => ({ group, topic, partition }));
  await Promise.all(places.filter((place) => gate.holds(place)).map((place) => gate.enter(place, async () => undefined)));
}

async function visitSlice({ features, isStale, visit }: VisitUsersOptions, userKeys: readonly string[]): Promise<number> {
  const found = await features.getMany(userKeys);
  const states = found.filter((state): state is UserState => state !== null && isStale(state));
  if (states.length === 0) return 0;
  await visit(states);
  await features.save(states);
  return states.length;
}

function byPartition(states: readonly UserState[]): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const { userKey } of states) {
    const partition = partitionForKey(Buffer.from(userKey), TOPICS.events.partitions);
    const group = groups.get(partition);
    if (group) group.push(userKey);
    else groups.set(partition, [userKey]);
  }
  return groups;
}
