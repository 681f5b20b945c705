const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a topic promises; `eventing` creates it like this when missing and checks it when present. */
export interface TopicSpec {
  readonly name: string;
  /** Order per key holds only while this stays fixed, so it is chosen high and never changed. */
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  /** How long records stay, milliseconds; -1 keeps them for ever (compacted topics keep the last record per key). */
  readonly retentionMs: number;
  /** What the record key is, for people and for documentation. */
  readonly key: string;
}

const PARTITIONS = 12;

function topic(name: string, key: string, cleanup: 'delete' | 'compact', retentionMs = -1): TopicSpec {
  return { name, key, cleanup, retentionMs, partitions: PARTITIONS };
}

/** Every topic of the platform. Topic names appear nowhere else. */
export const TOPICS = {
  events: topic('clickstream.events.v1', 'user key', 'delete'),
  rejected: topic('clickstream.rejected.v1', 'source id', 'delete', 30 * DAY_MS),
  violations: topic('clickstream.violations.v1', 'source id', 'delete', 30 * DAY_MS),
  identityLinks: topic('identity.links.v1', 'source id + alias id', 'compact'),
  /** Events of an alias, again, under the key of whom they belong to; the header `tw_moved_from` says where each was before. */
  movedEvents: topic('clickstream.moved.v1', 'user key', 'delete'),
  catalogItems: topic('catalog.items.v1', 'item id', 'compact'),
  socialPosts: topic('social.posts.v1', 'brand + post id', 'delete', 90 * DAY_MS),
  socialMentions: topic('social.mentions.v1', 'brand + post id', 'delete', 90 * DAY_MS),
  socialAlerts: topic('social.alerts.v1', 'brand + post id', 'delete', 90 * DAY_MS),
  segmentMembership: topic('segments.membership.v1', 'segment + user', 'compact'),
  segmentTransitions: topic('segments.transitions.v1', 'user key', 'delete', 90 * DAY_MS),
  segmentAlerts: topic('segments.alerts.v1', 'model name', 'delete', 90 * DAY_MS),
  recommendations: topic('recommendations.ranked.v1', 'user key', 'compact'),
  contentRequests: topic('content.requests.v1', 'campaign', 'delete', 90 * DAY_MS),
  contentDrafts: topic('content.drafts.v1', 'campaign', 'delete', 90 * DAY_MS),
  contentOutcomes: topic('content.outcomes.v1', 'campaign', 'delete', 90 * DAY_MS),
  forecastSeries: topic('forecasts.series.v1', 'series id', 'compact'),
  forecastAnomalies: topic('forecasts.anomalies.v1', 'series id', 'delete', 90 * DAY_MS),
  modelReleases: topic('models.releases.v1', 'model name', 'compact'),
  privacySuppressions: topic('privacy.suppressions.v1', 'source id + user or anonymous id', 'compact'),
  privacyReceipts: topic('privacy.receipts.v1', 'source id + user or anonymous id', 'delete', 365 * DAY_MS),
} as const satisfies Record<string, TopicSpec>;

/** The dead-letter topic of `source`: same key and partitions, kept 30 days. */
export function deadLetterTopic(source: TopicSpec): TopicSpec {
  return { ...source, name: `${source.name}.dlq`, cleanup: 'delete', retentionMs: 30 * DAY_MS };
}
