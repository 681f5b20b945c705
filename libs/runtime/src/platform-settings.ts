import { LOG_LEVELS } from '@tradewind/observability';
import { z } from 'zod';
import { integerSetting, listSetting, urlSetting } from './load-config';

const broker = z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'not host:port');

/** What every process understands, beside its services' own settings. */
export const PLATFORM_SETTINGS = z.object({
  KAFKA_BROKERS: listSetting(broker).optional().describe('host:port[,host:port…] of Kafka, or leave it out for the embedded log'),
  KAFKA_SSL: z.stringbool('not true or false').default(false).describe('true or false'),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional().describe('plain, scram-sha-256 or scram-sha-512'),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  REDIS_URL: urlSetting(['redis', 'rediss'])
    .optional()
    .describe('redis://host:port, several nodes of a cluster separated by commas, or leave it out for the store in memory'),
  DATABASE_URL: urlSetting(['postgresql', 'postgres'])
    .optional()
    .describe('postgresql://user:password@host:port/database, or leave it out for PGlite'),
  DATA_DIR: z.string().default('.tradewind').describe('a folder that this process may write'),
  HOST: z.string().default('127.0.0.1').describe('the address to listen on, 0.0.0.0 for all'),
  PORT: integerSetting(0, 65_535).default(3000).describe('a port number, 0 for any free one'),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').describe(LOG_LEVELS.join(', ')),
  /** How long servers that are away at start are retried. */
  STARTUP_TIMEOUT_MS: integerSetting(0, 3_600_000).default(60_000).describe('milliseconds, e.g. 60000'),
  /** All of the shutdown; keep it below the orchestrator's own limit (Kubernetes: 30 s). */
  SHUTDOWN_GRACE_MS: integerSetting(100, 3_600_000).default(20_000).describe('milliseconds, e.g. 20000'),
  /** How long requests under way get at shutdown before their connections are cut. */
  HTTP_DRAIN_MS: integerSetting(0, 3_600_000).default(2_000).describe('milliseconds, e.g. 2000'),
});

export type PlatformSettings = z.output<typeof PLATFORM_SETTINGS>;
