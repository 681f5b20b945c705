import './faster-kafkajs';
import { Kafka, logLevel, type KafkaConfig, type LogEntry } from 'kafkajs';
import type { Logger } from '@tradewind/observability';

/** How to reach the brokers. Secrets stay in here: nothing of it is ever logged. */
export interface KafkaConnection {
  /** `host:port` of some brokers; the rest is discovered. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** TLS to the brokers. @default false */
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: KafkaConfig['sasl'];
}

/** One request is tried for about three seconds before it fails; what to do then is the caller's policy. */
export const KAFKA_RETRY = { initialRetryTime: 100, maxRetryTime: 1_600, retries: 5 } as const;

/** A kafkajs client whose log lines go to `logger`. */
export function createKafkaClient(connection: KafkaConnection, logger: Logger): Kafka {
  return new Kafka({
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    ssl: connection.ssl,
    sasl: connection.sasl,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: KAFKA_RETRY,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => forwardLog(logger, entry),
  });
}

const LOGGED_FIELDS = ['error', 'groupId', 'memberId', 'topic', 'partition', 'broker', 'retryCount', 'retryTime'] as const;

/** kafkajs reports what it retries as errors; here they are warnings, because the outcome is reported by whoever asked. */
function forwardLog(logger: Logger, { level, namespace, log }: LogEntry): void {
  const fields = Object.fromEntries(LOGGED_FIELDS.filter((name) => log[name] !== undefined).map((name) => [name, log[name] as unknown]));
  const write = level === logLevel.ERROR ? 'warn' : 'debug';
  logger[write]('kafka client', { ...fields, component: namespace, event: log.message });
}
