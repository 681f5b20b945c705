import { LOG_LEVELS } from '@tradewind/observability';
import { z } from 'zod';
import { integerSetting, listSetting, urlSetting } from './load-config';

const broker = z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'not host:port');

/** What every process understands, beside its services' own settings. */
export const PLATFORM_SETTINGS = z.object({
  KAFKA_BROKERS: listSetting(broker).optional().describe('host:port[,host:port…] of Kafka, or leave it out for the embedded log'),
  REDIS_URL: urlSetting(['redis', 'rediss']).optional().describe('redis://host:port, or leave it out for the store in memory'),
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
});

export type PlatformSettings = z.output<typeof PLATFORM_SETTINGS>;
