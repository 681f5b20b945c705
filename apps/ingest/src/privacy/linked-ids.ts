import { LINK, TOPICS, userKey } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';

/**
 * Every other id of the persons that `ids` name, each with the id it was found by: an alias leads to its canonical id, a canonical id to its
 * aliases. Reads the topic of links from end to end, at least twice where there are any: for requests of people, not for events.
 */
export async function findLinkedIds(log: Pick<EventLog, 'read'>, sourceId: string, ids: readonly string[]): Promise<Map<string, string>> {
  const foundBy = new Map(ids.map((id) => [id, id]));
  for (let before = 0; before < foundBy.size;) {
    before = foundBy.size;
    for (const [aliasId, canonicalId] of await linksOf(log, sourceId, foundBy)) {
      if (!foundBy.has(canonicalId)) foundBy.set(canonicalId, foundBy.get(aliasId)!);
      else if (!foundBy.has(aliasId)) foundBy.set(aliasId, foundBy.get(canonicalId)!);
    }
  }
  for (const id of ids) foundBy.delete(id);
  return foundBy;
}

/** The links from or to one of these ids that hold: of each alias the last one, since a device may change hands. */
async function linksOf(log: Pick<EventLog, 'read'>, sourceId: string, ids: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const prefix = userKey(sourceId, '');
  const links = new Map<string, string>();
  for await (const records of log.read(TOPICS.identityLinks.name)) {
    for (const { key, value } of records) {
      const text = key?.toString() ?? '';
      if (!text.startsWith(prefix)) continue;
      const aliasId = text.slice(prefix.length);
      const canonicalId = value === null ? undefined : LINK.decode(value).canonicalId;
      if (canonicalId !== undefined && (ids.has(aliasId) || ids.has(canonicalId))) links.set(aliasId, canonicalId);
      else links.delete(aliasId);
    }
  }
  return links;
}
