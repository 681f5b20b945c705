import { createMatrixProducts } from '@tradewind/inference';
import type { MatrixProducts } from '@tradewind/learning';
import type { Output } from '../../command';
import { UsageError } from '../../command';
import { caseCount, compareModels, type Comparison } from './compare-models';
import { factoriesFor, type ModelFactory } from './models';
import { neuralFactories, type NeuralOptions } from './neural-models';
import { runEaseReference, type EaseReference } from './ease-reference';
import type { LearnedWeights } from './event-weights';
import { measureNewItems, type NewItemsReport } from './new-items';
import { openProtocol } from './open-protocol';
import { sampleCases, type Protocol } from './protocols';
import { PUBLISHED, type PublishedFigures } from './published';

export interface RecommenderOptions {
  readonly protocol: Protocol['name'];
  /** Of every protocol but `fixed`. */
  readonly interactions?: string;
  readonly columns: readonly string[];
  readonly itemPattern?: string;
  readonly minRating?: number;
  /** Of `fixed`. */
  readonly train?: string;
  readonly test?: string;
  /** Whether the fixed files hold sessions. */
  readonly sessions: boolean;
  /** Share of the time, or of the users, held out. */
  readonly heldOut: number;
  /** Names of the models to compare; all without. */
  readonly models: readonly string[];
  readonly hybrid: boolean;
  readonly search: boolean;
  /** Test cases that are measured, a seeded choice; all without. */
  readonly maxCases?: number;
  readonly seed: number;
  readonly resamples: number;
  /** What kinds of events count, `VIEW=1,LIKE=3`, or `learn`; without: alike. Of the time protocol. */
  readonly eventWeights?: string;
  /** Compare EASE with numpy's, where Python has it. */
  readonly reference: boolean;
  /** Name of a table of published figures to print beside. */
  readonly beside?: string;
  readonly threads: number;
  /** Whether neural models are compared where no models are named: a fit takes minutes to an hour. */
  readonly neural: boolean;
  readonly neuralSettings?: NeuralOptions['neuralSettings'];
  /** Of one fit of a neural model. */
  readonly maxMinutes?: number;
  /** Folder where runs of neural models are kept and resumed. */
  readonly runs?: string;
  readonly output: Pick<Output, 'note' | 'progress'>;
}

/** JSON of `evaluate recommender`. */
export interface RecommenderReport extends Comparison {
  readonly protocol: Protocol['name'];
  /** Users, or with sessions cases, that were measured. */
  readonly users: number;
  readonly items: number;
  readonly trainEvents: number;
  readonly seconds: number;
  readonly published: PublishedFigures | null;
  /** With `--reference`, for the penalty that was chosen. */
  readonly reference: EaseReference | null;
  /** With `--event-weights`. */
  readonly eventWeights: LearnedWeights | null;
  /** How items that nobody had taken before are ranked among themselves; null where there are none or no text. */
  readonly newItems: NewItemsReport | null;
}

/**
 * Models and their hybrid on a data set by one of the field's protocols. All settings are chosen on a validation part of the training data.
 * @throws FILE_INVALID, and UsageError where options do not fit together
 */
export async function evaluateRecommender(options: RecommenderOptions): Promise<RecommenderReport> {
  const startMs = performance.now();
  const published = options.beside === undefined ? null : publishedFigures(options.beside);
  const products = createMatrixProducts({ intraOp: options.threads });
  const progress = options.output.progress({ label: `evaluating (${options.protocol})` });
  try {
    const report = await evaluate(options, products, (note) => progress.update(0, note));
    return { ...report, seconds: (performance.now() - startMs) / 1000, published };
  } finally {
    progress.finish();
    await products.close();
  }
}

async function evaluate(
  options: RecommenderOptions,
  products: MatrixProducts,
  onProgress: (note: string) => void,
): Promise<Omit<RecommenderReport, 'seconds' | 'published'>> {
  const { protocol: whole, details, texts, eventWeights = null } = await openProtocol(options, products);
  const protocol = options.maxCases === undefined ? whole : withFewerCases(whole, options.maxCases, options.seed);
  const neural = neuralFactories(protocol, {
    ...options,
    metric: protocol.metric,
    onEpoch: (name, { epoch, loss, validation }) =>
      options.output.note(`${name} epoch ${epoch}: loss ${loss.toFixed(4)}, ${protocol.metric} ${validation?.toFixed(4) ?? '-'}`),
  });
  const quick = factoriesFor(protocol, { weighted: eventWeights !== null, ...(texts && { texts }) });
  const all = options.neural || options.models.length > 0 ? [...quick, ...neural] : quick;
  const factories = chooseModels(all, options.models);
  const comparison = await compareModels({ ...options, protocol, factories, products, details, onProgress });
  const { train } = protocol.test;
  const lambda = (comparison.models['ease']?.settings as { lambda: number } | undefined)?.lambda;
  const onMissing = (reason: string): void => options.output.note(reason);
  return {
    protocol: protocol.name,
    users: caseCount(protocol),
    items: train.itemCount,
    trainEvents: train.items.length,
    ...comparison,
    reference: options.reference && lambda !== undefined ? await runEaseReference(protocol, lambda, onMissing) : null,
    eventWeights,
    newItems: texts === undefined ? null : await measureNewItems(protocol, texts),
  };
}

function withFewerCases(protocol: Protocol, count: number, seed: number): Protocol {
  return { ...protocol, test: { ...protocol.test, cases: sampleCases(protocol.test.cases, count, seed) } };
}

function chooseModels(factories: readonly ModelFactory[], names: readonly string[]): readonly ModelFactory[] {
  for (const name of names) {
    if (!factories.some((factory) => factory.name === name))
      throw new UsageError('--models', name, `this protocol has ${factories.map((factory) => factory.name).join(', ')}`);
  }
  return names.length === 0 ? factories : factories.filter(({ name }) => names.includes(name));
}

function publishedFigures(name: string): PublishedFigures {
  const found = PUBLISHED[name];
  if (found === undefined) throw new UsageError('--beside', name, `there are ${Object.keys(PUBLISHED).join(', ')}`);
  return found;
}
