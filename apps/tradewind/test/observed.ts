import { EVENTS_GROUP, Segmentation, comparable } from '@tradewind/apps/segmentation';
import { MODELS, RANKED_LIST, TOPICS, TRANSITION, TransitionKind, type TopicSpec } from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { withoutPositions } from '@tradewind/feature-store';
import type { Platform } from '@tradewind/runtime';

/** What a deployment knows and said, without what depends on the wall clock or on where events lay in the log. */
export interface Observed {
  /** Live version and SHA-256 by model. */
  readonly models: ReadonlyMap<string, unknown>;
  /** By customer: every column by name, and the record. */
  readonly profiles: ReadonlyMap<string, unknown>;
  /** State records of the recommender. */
  readonly histories: ReadonlyMap<string, unknown>;
  /** The table that people query, by customer. */
  readonly memberships: ReadonlyMap<string, unknown>;
  /** By customer, in log order, repeats dropped. */
  readonly transitions: ReadonlyMap<string, readonly unknown[]>;
  /** The last list of each customer. */
  readonly lists: ReadonlyMap<string, unknown>;
}

export async function observe(platform: Platform): Promise<Observed> {
  return {
    models: await readModels(platform),
    profiles: await readProfiles(platform),
    histories: await readHistories(platform),
    memberships: await readMemberships(platform),
    transitions: await readTransitions(platform.log),
    lists: await readLists(platform.log),
  };
}

const GROUPS: readonly (readonly [group: string, topic: TopicSpec])[] = [
  [EVENTS_GROUP, TOPICS.events],
  ['recommender', TOPICS.events],
  ['segmentation-memberships', TOPICS.segmentTransitions],
];

/** @throws what is still to do: events on the way, customers without segment or list, lag */
export async function assertSettled(platform: Platform, events: number): Promise<void> {
  const { log } = platform;
  const sent = (await log.watermarks(TOPICS.events.name)).reduce((sum, { high }) => sum + high, 0);
  if (sent !== events) throw new Error(`${sent} of ${events} events are on the log`);
  for (const [group, topic] of GROUPS) {
    const committed = await log.committed(group, topic.name);
    for (const { partition, high } of await log.watermarks(topic.name)) {
      const done = committed.get(partition) ?? 0;
      if (done < high) throw new Error(`group ${group} has handled ${done} of ${high} records of ${topic.name}-${partition}`);
    }
  }
  if ((await platform.database.releases.live(MODELS.customerClusters)) === null) return;
  const customers = [...(await readProfiles(platform)).values()].filter(({ features }) => features['orders_count']! > 0).length;
  const members = (await readMemberships(platform)).size;
  if (members !== customers) throw new Error(`${members} of ${customers} customers have a segment`);
  const [lists, shoppers] = [(await readLists(log)).size, (await readHistories(platform)).size];
  if (lists !== shoppers) throw new Error(`${lists} of ${shoppers} customers have a list`);
}

async function readModels({ database }: Platform): Promise<Map<string, unknown>> {
  const rows = await Promise.all(Object.values(MODELS).map((model) => database.releases.live(model)));
  return new Map(rows.flatMap((row) => (row === null ? [] : [[row.model, { version: row.version, sha256: row.sha256 }]])));
}

interface Profile {
  readonly lastEventAtMs: number;
  readonly features: Readonly<Record<string, number>>;
  /** Hex; of what does not depend on the order of the log. */
  readonly record: string;
}

async function readProfiles(platform: Platform): Promise<Map<string, Profile>> {
  const { features } = new Segmentation({ platform, cacheEntries: 0 });
  const set = features.featureSet;
  const profiles = new Map<string, Profile>();
  for await (const page of features.scan()) {
    for (const state of page) {
      const vector = new Float32Array(set.columns.length);
      set.vector(state, state.lastEventAtMs, vector);
      profiles.set(state.userKey, {
        lastEventAtMs: state.lastEventAtMs,
        features: Object.fromEntries(set.columns.map((column, i) => [column, vector[i]!])),
        record: withoutPositions(comparable(set.encode(state)).profile).toString('hex'),
      });
    }
  }
  return profiles;
}

async function readHistories({ state }: Platform): Promise<Map<string, unknown>> {
  const histories = new Map<string, unknown>();
  for await (const page of state.scan('recommender:'))
    for (const [key, record] of page) histories.set(key, withoutPositions(record).toString('hex'));
  return histories;
}

async function readMemberships({ database: { memberships } }: Platform): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for (const { segmentId } of await memberships.counts())
    for (const { userKey, ...row } of await memberships.list(segmentId, 100_000)) found.set(userKey, row);
  return found;
}

async function readTransitions(log: EventLog): Promise<Map<string, unknown[]>> {
  const [byUser, ids] = [new Map<string, unknown[]>(), new Set<string>()];
  for await (const records of log.read(TOPICS.segmentTransitions.name)) {
    for (const { value } of records) {
      const { transitionId, userKey, kind, segmentId, segmentName, modelVersion, occurredAtMs, evidence } = TRANSITION.decode(value);
      if (ids.has(transitionId)) continue;
      ids.add(transitionId);
      const reasons = evidence.map((reason) => [reason.feature, reason.value, reason.contribution]);
      const told = { kind: TransitionKind[kind], segmentId, segmentName, modelVersion, occurredAtMs, reasons };
      byUser.set(userKey, [...(byUser.get(userKey) ?? []), told]);
    }
  }
  return byUser;
}

async function readLists(log: EventLog): Promise<Map<string, unknown>> {
  const lists = new Map<string, unknown>();
  for await (const records of log.read(TOPICS.recommendations.name)) {
    for (const { value } of records) {
      const { userKey, placement, modelVersion, strategy, items } = RANKED_LIST.decode(value);
      const shown = items.map(({ itemId, score, reasons }) => [itemId, score, reasons.map((r) => [r.itemId, r.contribution, r.text])]);
      lists.set(userKey, { placement, modelVersion, strategy, items: shown });
    }
  }
  return lists;
}
