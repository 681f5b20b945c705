export interface AssignableMember {
  readonly topics: ReadonlySet<string>;
}

/**
 * Shares partitions among the members that read their topic, as evenly as their topics allow: moving one partition cannot bring two
 * members closer. A partition stays with its present owner unless balance asks otherwise (cooperative-sticky, KIP-429).
 */
export function assignPartitions<M extends AssignableMember>(
  members: readonly M[],
  partitions: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, M>,
): Map<string, M> {
  const load = new Map(members.map((member) => [member, 0]));
  const owners = new Map<string, M>();
  const give = (key: string, to: M) => {
    const from = owners.get(key);
    if (from) load.set(from, load.get(from)! - 1);
    owners.set(key, to);
    load.set(to, load.get(to)! + 1);
  };
  const leastLoaded = (topic: string) => {
    const eligible = members.filter((member) => member.topics.has(topic));
    return eligible.reduce<M | null>((best, member) => (best === null || load.get(member)! < load.get(best)! ? member : best), null);
  };

  for (const [key, topic] of partitions) {
    const owner = present.get(key);
    if (owner && load.has(owner) && owner.topics.has(topic)) give(key, owner);
  }
  for (const [key, topic] of partitions) {
    const member = owners.has(key) ? null : leastLoaded(topic);
    if (member) give(key, member);
  }
  // Every move lowers the sum of squared loads, so this ends.
  for (let moved = true; moved;) {
    moved = false;
    for (const [key, owner] of owners) {
      const member = leastLoaded(partitions.get(key)!)!;
      if (load.get(member)! + 1 >= load.get(owner)!) continue;
      give(key, member);
      moved = true;
    }
  }
  return owners;
}
