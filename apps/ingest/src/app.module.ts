import { Inject, Module, type DynamicModule, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BODY_LIMIT_BYTES, defineService, type Platform } from '@tradewind/runtime';
import type { FastifyInstance } from 'fastify';
import { SETTINGS, type Settings } from './config';
import { createDebugView } from './debug/debug-view';
import { createInFlight } from './in-flight';
import { createCollector, type CollectorStages } from './pipeline';
import { createTrackingPlans } from './plan/tracking-plans';
import { createHasher } from './privacy/hash';
import { createPolicies } from './privacy/policy';
import { createRateLimiter } from './rate-limiter';
import { registerRoutes, type RouteDeps } from './routes';
import { assertNothingHashed, createSourceDirectory, ensureSource, type SourceDirectory } from './sources';

export { judgeEvent } from './judge';
export { eventRecord } from './outputs';
export { ensureSource } from './sources';

const ROUTES = Symbol('collector routes');
const SOURCES = Symbol('source directory');

@Module({})
class IngestModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(ROUTES) private readonly routes: RouteDeps,
    @Inject(SOURCES) private readonly sources: SourceDirectory,
  ) {}

  onModuleInit(): void {
    registerRoutes(this.host.httpAdapter.getInstance() as FastifyInstance, this.routes);
  }

  onModuleDestroy(): void {
    this.sources.stop();
  }
}

/** The collector: HTTP in, events on the log. */
export const ingest = defineService({ name: 'ingest', settings: SETTINGS, createModule });

async function createModule(platform: Platform, settings: Settings): Promise<DynamicModule> {
  const { log, database, logger, metrics, now } = platform;
  for (const entry of settings.INGEST_WRITE_KEYS ?? []) {
    const colon = entry.indexOf(':');
    const [sourceId, writeKey] = [entry.slice(0, colon), entry.slice(colon + 1)];
    await ensureSource(database.sources, { sourceId, name: sourceId, writeKey });
  }
  const hashKey = settings.INGEST_HASH_KEY;
  if (hashKey === undefined) await assertNothingHashed(database.sources);
  const plans = createTrackingPlans({ repository: database.plans, logger, metrics });
  const sources = createSourceDirectory({
    repository: database.sources,
    logger,
    now,
    refreshMs: settings.INGEST_SOURCES_REFRESH_MS,
    canHash: hashKey !== undefined,
    prepare: (all) => plans.prepare(all),
  });
  metrics.gauge({
    name: 'tradewind_ingest_source_settings_wrong',
    help: 'Enabled sources whose stored settings are wrong and not in use',
    collect: (gauge) => gauge.set(sources.faults.size),
  });
  const debug = createDebugView(now);
  const stages: CollectorStages = {
    planOf: ({ sourceId }) => plans.of(sourceId),
    limiter: createRateLimiter(now),
    observe: (source, entries) => debug.observe(source, entries),
  };
  const collect = createCollector({
    log,
    sources,
    now,
    defaultCurrency: settings.INGEST_DEFAULT_CURRENCY,
    maxRequestBytes: BODY_LIMIT_BYTES,
    ...stages,
  });
  const inFlight = createInFlight(settings.INGEST_MAX_IN_FLIGHT_BYTES);
  metrics.gauge({
    name: 'tradewind_ingest_in_flight_bytes',
    help: 'Bytes of requests not answered yet',
    collect: (gauge) => gauge.set(inFlight.bytes),
  });
  const trustedProxies = settings.INGEST_TRUSTED_PROXIES;
  const routes: RouteDeps = { collect, log, sources, inFlight, debug, trustedProxies, metrics, logger };
  return {
    module: IngestModule,
    providers: [
      { provide: ROUTES, useValue: routes },
      { provide: SOURCES, useValue: sources },
    ],
  };
}
