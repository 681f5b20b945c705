import { EVENT, ITEM, LINK, POST, REJECTED_EVENT, SUPPRESSION, TOPICS, VIOLATION } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';

/** Every topic that the collector writes, and what its records are. */
const CODECS = [
  [TOPICS.events, EVENT],
  [TOPICS.rejected, REJECTED_EVENT],
  [TOPICS.violations, VIOLATION],
  [TOPICS.catalogItems, ITEM],
  [TOPICS.socialPosts, POST],
  [TOPICS.identityLinks, LINK],
  [TOPICS.privacySuppressions, SUPPRESSION],
] as const;

/** Decodes all that was published; records by topic. @throws the first fault, with topic and offset as its message */
export async function decodeTopics(log: EventLog): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const [{ name }, codec] of CODECS) {
    counts[name] = 0;
    for await (const records of log.read(name)) {
      for (const { value, partition, offset } of records) {
        try {
          if (value !== null) codec.decode(value);
        } catch (cause) {
          throw new Error(`${name}-${partition}@${offset} does not decode`, { cause });
        }
        counts[name]++;
      }
    }
  }
  return counts;
}
