import { assignPartitions } from './assign-partitions';
import type { CommittedOffsets } from './committed-offsets';
import type { GroupMember } from './group-member';
import type { LogCallback } from './recovery';
import type { PartitionLog } from './partition-log';
import type { TopicStore } from './topic-store';

export function partitionKey(log: PartitionLog): string {
  return `${log.topic}/${log.partition}`;
}

export interface GroupDependencies {
  readonly topics: TopicStore;
  readonly offsets: CommittedOffsets;
  readonly log: LogCallback;
}

/**
 * The members of one group in this process. A partition is handed over one by one: the new owner gets it once the old one has ended
 * or given up its running batch, so two members never work on one partition and the others never wait for it.
 */
export class ConsumerGroup {
  private members: GroupMember[] = [];
  private partitions = new Map<string, PartitionLog>();
  private target = new Map<string, GroupMember>();
  private readonly holders = new Map<string, GroupMember>();
  private readonly releasing = new Set<string>();
  /** Where partitions without a commit begin: fixed when the first member joins, so that a hand-over skips nothing. */
  private starts = new Map<string, number>();

  constructor(
    readonly groupId: string,
    private readonly deps: GroupDependencies,
  ) {}

  get size(): number {
    return this.members.length;
  }

  /** Adds the member and shares the partitions anew. @throws NOT_FOUND when one of its topics is missing */
  join(member: GroupMember, from: 'earliest' | 'latest'): void {
    const logs = [...member.topics].flatMap((name) => this.deps.topics.get(name).partitions);
    for (const log of logs) {
      const key = partitionKey(log);
      if (!this.starts.has(key)) this.starts.set(key, from === 'latest' ? log.high : log.low);
    }
    this.members.push(member);
    this.rebalance();
  }

  /** Takes the member out; resolves when none of its batches runs any more. */
  async leave(member: GroupMember): Promise<void> {
    this.members = this.members.filter((other) => other !== member);
    if (this.members.length === 0) this.starts = new Map();
    const held = [...this.holders].filter(([, holder]) => holder === member).map(([key]) => key);
    const released = Promise.all(held.map((key) => member.released(key)));
    this.rebalance();
    await released;
  }

  /** Where the partition's next batch starts. Never past the end: after power loss the log may be shorter than the commits. */
  startOf(log: PartitionLog): number {
    const committed = this.deps.offsets.of(this.groupId, log.topic).get(log.partition);
    const start = committed ?? this.starts.get(partitionKey(log)) ?? log.low;
    if (start > log.high) {
      const { topic, partition, high } = log;
      this.deps.log('warn', 'committed offset lies behind the end of the log: continuing at the end', {
        groupId: this.groupId,
        topic,
        partition,
        committed: start,
        high,
      });
    }
    return Math.min(Math.max(start, log.low), log.high);
  }

  commit(log: PartitionLog, offset: number): void {
    this.deps.offsets.commit(this.groupId, log.topic, log.partition, offset);
  }

  private rebalance(): void {
    const names = new Set(this.members.flatMap((member) => [...member.topics]));
    const logs = [...names].flatMap((name) => this.deps.topics.get(name).partitions);
    this.partitions = new Map(logs.map((log) => [partitionKey(log), log]));
    this.target = assignPartitions(this.members, new Map(logs.map((log) => [partitionKey(log), log.topic])), this.holders);
    for (const key of new Set([...this.holders.keys(), ...this.partitions.keys()])) this.handOver(key);
    for (const member of this.members) member.announce();
  }

  /** Brings one partition to the member that should have it. */
  private handOver(key: string): void {
    const [holder, target] = [this.holders.get(key), this.target.get(key)];
    if (holder === target || this.releasing.has(key)) return;
    if (holder === undefined) {
      this.holders.set(key, target!);
      target!.grant(key, this.partitions.get(key)!);
      return;
    }
    this.releasing.add(key);
    void holder.release(key).then(() => {
      this.releasing.delete(key);
      this.holders.delete(key);
      this.handOver(key);
    });
  }
}
