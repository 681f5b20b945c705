import { createHash, randomBytes } from 'node:crypto';
import { AppError } from '@tradewind/contracts';
import type { WriteKey } from '@tradewind/persistence';

/** What a write key may do: send events, items or posts; ask for suppression; see what became of what was sent. */
export const SCOPES = ['events', 'catalog', 'posts', 'privacy', 'debug'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a browser's key needs: it is public, so it may neither suppress people nor look at events. */
export const DEFAULT_SCOPES: readonly Scope[] = ['events', 'catalog', 'posts'];

const KEY_BYTES = 24;

/** A new key of 192 random bits. The prefix lets people and scanners of leaked secrets recognise it. */
export function createWriteKey(): string {
  return `tw_${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/**
 * Hex SHA-256, the only form in which a write key is stored. A fast hash without salt is enough because a key is 192 random bits: there is
 * nothing to guess or to look up in a table, and each request with an unknown key costs a microsecond and not a slow hash.
 */
export function hashWriteKey(writeKey: string): string {
  return createHash('sha256').update(writeKey).digest('hex');
}

/** As it is stored. */
export function storedKey(writeKey: string, key: Pick<WriteKey, 'label' | 'createdAtMs'> & { scopes: readonly Scope[] }): WriteKey {
  return { hash: hashWriteKey(writeKey), expiresAtMs: null, ...key };
}

/** @throws CONFIG_INVALID that names the scope and those there are */
export function parseScopes(names: readonly string[]): readonly Scope[] {
  const unknown = names.find((name) => !isScope(name));
  if (unknown !== undefined || names.length === 0)
    throw new AppError('CONFIG_INVALID', `scope ${JSON.stringify(unknown ?? '')} is not known: use ${SCOPES.join(', ')}`);
  return [...new Set(names.filter(isScope))];
}

export function isScope(name: string): name is Scope {
  return (SCOPES as readonly string[]).includes(name);
}
