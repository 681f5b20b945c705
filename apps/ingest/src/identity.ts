import { EventType } from '@tradewind/contracts';
import { Fault, invalid } from './fault';

const MAX_ID_LENGTH = 255;
const CONTROL = /[\u0000-\u001f\u007f]/;

export interface Identity {
  /** Each is '' when the event carries none. */
  readonly userId: string;
  readonly anonymousId: string;
  readonly previousId: string;
  readonly groupId: string;
}

/** Text or number as text, '' when absent. Numbers that a double cannot hold exactly are refused: two customers could become one. */
export function readId(value: unknown, field: string, maxLength = MAX_ID_LENGTH): string | Fault {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
      ? String(value)
      : invalid(`${field} is a number too large to be exact; send it as text`);
  }
  if (typeof value !== 'string') return invalid(`${field} must be text or a number`);
  if (value.length > maxLength) return invalid(`${field} is longer than ${maxLength} characters`);
  return CONTROL.test(value) ? invalid(`${field} holds control characters`) : value;
}

/**
 * Who an event is about: userId or anonymousId; an alias needs the userId and the id it replaces, a group call its groupId as well.
 * @see https://segment.com/docs/connections/spec/common/
 */
export function readIdentity(type: EventType, event: Readonly<Record<string, unknown>>): Identity | Fault {
  const userId = readId(event['userId'], 'userId');
  if (userId instanceof Fault) return userId;
  const anonymousId = readId(event['anonymousId'], 'anonymousId');
  if (anonymousId instanceof Fault) return anonymousId;
  const previousId = type === EventType.EVENT_TYPE_ALIAS ? readId(event['previousId'], 'previousId') : '';
  if (previousId instanceof Fault) return previousId;
  const groupId = type === EventType.EVENT_TYPE_GROUP ? readId(event['groupId'], 'groupId') : '';
  if (groupId instanceof Fault) return groupId;

  if (type === EventType.EVENT_TYPE_ALIAS) {
    const replaced = previousId || anonymousId;
    if (!userId || !replaced) return new Fault('IDENTITY_MISSING', 'an alias call needs userId and previousId');
    return { userId, anonymousId, previousId: replaced, groupId };
  }
  if (!userId && !anonymousId) return new Fault('IDENTITY_MISSING', 'neither userId nor anonymousId is given');
  if (type === EventType.EVENT_TYPE_GROUP && !groupId) return new Fault('IDENTITY_MISSING', 'a group call needs groupId');
  return { userId, anonymousId, previousId, groupId };
}
