import { createHash } from 'node:crypto';
import type { Database } from '@tradewind/persistence';

const SCOPES = ['events', 'catalog', 'posts', 'privacy', 'debug'];

/** What sources may ask of the collector: one asks nothing, the other everything at once. */
const SETTINGS: Readonly<Record<string, object>> = {
  plain: {},
  strict: {
    plan: { id: 'segment-ecommerce', version: 1, mode: 'flag' },
    unplannedEvents: 'flag',
    consent: { categories: { C1: 'analytics' }, gpcDenies: ['advertising'] },
    ip: 'truncate',
    hashFields: ['userId', 'anonymousId', 'traits.email', 'properties.products.*.name'],
    dropFields: ['context.traits', 'traits.phone', 'properties.products.*.price'],
    bots: 'mark',
    internal: { cidrs: ['10.0.0.0/8', '2001:db8::/32'], action: 'mark' },
  },
};

export const FUZZ_KEYS: readonly string[] = Object.keys(SETTINGS).map((sourceId) => `fuzz-${sourceId}`);
/** The strict source hashes fields. */
export const FUZZ_ENV = { INGEST_HASH_KEY: 'only for the fuzz test: 32 bytes and more' } as const;

/** Writes the sources that `FUZZ_KEYS` belong to; their keys may do everything. */
export async function writeFuzzSources({ sources }: Pick<Database, 'sources'>): Promise<void> {
  for (const [sourceId, settings] of Object.entries(SETTINGS)) {
    const hash = createHash('sha256').update(`fuzz-${sourceId}`).digest('hex');
    const key = { hash, scopes: SCOPES, label: 'fuzz', createdAtMs: 0, expiresAtMs: null };
    await sources.upsert({ sourceId, name: sourceId, enabled: true, settings, writeKeys: [key] });
  }
}
