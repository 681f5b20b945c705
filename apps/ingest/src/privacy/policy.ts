import { userKey, type Enrichment, type Event } from '@tradewind/contracts';
import type { Enrich } from '../enrich/enrich';
import { isObject } from '../judge';
import type { SourceSettings } from '../source-settings';
import type { AuthenticatedSource } from '../sources';
import type { Policy } from '../stages';
import { ANALYTICS, createConsentReader, isConsentEvent } from './consent';
import type { HashText } from './hash';
import { truncateIp } from './ip';
import { DROP, addRewrite, createRewriteTree, isJsonText, rewriteJson, type Rewrite, type RewriteTree } from './rewrite-json';

export interface PolicyOptions {
  readonly settings: SourceSettings;
  /** @default nothing is learnt */
  readonly enrich?: Enrich | undefined;
  /** Needed when the settings hash fields. */
  readonly hash?: HashText | undefined;
}

const NOTHING: Enrich = () => null;
const EMPTY = Buffer.alloc(0);

/**
 * Consent first, so that nothing is learnt about who refused; then enrichment, which needs the full address; then crawlers and internal
 * traffic; then fields are hashed and dropped and addresses cut. The payload keeps its bytes where nothing of this touches it.
 */
export function createPolicy({ settings, enrich = NOTHING, hash }: PolicyOptions): Policy {
  const deniedPurposes = createConsentReader(settings.consent);
  const fields = fieldRewrites(settings, hash);
  const original = withIdRewrites(fields, settings, hash);
  const hashIds = createIdHasher(settings, hash);

  return {
    apply(event, raw, facts) {
      const denied = deniedPurposes(memberOf(raw.value, 'context'), facts.gpc);
      if (denied.includes(ANALYTICS) && !isConsentEvent(event.name)) return 'consent';
      const enrichment = enrich(event, raw, facts);
      if (enrichment?.bot && settings.bots === 'drop') return 'bot';
      if (enrichment?.internal && settings.internal?.action === 'drop') return 'internal';
      const payloadJson = isTouched(raw.value, fields) ? rewriteJson(asBuffer(event.payloadJson), fields) : event.payloadJson;
      return hashIds({ ...event, payloadJson, enrichment: marked(enrichment, settings), deniedPurposes: denied });
    },
    rejected(raw, facts) {
      if (settings.rejected === 'drop') return null;
      const value = raw.fault ? undefined : raw.value;
      const denied = deniedPurposes(memberOf(value, 'context'), facts.gpc);
      if (denied.includes(ANALYTICS) && !isConsentEvent(memberOf(value, 'event'))) return null;
      if (settings.rejected === 'keep') return raw.bytes;
      return isObject(value) ? rewriteJson(raw.bytes, original) : EMPTY;
    },
    ...(hashesPersons(settings.hashFields) && { hashedIds: (ids) => ids.map(hash!) }),
  };
}

function marked(enrichment: Enrichment | null, { bots }: SourceSettings): Enrichment | null {
  return enrichment?.bot && bots === 'off' ? { ...enrichment, bot: false } : enrichment;
}

/** What happens to properties, traits and context. */
function fieldRewrites({ dropFields, hashFields, ip }: SourceSettings, hash: HashText | undefined): RewriteTree {
  const tree = createRewriteTree();
  for (const path of hashFields.filter((each) => each.includes('.'))) addRewrite(tree, path, hashing(hash!));
  if (ip !== 'keep') addRewrite(tree, 'context.ip', ip === 'drop' ? DROP : truncateJson);
  for (const path of dropFields) addRewrite(tree, path, DROP);
  return tree;
}

/** The same over a whole event as its client sent it, whose ids stand beside its payload. */
function withIdRewrites(fields: RewriteTree, { hashFields }: SourceSettings, hash: HashText | undefined): RewriteTree {
  const tree = createRewriteTree(fields.children);
  const ids = hashFields.filter((path) => !path.includes('.'));
  for (const path of hashesPersons(ids) ? [...ids, 'previousId'] : ids) addRewrite(tree, path, hashing(hash!));
  return tree;
}

/** Then the previousId is hashed, too: an alias replaces a userId or an anonymousId, nobody says which. */
function hashesPersons(hashFields: readonly string[]): boolean {
  return hashFields.includes('userId') || hashFields.includes('anonymousId');
}

/** Hashes ids before anything is keyed by them: the same person has the same key with every event. */
function createIdHasher({ hashFields }: SourceSettings, hash: HashText | undefined): (event: Event) => Event {
  const hashOf = (path: string): HashText => (hashFields.includes(path) ? hash! : (id) => id);
  const [ofUser, ofAnonymous, ofGroup] = [hashOf('userId'), hashOf('anonymousId'), hashOf('groupId')];
  if (!hashFields.some((path) => !path.includes('.'))) return (event) => event;
  const isPreviousHashed = hashesPersons(hashFields);
  return function hashIds(event) {
    const [userId, anonymousId] = [ofUser(event.userId), ofAnonymous(event.anonymousId)];
    // Judging takes the anonymousId of an alias that names no previousId.
    const previousId = event.previousId === event.anonymousId ? anonymousId : isPreviousHashed ? hash!(event.previousId) : event.previousId;
    const groupId = ofGroup(event.groupId);
    return { ...event, userId, anonymousId, previousId, groupId, userKey: userKey(event.sourceId, userId || anonymousId) };
  };
}

/** Texts and numbers are hashed as text; null and empty text say nothing; lists, objects and booleans cannot be hashed usefully and go. */
function hashing(hash: HashText): Rewrite {
  return (json) => {
    if (json === 'null') return json;
    if (isJsonText(json)) return JSON.stringify(hash(JSON.parse(json) as string));
    return /^[-\d]/.test(json) ? JSON.stringify(hash(json)) : null;
  };
}

const truncateJson: Rewrite = (json) => {
  const truncated = isJsonText(json) ? truncateIp(JSON.parse(json) as string) : null;
  return truncated === null ? null : JSON.stringify(truncated);
};

/**
 * Whether the event may have a field that is rewritten: a look at the two upper levels of what was parsed. Keys that are repeated below them
 * are found by the rewrite itself.
 */
function isTouched(value: unknown, tree: RewriteTree): boolean {
  for (const [part, { rewrite, children }] of tree.children) {
    const member = memberOf(value, part);
    if (!isObject(member)) continue;
    if (rewrite || children.has('*')) return true;
    for (const name of children.keys()) if (Object.hasOwn(member, name)) return true;
  }
  return false;
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export interface PoliciesOptions {
  /** What learns about the events of a source. @default nothing is learnt */
  readonly enricherOf?: ((settings: SourceSettings) => Enrich) | undefined;
  readonly hash?: HashText | undefined;
}

/** The policy of each source, compiled once per settings object. */
export function createPolicies({ enricherOf, hash }: PoliciesOptions): (source: AuthenticatedSource) => Policy {
  const policies = new WeakMap<SourceSettings, Policy>();
  return ({ settings }) => {
    let policy = policies.get(settings);
    if (!policy) policies.set(settings, (policy = createPolicy({ settings, enrich: enricherOf?.(settings), hash })));
    return policy;
  };
}
