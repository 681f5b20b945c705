import { LINK, TOPICS, userKey, type Link } from '@tradewind/contracts';
import { decodeBatch, type EventLog, type LogRecord, type OutboundRecord } from '@tradewind/eventing';
import type { FeatureStore, UserState } from '@tradewind/feature-store';
import { SEGMENT } from '../features';
import { toRecords } from '../outputs';
import { toRuleRecords } from '../rules/rule-outputs';
import { RULES } from '../rules/rule-record';
import type { RuleSet } from '../rules/rule-set';
import { takeUntold } from '../rules/untold';
import { IDENTITY } from './identity-record';
import { toMovedRecord } from './moved-events';
import { readHistory, type PastEvent } from './read-history';
import { Trail } from './trail';

export interface MergeOptions {
  readonly log: Pick<EventLog, 'publish' | 'read'>;
  readonly features: FeatureStore;
  /** Epoch milliseconds UTC. */
  readonly now: () => number;
  readonly partition: number;
  /** What lies below is in the users' states. */
  readonly handled: { readonly events: number; readonly moved: number };
  /** For the names of segments that are left. */
  readonly rules: RuleSet | null;
}

/** An alias that is merged for the first time. */
interface Merging {
  readonly user: UserState;
  readonly link: Link;
  readonly to: string;
}

/**
 * Takes links of one partition: hands all that an alias did on to whom it belongs, withdraws its memberships, and notes in its record where later
 * events go. Publishes, then saves, so a crash in between does it again with the same records. Of two links of an alias the later one holds for
 * what comes afterwards; what was handed on stays there. Call it inside the partition's gate.
 */
export async function mergeAliases(options: MergeOptions, records: readonly LogRecord[]): Promise<void> {
  const { features, log, partition } = options;
  const links = decodeBatch({ topic: TOPICS.identityLinks.name, partition, records: records.filter(hasValue), highWatermark: 0 }, LINK);
  const users = await usersOf(
    features,
    links.messages.map(({ message }) => message),
  );
  const merging = new Map<string, Merging>();
  for (const { message: link } of links.messages) {
    const key = userKey(link.sourceId, link.aliasId);
    const to = userKey(link.sourceId, link.canonicalId);
    const identity = users.get(key)!.of(IDENTITY);
    if (to === key || link.linkedAtMs <= identity.linkedAtMs) continue;
    if (identity.mergedInto === '') merging.set(key, { user: users.get(key)!, link, to });
    Object.assign(identity, { mergedInto: to, linkedAtMs: link.linkedAtMs });
  }
  const history = await historyOf(options, [...merging.values()]);
  const outputs = [...merging.values()].flatMap((each) => [
    ...withdrawn(options, each),
    ...handedOn(each, history.get(each.user.userKey) ?? []),
  ]);
  if (outputs.length > 0) await log.publish(outputs);
  await features.save([...users.values()].map((user) => (merging.has(user.userKey) ? emptied(features, user) : user)));
}

const hasValue = ({ value }: LogRecord) => value !== null;

/** Also those of whom nothing is known yet. */
async function usersOf(features: FeatureStore, links: readonly Link[]): Promise<Map<string, UserState>> {
  const keys = [...new Set(links.map(({ sourceId, aliasId }) => userKey(sourceId, aliasId)))];
  const users = await features.getMany(keys);
  return new Map(keys.map((key, i) => [key, users[i] ?? features.featureSet.create(key)]));
}

/** What the aliases did, from their own records where these have all of it. */
async function historyOf(options: MergeOptions, merging: readonly Merging[]): Promise<Map<string, readonly PastEvent[]>> {
  const { log, partition, handled } = options;
  const { name: topic } = TOPICS.events;
  const asks = merging.filter(({ user }) => !user.of(IDENTITY).trail.isWhole).map(({ user }) => user.userKey);
  const found = new Map<string, readonly PastEvent[]>(
    asks.length === 0 ? [] : await readHistory({ log, partition, handled, userKeys: new Set(asks) }),
  );
  for (const { user } of merging) {
    const { trail } = user.of(IDENTITY);
    if (!trail.isWhole) continue;
    const past = trail.events().map(({ offset, event }) => ({ event, position: { topic, partition, offset }, path: [] }));
    found.set(user.userKey, past);
  }
  return found;
}

function handedOn({ user, link, to }: Merging, past: readonly PastEvent[]): OutboundRecord[] {
  const { userKey: key } = user;
  const hop = { userKey: key, linkedAtMs: link.linkedAtMs };
  return past.map(({ event, position, path }) => toMovedRecord(event, to, { userKey: key, position, path: [...path, hop] }));
}

/** Exits from all segments that the alias was told to be in. */
function withdrawn({ now, rules }: MergeOptions, { user, link, to }: Merging): OutboundRecord[] {
  const { userKey: key } = user;
  const { linkedAtMs: occurredAtMs, messageId } = link;
  const evidence = [{ feature: 'merged into', value: 1, contribution: -1, text: to, messageIds: [messageId] }];
  const plain = { userKey: key, cause: `merge-${to}`, reason: 'merge' as const, occurredAtMs, decidedAtMs: now(), evidence };
  const byRule = [...user.of(RULES).members].flatMap(([segmentId, { version }]) => {
    const name = rules?.segments.get(segmentId)?.name ?? segmentId;
    return toRuleRecords({ ...plain, segmentId, segment: { name, version }, kind: 'exited' });
  });
  const { segmentId, segmentName, modelVersion } = user.of(SEGMENT);
  const untold = takeUntold(user);
  if (segmentId === '') return [...untold, ...byRule];
  return [...untold, ...byRule, ...toRecords({ ...plain, from: { id: segmentId, name: segmentName }, to: null, modelVersion })];
}

/** A record that knows nothing but how far its log was read and where its events go. */
function emptied(features: FeatureStore, user: UserState): UserState {
  const empty = features.featureSet.create(user.userKey);
  empty.positions.push(...user.positions.map((position) => ({ ...position })));
  const { mergedInto, linkedAtMs, trail } = user.of(IDENTITY);
  Object.assign(empty.of(IDENTITY), { mergedInto, linkedAtMs, trail: new Trail(false, trail.isAnonymous) });
  return empty;
}
