import { integerSetting, listSetting } from '@tradewind/runtime';
import { z } from 'zod';

const sourceAndKey = z.string().regex(/^[a-z0-9-]{1,64}:\S+$/, 'not sourceId:writeKey');

export const SETTINGS = z.object({
  INGEST_WRITE_KEYS: listSetting(sourceAndKey)
    .optional()
    .describe('sourceId:writeKey[,sourceId:writeKey…]; each is stored (hashed) at start, beside what the database has'),
  INGEST_DEFAULT_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, 'not an ISO 4217 code')
    .default('USD')
    .describe('the currency of amounts that name none, e.g. EUR'),
  INGEST_MAX_IN_FLIGHT_BYTES: integerSetting(4 * 1024 * 1024, Number.MAX_SAFE_INTEGER)
    .default(64 * 1024 * 1024)
    .describe('bytes of requests not answered yet, over which new ones get 429; at least 4 MiB'),
  INGEST_TRUSTED_PROXIES: integerSetting(0, 10)
    .default(0)
    .describe('proxies in front of the server: how many entries of X-Forwarded-For, from the right, lead to the client; 0 uses the socket'),
  INGEST_GEO_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('a City or Country file of MaxMind’s format (.mmdb: GeoLite2, DB-IP), to tell country, region and city of public addresses'),
  INGEST_DEDUPLICATION: z
    .enum(['on', 'off'], { error: 'not on or off' })
    .default('on')
    .describe('off publishes repeated messages again; consumers can still tell them by their CloudEvents id'),
  INGEST_MESSAGE_ID_BUCKETS: integerSetting(1, 16_777_216)
    .default(65_536)
    .describe('strings in Redis over which the message ids of a day are spread, the same on all replicas; at best one for 30 to 300 ids'),
  INGEST_SPOOL_DIR: z
    .string()
    .optional()
    .describe(
      'a folder on a lasting disk, of this process alone, that takes events while the log is away; leave it out to answer 503 then',
    ),
  INGEST_SPOOL_MAX_BYTES: integerSetting(1024 * 1024, Number.MAX_SAFE_INTEGER)
    .default(1024 * 1024 * 1024)
    .describe('bytes of the spool, over which requests get 503; at least 1 MiB'),
  INGEST_SOURCES_REFRESH_MS: integerSetting(100, 3_600_000)
    .default(15_000)
    .describe('milliseconds until a withdrawn write key stops working'),
  INGEST_HASH_KEY: z
    .string()
    .refine((text) => Buffer.byteLength(text) >= 32, 'shorter than 32 bytes')
    .optional()
    .describe(
      'a secret of at least 32 random bytes, the same on every replica, e.g. from `openssl rand -base64 32`; it keys hashed fields',
    ),
});

export type Settings = z.output<typeof SETTINGS>;
