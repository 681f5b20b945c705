import { randomBytes } from 'node:crypto';

/** A name no other test run uses: for topics, groups, keys. Letters, digits and dashes only (given such a prefix). */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}
