import { createHash } from 'node:crypto';

/** Partition key of everything about one customer of one source: `sourceId:userId`. */
export function userKey(sourceId: string, userId: string): string {
  return `${sourceId}:${userId}`;
}

/** The source part of a user key; source ids hold no colon. */
export function sourceOfUserKey(key: string): string {
  return key.slice(0, key.indexOf(':'));
}

/** The same parts always give the same 32-hex-digit id, so a repeated decision carries a repeated id. */
export function deterministicId(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 32);
}
