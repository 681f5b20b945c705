/** A partition as one consumer group sees it. */
export interface GroupPartition {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
}

/**
 * Lets one piece of work at a time touch what a partition's batches touch: the batch processor enters for each batch, and whoever goes
 * through stored states outside the stream (after a new model, on erasure) enters for each slice. First come, first served.
 */
export class PartitionGate {
  private readonly tails = new Map<string, Promise<void>>();
  private readonly held = new Map<string, Set<string>>();
  private readonly listeners: { group: string; listener: () => void }[] = [];

  /** Runs `work` alone on the partition; what it throws is the caller's. */
  async enter<T>(place: GroupPartition, work: () => Promise<T>): Promise<T> {
    const key = keyOf(place);
    const before = this.tails.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const tail = result.then(
      () => undefined,
      () => undefined, // told to the caller by `result`; the next in line starts all the same
    );
    this.tails.set(key, tail);
    try {
      return await result;
    } finally {
      if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }

  /** Whether this process is the group's member that holds the partition. */
  holds(place: GroupPartition): boolean {
    return this.held.get(place.group)?.has(keyOf(place)) ?? false;
  }

  /** Called by the strategy after each rebalance with all that the member holds now. */
  assigned(group: string, partitions: readonly { readonly topic: string; readonly partition: number }[]): void {
    this.held.set(group, new Set(partitions.map((p) => keyOf({ group, ...p }))));
    for (const entry of this.listeners) if (entry.group === group) entry.listener();
  }

  /** @returns stops listening */
  onAssigned(group: string, listener: () => void): () => void {
    const entry = { group, listener };
    this.listeners.push(entry);
    return () => void this.listeners.splice(this.listeners.indexOf(entry), 1);
  }
}

function keyOf({ group, topic, partition }: GroupPartition): string {
  return `${group}|${topic}|${partition}`;
}
