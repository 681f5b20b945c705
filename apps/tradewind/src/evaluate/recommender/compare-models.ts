import {
  bootstrapMeans,
  describeItems,
  fitLearnedHybrid,
  measureLists,
  METRIC_NAMES,
  rankCases,
  rankWithHybrid,
  sequenceCount,
  type Interval,
  type LearnedHybrid,
  type MatrixProducts,
  type MetricName,
  type RankedLists,
  type RankingQuality,
  type SequenceScorer,
} from '@tradewind/learning';
import type { FitTools, ModelFactory } from './models';
import { sampleCases, type Protocol } from './protocols';
import { forgetFits } from './remembered-fits';

export interface CompareOptions {
  readonly protocol: Protocol;
  readonly factories: readonly ModelFactory[];
  readonly products: MatrixProducts;
  readonly seed: number;
  readonly resamples: number;
  /** Whether settings are searched; the defaults serve else. */
  readonly search: boolean;
  readonly hybrid: boolean;
  readonly details?: { readonly prices?: Float32Array; readonly categories?: Int32Array };
  readonly onProgress: (note: string) => void;
}

/** A model on the test cases. */
export interface ModelReport extends Readonly<Record<MetricName | 'coverage', number>> {
  /** 95 % bootstrap intervals over the cases. */
  readonly intervals: Readonly<Partial<Record<MetricName, Interval>>>;
  /** As chosen on the validation cases. */
  readonly settings: object;
  /** The protocol's metric on the validation cases; optimistic. */
  readonly validation: number;
  /** Of the last fit; of the hybrid: of learning it. */
  readonly fitSeconds: number;
}

export interface Comparison {
  readonly models: Readonly<Record<string, ModelReport>>;
  /** Name of the single model that is best on the validation cases. */
  readonly bestSingle: string;
  readonly best: string;
  /** The hybrid's metric less that of the single model that is best on the test cases, over the same cases. */
  readonly gain: {
    readonly over: string;
    readonly metric: MetricName;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  } | null;
}

/** Cases that a search looks at, at most. */
const SEARCH_CASES = 2000;
/** Metrics with intervals; each costs resamples × cases. */
const WITH_INTERVAL: readonly MetricName[] = ['hr10', 'ndcg10', 'hr20', 'ndcg20', 'mrr20'];
const HYBRID = 'hybrid';
/** Many right items and a deep metric need more candidates. */
const HYBRID_SIZES = { usual: { perComponent: 60, learnedPerCase: 60 }, deep: { perComponent: 150, learnedPerCase: 200 } };

interface Fitted {
  readonly name: string;
  readonly factory: ModelFactory;
  readonly settings: object;
  readonly validation: number;
  scorer: SequenceScorer;
  fitSeconds: number;
}

/**
 * Chooses each model's settings on the validation cases, learns the hybrid there, fits the models again on all of the training data where the
 * validation cases were cut from it, and measures everything once on the test cases.
 */
export async function compareModels(options: CompareOptions): Promise<Comparison> {
  const { protocol, factories } = options;
  const fitted: Fitted[] = [];
  for (const factory of factories) fitted.push(await choose(factory, options));
  // The hybrid goes on with the list of the first where its candidates run out.
  fitted.sort((a, b) => b.validation - a.validation);
  const hybrid = options.hybrid && fitted.length > 1 ? await learnHybrid(fitted, options) : null;
  if (protocol.test.train !== protocol.validation.train) for (const model of fitted) await refit(model, options);
  forgetFits();
  const { lists, ranked } = await rankTest(fitted, hybrid, options);
  const qualities = new Map(fitted.map(({ name }, at) => [name, measureLists(protocol.test.cases, lists[at]!)]));
  const models: Record<string, ModelReport> = {};
  for (const { name } of factories) {
    const model = fitted.find((one) => one.name === name)!;
    models[name] = reportOf(qualities.get(name)!, model, options);
  }
  const singles = fitted.filter(({ factory }) => !factory.isHybrid);
  const bestSingle = (singles.length > 0 ? singles : fitted).reduce((a, b) => (b.validation > a.validation ? b : a)).name;
  let gain: Comparison['gain'] = null;
  if (hybrid !== null && ranked !== null) {
    const quality = measureLists(protocol.test.cases, ranked);
    const { ranker } = hybrid.model;
    const settings = { components: fitted.map(({ name }) => name), trees: ranker.trees.length, loss: ranker.validation };
    models[HYBRID] = reportOf(quality, { settings, validation: NaN, fitSeconds: hybrid.seconds }, options);
    gain = gainOf(quality, new Map(singles.map(({ name }) => [name, qualities.get(name)!])), options);
  }
  const best = Object.entries(models).reduce((a, b) => (b[1][protocol.metric] > a[1][protocol.metric] ? b : a))[0];
  for (const { factory, scorer } of fitted) await factory.release?.(scorer);
  return { models, bestSingle, best, gain };
}

async function choose(factory: ModelFactory, options: CompareOptions): Promise<Fitted> {
  const { train, cases } = options.protocol.validation;
  const sample = sampleCases(cases, SEARCH_CASES, options.seed);
  let best: Fitted | undefined;
  const attempt = async (settings: object): Promise<void> => {
    const startMs = performance.now();
    const tools: FitTools = {
      seed: options.seed,
      products: options.products,
      validation: cases,
      onProgress: (fraction) => options.onProgress(`${factory.name} ${Math.round(100 * fraction)} %`),
    };
    const scorer = await factory.fit(train, settings, tools);
    const fitSeconds = (performance.now() - startMs) / 1000;
    const [list] = await rankCases(sample, [scorer]);
    const validation = measureLists(sample, list!).metrics[options.protocol.metric];
    options.onProgress(`${factory.name} ${JSON.stringify(settings)}: ${validation.toFixed(4)}`);
    const isBetter = best === undefined || validation > best.validation;
    const loser = isBetter ? best?.scorer : scorer;
    if (loser !== undefined) await factory.release?.(loser);
    if (isBetter) best = { name: factory.name, factory, settings, validation, scorer, fitSeconds };
  };
  await attempt(factory.defaults);
  for (const stage of options.search ? factory.stages : []) {
    const { settings } = best!;
    for (const change of stage) await attempt({ ...settings, ...change });
  }
  return best!;
}

async function refit(model: Fitted, { protocol, seed, products, onProgress }: CompareOptions): Promise<void> {
  const { factory, settings } = model;
  await factory.release?.(model.scorer);
  const startMs = performance.now();
  const tools: FitTools = {
    seed,
    products,
    onProgress: (fraction) => onProgress(`${factory.name} on all ${Math.round(100 * fraction)} %`),
  };
  model.scorer = await factory.fit(protocol.test.train, settings, tools);
  model.fitSeconds = (performance.now() - startMs) / 1000;
}

async function learnHybrid(fitted: readonly Fitted[], options: CompareOptions): Promise<{ model: LearnedHybrid; seconds: number }> {
  const { protocol, seed, details, onProgress } = options;
  onProgress('learning the hybrid');
  const startMs = performance.now();
  const context = describeItems(protocol.validation.train, details);
  const model = await fitLearnedHybrid(protocol.validation.cases, fitted, context, {
    seed,
    ...HYBRID_SIZES[protocol.metric === 'ndcg100' ? 'deep' : 'usual'],
  });
  return { model, seconds: (performance.now() - startMs) / 1000 };
}

async function rankTest(
  fitted: readonly Fitted[],
  hybrid: { readonly model: LearnedHybrid } | null,
  { protocol, details, onProgress }: CompareOptions,
): Promise<{ lists: readonly RankedLists[]; ranked: RankedLists | null }> {
  const progress = (fraction: number): void => onProgress(`test cases ${Math.round(100 * fraction)} %`);
  const scorers = fitted.map(({ scorer }) => scorer);
  if (hybrid === null) return { lists: await rankCases(protocol.test.cases, scorers, { onProgress: progress }), ranked: null };
  const context = describeItems(protocol.test.train, details);
  const { components, hybrid: ranked } = await rankWithHybrid(protocol.test.cases, fitted, {
    hybrid: hybrid.model,
    context,
    depth: 100,
    onProgress: progress,
  });
  return { lists: components, ranked };
}

function reportOf(
  { metrics, coverage, byCase }: RankingQuality,
  { settings, validation, fitSeconds }: Pick<Fitted, 'settings' | 'validation' | 'fitSeconds'>,
  { seed, resamples }: CompareOptions,
): ModelReport {
  const columns = WITH_INTERVAL.map((name) => byCase[METRIC_NAMES.indexOf(name)]!);
  const found = bootstrapMeans(columns, { seed, resamples });
  const intervals = Object.fromEntries(WITH_INTERVAL.map((name, at) => [name, found[at]!]));
  return { ...metrics, coverage, intervals, settings, validation, fitSeconds };
}

function gainOf(
  hybrid: RankingQuality,
  singles: ReadonlyMap<string, RankingQuality>,
  { protocol, seed, resamples }: CompareOptions,
): Comparison['gain'] {
  const { metric } = protocol;
  if (singles.size === 0) return null;
  const [over, single] = [...singles].reduce((a, b) => (b[1].metrics[metric] > a[1].metrics[metric] ? b : a));
  const at = METRIC_NAMES.indexOf(metric);
  const differences = hybrid.byCase[at]!.map((value, c) => value - single.byCase[at]![c]!);
  return {
    over,
    metric,
    value: hybrid.metrics[metric] - single.metrics[metric],
    ...bootstrapMeans([differences], { seed, resamples })[0]!,
  };
}

/** How many cases a protocol asks. */
export function caseCount({ test }: Protocol): number {
  return sequenceCount(test.cases.histories);
}
