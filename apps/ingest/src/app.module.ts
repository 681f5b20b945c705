import { Inject, Module, type DynamicModule, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BODY_LIMIT_BYTES, defineService, type Platform } from '@tradewind/runtime';
import type { FastifyInstance } from 'fastify';
import { SETTINGS, type Settings } from './config';
import { createDebugView } from './debug/debug-view';
import { createEnrichers } from './enrich/enrich';
import { createInFlight } from './in-flight';
import { openStages, type OpenedStages } from './open-stages';
import { createCollector, type CollectorStages } from './pipeline';
import { createTrackingPlans } from './plan/tracking-plans';
import { createHasher } from './privacy/hash';
import { createPolicies } from './privacy/policy';
import { createSuppress } from './privacy/suppress';
import { mirrorSuppressions, type MirroredSuppressions } from './privacy/suppression-list';
import { createRateLimiter } from './rate-limiter';
import { registerRoutes, type RouteDeps } from './routes';
import { assertNothingHashed, createSourceDirectory, ensureSource, type SourceDirectory } from './sources';

export { judgeEvent } from './judge';
export { judgeItem } from './items';
export { judgePost } from './posts/judge-post';
export { eventRecord } from './outputs';
export { compilePlan } from './plan/compile-plan';
export { createDraft, type DraftOptions, type DraftedEvent } from './plan/draft-plan';
export { parsePlan, type PlanDefaults } from './plan/parse-plan';
export { createPlanChecker } from './plan/plan-checker';
export { planName, type PlanDocument } from './plan/plan-document';
export { BUILT_IN_PLANS, readPlan } from './plan/tracking-plans';
export { createHasher } from './privacy/hash';
export { createSuppress, parseSuppressionRequest, type RegulationName, type SuppressionReceipt } from './privacy/suppress';
export { isSuppressing, mirrorSuppressions } from './privacy/suppression-list';
export { assertSourceId, ensureSource, readSettings } from './sources';
export { DEFAULT_SCOPES, SCOPES, createWriteKey, parseScopes, storedKey, type Scope } from './write-keys';

const ROUTES = Symbol('collector routes');
const SOURCES = Symbol('source directory');
const SUPPRESSIONS = Symbol('suppressions');
const STAGES = Symbol('opened stages');

@Module({})
class IngestModule implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly host: HttpAdapterHost,
    @Inject(ROUTES) private readonly routes: RouteDeps,
    @Inject(SOURCES) private readonly sources: SourceDirectory,
    @Inject(SUPPRESSIONS) private readonly suppressions: MirroredSuppressions,
    @Inject(STAGES) private readonly stages: OpenedStages,
  ) {}

  onModuleInit(): void {
    registerRoutes(this.host.httpAdapter.getInstance() as FastifyInstance, this.routes);
  }

  async onModuleDestroy(): Promise<void> {
    this.sources.stop();
    await this.suppressions.stop();
    await this.stages.close();
  }
}

/** The collector: HTTP in, events on the log. */
/** Without Redis repeats are not told apart, without PostgreSQL the sources known so far hold: events are taken all the same. */
export const ingest = defineService({ name: 'ingest', settings: SETTINGS, needs: ['log'], createModule });

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
  // From here on known keys work without the database.
  await sources.refresh();
  metrics.gauge({
    name: 'tradewind_ingest_source_settings_wrong',
    help: 'Enabled sources whose stored settings are wrong and not in use',
    collect: (gauge) => gauge.set(sources.faults.size),
  });
  const hash = hashKey === undefined ? undefined : createHasher(hashKey);
  // Before the first request: a collector that does not know yet who is suppressed would take what it must not.
  const suppressions = await mirrorSuppressions(log, logger);
  observeSuppressions(platform, suppressions);
  const opened = await openStages(platform, settings);
  const debug = createDebugView(now);
  const stages: CollectorStages = {
    policyOf: createPolicies({ hash, enricherOf: createEnrichers(settings.INGEST_GEO_FILE) }),
    planOf: ({ sourceId }) => plans.of(sourceId),
    messageIds: opened.messageIds,
    suppressions,
    identity: opened.identity,
    limiter: createRateLimiter(now),
    observe: (source, entries) => debug.observe(source, entries),
  };
  const collect = createCollector({
    log: opened.log,
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
  const suppress = createSuppress({ log, suppressions, now, hash });
  const routes: RouteDeps = { collect, log: opened.log, sources, inFlight, debug, suppress, trustedProxies, metrics, logger };
  return {
    module: IngestModule,
    providers: [
      { provide: ROUTES, useValue: routes },
      { provide: SOURCES, useValue: sources },
      { provide: SUPPRESSIONS, useValue: suppressions },
      { provide: STAGES, useValue: opened },
    ],
  };
}

function observeSuppressions({ metrics }: Platform, suppressions: MirroredSuppressions): void {
  metrics.gauge({
    name: 'tradewind_ingest_suppressed_ids',
    help: 'Ids of persons that are not collected',
    collect: (gauge) => gauge.set(suppressions.size),
  });
  metrics.gauge({
    name: 'tradewind_ingest_suppressions_stale',
    help: '1 while new suppressions cannot be learnt of, because the log is away',
    collect: (gauge) => gauge.set(suppressions.failure === null ? 0 : 1),
  });
}
