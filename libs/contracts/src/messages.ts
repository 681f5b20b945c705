import './protobuf-settings';
import { tradewind } from './gen/proto';
import { AppError } from './errors';

type Writer = { finish(): Uint8Array };
interface GeneratedMessage<T> {
  encode(message: Partial<T>): Writer;
  decode(bytes: Uint8Array): T;
}

/** Protobuf bytes ⇄ message. Absent fields of a decoded message live on its prototype: read them by name, never spread it. */
export interface Codec<T> {
  /** Full protobuf name. */
  readonly name: string;
  /** Absent fields take proto3 defaults. */
  encode(message: Partial<T>): Buffer;
  /** @throws RECORD_CORRUPT when the bytes are not this message. */
  decode(bytes: Uint8Array | null): T;
}

function codec<T>(name: string, generated: GeneratedMessage<T>): Codec<T> {
  return {
    name,
    encode(message) {
      const bytes = generated.encode(message).finish();
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    decode(bytes) {
      if (bytes === null) throw new AppError('RECORD_CORRUPT', `${name}: the record has no value`);
      try {
        return generated.decode(bytes);
      } catch (cause) {
        throw new AppError('RECORD_CORRUPT', `${name}: ${bytes.length} bytes do not decode`, { cause });
      }
    },
  };
}

const { clickstream, catalog, segments, recommendations, models, social, privacy, identity } = tradewind;

/** The fields of a generated message class, without its methods. */
type Fields<T> = Omit<T, '$unknowns' | 'toJSON'>;

export type LineItem = Fields<tradewind.clickstream.v1.LineItem>;
export type Event = Omit<Fields<tradewind.clickstream.v1.Event>, 'items' | 'enrichment'> & {
  items: LineItem[];
  enrichment?: Enrichment | null;
};
export type Enrichment = Fields<tradewind.clickstream.v1.Enrichment>;
export type Violation = Fields<tradewind.clickstream.v1.Violation>;
export type Post = Fields<tradewind.social.v1.Post>;
export type Suppression = Fields<tradewind.privacy.v1.Suppression>;
export type Receipt = Fields<tradewind.privacy.v1.Receipt>;
export type Link = Fields<tradewind.identity.v1.Link>;
export type RejectedEvent = Fields<tradewind.clickstream.v1.RejectedEvent>;
export type Item = Fields<tradewind.catalog.v1.Item>;
type EvidenceFields = Fields<tradewind.segments.v1.Evidence>;
/** `text` and `messageIds` are told by rules only. */
export type Evidence = Omit<EvidenceFields, 'text' | 'messageIds'> & Partial<Pick<EvidenceFields, 'text' | 'messageIds'>>;
export type Transition = Omit<Fields<tradewind.segments.v1.Transition>, 'evidence'> & { evidence: Evidence[] };
export type Membership = Fields<tradewind.segments.v1.Membership>;
export type DriftAlert = Fields<tradewind.segments.v1.DriftAlert>;
export type Reason = Fields<tradewind.recommendations.v1.Reason>;
export type RankedItem = Omit<Fields<tradewind.recommendations.v1.RankedItem>, 'reasons'> & { reasons: Reason[] };
export type RankedList = Omit<Fields<tradewind.recommendations.v1.RankedList>, 'items'> & { items: RankedItem[] };
export type Release = Fields<tradewind.models.v1.Release>;

export const EventType = clickstream.v1.EventType;
export type EventType = tradewind.clickstream.v1.EventType;
export const Regulation = privacy.v1.Regulation;
export type Regulation = tradewind.privacy.v1.Regulation;
export const TransitionKind = segments.v1.TransitionKind;
export type TransitionKind = tradewind.segments.v1.TransitionKind;
export const AlertLevel = segments.v1.AlertLevel;
export type AlertLevel = tradewind.segments.v1.AlertLevel;
export const ReleaseStage = models.v1.ReleaseStage;
export type ReleaseStage = tradewind.models.v1.ReleaseStage;

const generated = <T>(message: unknown) => message as GeneratedMessage<T>;

export const EVENT = codec<Event>('tradewind.clickstream.v1.Event', generated(clickstream.v1.Event));
export const REJECTED_EVENT = codec<RejectedEvent>('tradewind.clickstream.v1.RejectedEvent', generated(clickstream.v1.RejectedEvent));
export const VIOLATION = codec<Violation>('tradewind.clickstream.v1.Violation', generated(clickstream.v1.Violation));
export const POST = codec<Post>('tradewind.social.v1.Post', generated(social.v1.Post));
export const SUPPRESSION = codec<Suppression>('tradewind.privacy.v1.Suppression', generated(privacy.v1.Suppression));
export const RECEIPT = codec<Receipt>('tradewind.privacy.v1.Receipt', generated(privacy.v1.Receipt));
export const LINK = codec<Link>('tradewind.identity.v1.Link', generated(identity.v1.Link));
export const ITEM = codec<Item>('tradewind.catalog.v1.Item', generated(catalog.v1.Item));
export const TRANSITION = codec<Transition>('tradewind.segments.v1.Transition', generated(segments.v1.Transition));
export const MEMBERSHIP = codec<Membership>('tradewind.segments.v1.Membership', generated(segments.v1.Membership));
export const DRIFT_ALERT = codec<DriftAlert>('tradewind.segments.v1.DriftAlert', generated(segments.v1.DriftAlert));
export const RANKED_LIST = codec<RankedList>('tradewind.recommendations.v1.RankedList', generated(recommendations.v1.RankedList));
export const RELEASE = codec<Release>('tradewind.models.v1.Release', generated(models.v1.Release));
