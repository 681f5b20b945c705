import { EventType, userKey, type Event, type Link } from '@tradewind/contracts';
import { Fingerprints } from '@tradewind/feature-store';
import type { Metrics } from '@tradewind/observability';
import { IdentityLinks, type IdentityLinksOptions, type StoredLink } from './identity-links';
import type { IdentityGraph } from './stages';

export interface IdentityGraphOptions extends IdentityLinksOptions {
  readonly metrics: Metrics;
}

/** Aliases of aliases are followed this far. */
const MAX_HOPS = 16;
/** A link that is said again is stored and published again after this: its time moves on, and a record that never reached the log is made up for. */
const REPEAT_AFTER_MS = 3_600_000;

/** Links by `sourceId:id` as one call sees them; null is an id that is no alias, absent one that the store could not tell about. */
type Known = Map<string, StoredLink | null>;

/**
 * Whose events these are. An identify call makes its anonymousId, an alias call its previousId an alias of its userId; of two such calls the later
 * one holds, so a shared device belongs to who identified last. Ids of one person resolve to the same id on every replica within a second.
 */
export function createIdentityGraph(options: IdentityGraphOptions): IdentityGraph & { stop(): void } {
  const stored = new IdentityLinks(options);
  const made = options.metrics.counter({ name: 'tradewind_ingest_identity_links_total', help: 'Links that identify and alias calls made' });
  options.metrics.gauge({
    name: 'tradewind_ingest_identity_links_unstored',
    help: 'Links that are not in the store yet',
    collect: (gauge) => gauge.set(stored.unsavedCount),
  });
  const prints = new Fingerprints();

  return {
    async resolve(events) {
      if (events.every((event) => isKnownAlone(stored, event))) return { events, links: [] };
      const known = await load(stored, events);
      const fresh = new Map<string, StoredLink>();
      const links: Link[] = [];
      const resolved = events.map((event) => {
        const aliasId = aliasOf(event);
        if (aliasId !== '') {
          const link = linkBy(known, event, aliasId, printOf(event));
          if (link) {
            const key = userKey(event.sourceId, aliasId);
            known.set(key, link);
            fresh.set(key, link);
            links.push(publishedLink(known, event, aliasId, link));
          }
        }
        const key = userKey(event.sourceId, canonicalOf(known, event.sourceId, event.userId || event.anonymousId));
        return key === event.userKey ? event : { ...event, userKey: key };
      });
      if (fresh.size > 0) {
        made.add(links.length);
        await stored.save(fresh);
      }
      return { events: resolved, links };
    },
    stop: () => stored.stop(),
  };

  function printOf({ sourceId, messageId }: Event): number {
    prints.clear();
    return prints.push(sourceId, messageId);
  }
}

/** True of an event that makes no link, of an id that is known to be no alias: most are. */
function isKnownAlone(stored: IdentityLinks, event: Event): boolean {
  const key = userKey(event.sourceId, event.userId || event.anonymousId);
  return aliasOf(event) === '' && key === event.userKey && stored.peek(key) === null;
}

/** The id that the event says is its userId's; '' when it says nothing. */
function aliasOf({ type, userId, anonymousId, previousId }: Event): string {
  if (type === EventType.EVENT_TYPE_ALIAS) return previousId;
  return type === EventType.EVENT_TYPE_IDENTIFY && userId !== '' ? anonymousId : '';
}

/** Everything that the events' ids lead to, one round to the store per hop; none when all of it is in memory. */
async function load(stored: IdentityLinks, events: readonly Event[]): Promise<Known> {
  const known: Known = new Map();
  let missing: string[] = [];
  const need = (sourceId: string, id: string): void => {
    // The links in memory are followed at once.
    for (let key = userKey(sourceId, id); !known.has(key);) {
      const link = stored.peek(key);
      if (link === undefined) return void missing.push(key);
      known.set(key, link);
      if (link === null) return;
      key = userKey(sourceId, link.targetId);
    }
  };
  for (const event of events) {
    need(event.sourceId, event.userId || event.anonymousId);
    const aliasId = aliasOf(event);
    if (aliasId !== '') need(event.sourceId, aliasId);
  }
  for (let hop = 0; missing.length > 0 && hop < MAX_HOPS; hop++) {
    const keys = missing;
    missing = [];
    const answers = await stored.load(keys);
    for (const key of keys) {
      const link = answers.get(key);
      if (link === undefined) continue;
      known.set(key, link);
      if (link) need(key.slice(0, key.indexOf(':')), link.targetId);
    }
  }
  return known;
}

/** The link that the event makes; undefined when it is no news, or came after a later one. */
function linkBy(known: Known, event: Event, aliasId: string, messagePrint: number): StoredLink | undefined {
  const { sourceId, userId } = event;
  if (pathOf(known, sourceId, userId).includes(aliasId)) return undefined; // the other way round they are one person already
  const linkedAtMs = Math.min(event.occurredAtMs, event.receivedAtMs);
  const former = known.get(userKey(sourceId, aliasId));
  if (former && former.linkedAtMs > linkedAtMs) return undefined;
  const isSame = former?.targetId === userId && linkedAtMs - former.linkedAtMs < REPEAT_AFTER_MS;
  // The same message again was not acknowledged the first time, so its link may not be on the log.
  if (isSame && former.messagePrint !== messagePrint) return undefined;
  return { targetId: userId, linkedAtMs, messagePrint };
}

function publishedLink(known: Known, { sourceId, messageId, userId }: Event, aliasId: string, { linkedAtMs }: StoredLink): Link {
  return { sourceId, aliasId, canonicalId: canonicalOf(known, sourceId, userId), messageId, linkedAtMs };
}

function canonicalOf(known: Known, sourceId: string, id: string): string {
  return pathOf(known, sourceId, id).at(-1)!;
}

/** The ids from `id` to its canonical one. */
function pathOf(known: Known, sourceId: string, id: string): string[] {
  const path = [id];
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const link = known.get(userKey(sourceId, path.at(-1)!));
    if (!link) return path;
    const circleFrom = path.indexOf(link.targetId);
    if (circleFrom >= 0) return openCircle(known, sourceId, path, circleFrom);
    path.push(link.targetId);
  }
  return path;
}

/** Two replicas can link two ids to one another at the same moment. The oldest link of a circle does not count: its alias is the canonical id. */
function openCircle(known: Known, sourceId: string, path: readonly string[], from: number): string[] {
  const circle = path.slice(from);
  const timeOf = (id: string) => known.get(userKey(sourceId, id))!.linkedAtMs;
  const oldest = circle.reduce((best, id) => (timeOf(id) < timeOf(best) || (timeOf(id) === timeOf(best) && id < best) ? id : best));
  return [...path.slice(0, from), ...circle.filter((id) => id !== oldest), oldest];
}
