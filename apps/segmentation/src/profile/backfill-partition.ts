import { TOPICS } from '@tradewind/contracts';
import type { FeatureGroup, FeatureStore } from '@tradewind/feature-store';
import type { Platform } from '@tradewind/runtime';
import { isMerged } from '../identity/identity-record';
import type { HeldPartition, HeldPartitions } from '../rules/held-partitions';
import { ProfileShadow } from './profile-shadow';

/** So few events are read with the partition's batches waiting. */
const CLOSE_EVENTS = 2_000;
/** Users completed in one go, with the partition's batches waiting. */
const SLICE = 500;

export interface BackfillOptions {
  readonly platform: Pick<Platform, 'log' | 'gate' | 'state' | 'logger' | 'now'>;
  readonly features: FeatureStore;
  readonly partitions: HeldPartitions;
  readonly group: FeatureGroup;
}

/**
 * Completes the profiles of a partition's users from the log: makes the group's states of all of them in memory, as far as the live ones have come,
 * then puts what is missing in place, a slice at a time. What is complete is left alone, so it may be repeated at any time.
 * Needs the memory of one partition's encoded states. @returns users that were completed; `null` when the partition went elsewhere or `signal` was aborted
 */
export async function backfillPartition(options: BackfillOptions, held: HeldPartition, signal: AbortSignal): Promise<number | null> {
  const { platform, partitions, features, group } = options;
  const { partition } = held;
  const kept = (await platform.log.watermarks(TOPICS.events.name)).find((each) => each.partition === partition);
  const shadow = new ProfileShadow({ log: platform.log, group, held, offset: kept?.low ?? 0 });
  const isOurs = () => !signal.aborted && partitions.holds(partition) && partitions.get(partition) === held;

  /** With no batch of the partition under way. */
  const alone = (work: () => Promise<number>): Promise<number | null> =>
    partitions.enter(partition, async () => {
      if (!isOurs()) return null;
      await shadow.readTo(held.handledOffset);
      await shadow.readMoved();
      return work();
    });

  const complete = async (userKeys: readonly string[]): Promise<number> => {
    const [users, drafts] = await Promise.all([features.getMany(userKeys), shadow.getMany(userKeys)]);
    const completed = users.filter((user, i) => {
      // What an alias did is with whom it belongs to.
      const draft = user !== null && !isMerged(user) ? drafts[i] : null;
      return user !== null && group.complete(user.of(group), draft?.of(group) ?? null);
    });
    await features.save(completed.filter((user) => user !== null));
    return completed.length;
  };

  while (held.handledOffset - shadow.offset > CLOSE_EVENTS) {
    if (!isOurs()) return null;
    await shadow.readTo(held.handledOffset);
  }
  // Who comes after this is complete from the first event on.
  let completed = await alone(async () => 0);
  for await (const userKeys of shadow.users(SLICE)) {
    if (completed === null) return null;
    const more = await alone(() => complete(userKeys));
    completed = more === null ? null : completed + more;
  }
  return completed;
}
