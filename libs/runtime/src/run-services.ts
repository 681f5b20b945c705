import type { DynamicModule } from '@nestjs/common';
import type { CustomTransportStrategy, Server } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppError, TOPICS, deadLetterTopic } from '@tradewind/contracts';
import { connectEventLog } from '@tradewind/eventing';
import { closeHttp, createHttpApp, listen } from './http-app';
import { loadConfig, processEnvironment, unknownSettings, type Environment } from './load-config';
import { DEAD_LETTER_TOPICS, openPlatform } from './open-platform';
import type { Platform } from './platform';
import { PLATFORM_SETTINGS, type PlatformSettings } from './platform-settings';
import { BACKINGS, type Backing, type ServiceDefinition } from './service-definition';
import { shutDown, type ShutdownStep } from './shutdown';
import { createEventStrategy } from './event-strategy';

/** What feeds event handlers: Nest's server of a transport of our own. */
export type EventStrategy = Server & CustomTransportStrategy;

export interface RunOptions {
  /** @default the process environment */
  readonly env?: Environment;
  /** Name of the process in logs and metrics. @default the service's name, or 'tradewind' for several */
  readonly name?: string;
  /** Stands for opening one from the settings; it is closed with the services. */
  readonly platform?: Platform;
  /** Ends a start that still waits for a server. */
  readonly signal?: AbortSignal;
  /** Called once when consuming failed for good: the process must end, non-zero, with nothing more committed. */
  readonly onFailure?: (error: unknown) => void;
  /** @default the event log strategy of libs/eventing */
  readonly createStrategy?: (platform: Platform, onFailure: (error: unknown) => void) => EventStrategy;
}

export interface RunningServices {
  /** Base URL of the HTTP server, with the port it really has. */
  readonly url: string;
  readonly platform: Platform;
  /**
   * Stops in order within SHUTDOWN_GRACE_MS: not ready, HTTP drains, consumers drain and commit, modules stop, clients flush
   * and close. Idempotent. @throws SHUTTING_DOWN when a step failed or time ran out
   */
  close(): Promise<void>;
}

/**
 * Runs the services in one process: one Nest application, HTTP server, platform and event strategy. Touches neither signals
 * nor the exit code (`runProcess` does). What was opened is closed again when the start fails.
 * @throws CONFIG_INVALID, PORT_IN_USE, DATA_DIR_LOCKED, TOPIC_MISMATCH, MIGRATION_FAILED, LOG_UNAVAILABLE, STATE_UNAVAILABLE, DATABASE_UNAVAILABLE
 */
export async function runServices(definitions: readonly ServiceDefinition[], options: RunOptions = {}): Promise<RunningServices> {
  const env = options.env ?? processEnvironment();
  const { settings, configs } = loadAllConfigs(definitions, env);
  const name = options.name ?? (definitions.length === 1 ? definitions[0]!.name : 'tradewind');
  const platform = options.platform ?? (await openPlatform(name, settings, { signal: options.signal }));
  warnOfUnknownSettings(definitions, env, platform);
  for (const backing of BACKINGS) if (!isNeeded(backing, definitions)) platform.health.tolerate('readiness', backing);
  const started: Started = { platform, app: null, strategy: null };
  try {
    const url = await start(definitions, configs, settings, options, started);
    platform.logger.info('listening', { url, services: definitions.map((definition) => definition.name) });
    return { url, platform, close: closeOnce(started, settings) };
  } catch (error) {
    await closeAfter(error, started, settings);
    throw error;
  }
}

function isNeeded(backing: Backing, definitions: readonly ServiceDefinition[]): boolean {
  return definitions.some(({ needs = BACKINGS }) => needs.includes(backing));
}

/** What there is to stop, filled while starting. */
interface Started {
  readonly platform: Platform;
  app: NestFastifyApplication | null;
  strategy: EventStrategy | null;
}

type Config = Record<string, unknown>;

/** All settings are checked in one go, so a wrong start tells everything that is wrong. */
function loadAllConfigs(definitions: readonly ServiceDefinition[], env: Environment): { settings: PlatformSettings; configs: Config[] } {
  const merged = definitions.reduce(
    (schema, { settings }) => schema.extend(settings.shape),
    PLATFORM_SETTINGS as ServiceDefinition['settings'],
  );
  loadConfig(merged, env);
  return { settings: loadConfig(PLATFORM_SETTINGS, env), configs: definitions.map(({ settings }) => loadConfig(settings, env)) };
}

function warnOfUnknownSettings(definitions: readonly ServiceDefinition[], env: Environment, { logger }: Platform): void {
  const known = [PLATFORM_SETTINGS, ...definitions.map(({ settings }) => settings)].flatMap(({ shape }) => Object.keys(shape));
  const names = unknownSettings(known, env);
  if (names.length > 0) logger.warn('settings that nothing here reads', { names });
}

async function start(
  definitions: readonly ServiceDefinition[],
  configs: readonly Config[],
  settings: PlatformSettings,
  options: RunOptions,
  started: Started,
): Promise<string> {
  const { platform } = started;
  const modules: DynamicModule[] = [];
  for (const [i, definition] of definitions.entries()) {
    modules.push(await definition.createModule(forService(platform, definition.name), configs[i]!));
  }
  started.app = await createHttpApp(modules, platform);
  started.strategy = (options.createStrategy ?? createEventStrategy)(platform, failOnce(options.onFailure, platform));
  connectEventLog(started.app, started.strategy);
  await started.app.init();
  assertDeadLetterTopics(started.strategy);
  await started.app.startAllMicroservices();
  return listen(started.app, settings.HOST, settings.PORT);
}

/** @throws Error when a topic is consumed that `openPlatform` makes no dead-letter topic for: its first poison record would end the process */
function assertDeadLetterTopics(strategy: EventStrategy): void {
  const missing = Object.values(TOPICS).filter(
    (topic) => strategy.getHandlers().has(topic.name) && !DEAD_LETTER_TOPICS.some(({ name }) => name === deadLetterTopic(topic).name),
  );
  if (missing.length > 0)
    throw new Error(`consumed without a dead-letter topic: ${missing.map(({ name }) => name).join(', ')}; add it in open-platform.ts`);
}

/** The same platform, speaking in the service's name. */
function forService(platform: Platform, name: string): Platform {
  const { log, gate, state, database, health, now, dataDir, openMessageIds } = platform;
  const [logger, metrics] = [platform.logger.child({ service: name }), platform.metrics.forService(name)];
  return { log, gate, state, database, health, now, dataDir, openMessageIds, logger, metrics, close: () => platform.close() };
}

function failOnce(onFailure: RunOptions['onFailure'], { logger }: Platform): (error: unknown) => void {
  let failed = false;
  return (error) => {
    logger.error('consuming failed for good', { error });
    if (!failed) onFailure?.(error);
    failed = true;
  };
}

function closeOnce(started: Started, settings: PlatformSettings): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= shutDown(shutdownSteps(started, settings), settings.SHUTDOWN_GRACE_MS, started.platform.logger));
}

function shutdownSteps({ platform, app, strategy }: Started, settings: PlatformSettings): ShutdownStep[] {
  return [
    {
      name: 'readiness',
      run: async () => void platform.health.register('readiness', 'shutdown', () => ({ reason: 'shutting down' })),
    },
    { name: 'http', run: async () => void (app && (await closeHttp(app, settings.HTTP_DRAIN_MS))) },
    { name: 'consumers', run: async () => void (await strategy?.close()) },
    { name: 'modules', run: async () => void (await app?.close()) },
    { name: 'platform', run: () => platform.close() },
  ];
}

/** Cleans up after a failed start; the start's error is the one to tell, so a failing clean-up is logged only. */
async function closeAfter(error: unknown, started: Started, settings: PlatformSettings): Promise<void> {
  try {
    await closeOnce(started, settings)();
  } catch (cleanUpError) {
    if (!(cleanUpError instanceof AppError)) throw new AggregateError([error, cleanUpError], 'starting and cleaning up failed');
    started.platform.logger.warn('clean-up after the failed start was not clean', { error: cleanUpError });
  }
}
