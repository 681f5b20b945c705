import { TransitionKind, deterministicId, sourceOfUserKey, type Transition } from '@tradewind/contracts';

/** A track call of Segment's specification as `/v1/batch` takes it. @see https://www.twilio.com/docs/segment/engage/using-engage-data#track-events */
export interface AudienceEvent {
  readonly type: 'track';
  readonly event: 'Audience Entered' | 'Audience Exited';
  readonly userId?: string;
  readonly anonymousId?: string;
  /** The transition's id: the same for a repeat, so that the receiver can drop it. */
  readonly messageId: string;
  /** ISO 8601 UTC, of the event or moment that caused it. */
  readonly timestamp: string;
  readonly properties: Readonly<Record<string, string | boolean>>;
  readonly context: {
    readonly personas: {
      readonly computation_class: 'audience';
      readonly computation_id: string;
      readonly computation_key: string;
      readonly namespace: string;
      readonly space_id: string;
    };
  };
}

/** The transition as Twilio Engage would tell it. `isAnonymous`: the id is that of a visitor who is not known. */
export function toAudienceEvent(transition: Transition, isAnonymous: boolean): AudienceEvent {
  const { transitionId, userKey, segmentId, kind, occurredAtMs } = transition;
  const entered = kind === TransitionKind.TRANSITION_KIND_ENTERED;
  const sourceId = sourceOfUserKey(userKey);
  const id = userKey.slice(sourceId.length + 1);
  const key = audienceKey(segmentId);
  const space = `spa_${sourceId}`;
  return {
    type: 'track',
    event: entered ? 'Audience Entered' : 'Audience Exited',
    ...(isAnonymous ? { anonymousId: id } : { userId: id }),
    messageId: transitionId,
    timestamp: new Date(occurredAtMs).toISOString(),
    properties: { audience_key: key, [key]: entered },
    context: {
      personas: {
        computation_class: 'audience',
        computation_id: `aud_${deterministicId(segmentId).slice(0, 27)}`,
        computation_key: key,
        namespace: space,
        space_id: space,
      },
    },
  };
}

/** The id as Engage writes keys: lower case, digits and underscores. */
function audienceKey(segmentId: string): string {
  return segmentId.toLowerCase().replace(/[^a-z0-9_]/g, '_');
}
