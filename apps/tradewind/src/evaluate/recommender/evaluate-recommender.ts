import { createMatrixProducts } from '@tradewind/inference';
import { sampleCases } from './protocols';
import type { Output } from '../../command';
import { UsageError } from '../../command';
import { caseCount, compareModels, type Comparison } from './compare-models';
import { factoriesFor, type ModelFactory } from './models';
import { neuralFactories } from './neural-models';
import { fixedLists, leaveOneOut, sessionProtocol, sessionSplit, strongGeneralization, timeSplit, type Protocol } from './protocols';
import { PUBLISHED, type PublishedFigures } from './published';
import { asSequences, readSessionLines, readTestCases, readUserLines, type ItemNumbers } from './read-fixed';
import { readInteractions, type Interactions } from './read-interactions';

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
  /** Name of a table of published figures to print beside. */
  readonly beside?: string;
  readonly threads: number;
  /** Whether neural models are compared where no models are named: a fit takes minutes to an hour. */
  readonly neural: boolean;
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
}

/** Validation cases of sessions, at most. */
const MAX_VALIDATION = 8000;

/**
 * Models and their hybrid on a data set by one of the field's protocols. All settings are chosen on a validation part of the training data.
 * @throws FILE_INVALID, and UsageError where options do not fit together
 */
export async function evaluateRecommender(options: RecommenderOptions): Promise<RecommenderReport> {
  const startMs = performance.now();
  const published = options.beside === undefined ? null : publishedFigures(options.beside);
  const { protocol: whole, details } = await openProtocol(options);
  const protocol = options.maxCases === undefined ? whole : withFewerCases(whole, options.maxCases, options.seed);
  const neural = neuralFactories(protocol, {
    ...options,
    metric: protocol.metric,
    onEpoch: (name, { epoch, loss, validation }) =>
      options.output.note(`${name} epoch ${epoch}: loss ${loss.toFixed(4)}, ${protocol.metric} ${validation?.toFixed(4) ?? '-'}`),
  });
  const quick = factoriesFor(protocol);
  const all = options.neural || options.models.length > 0 ? [...quick, ...neural] : quick;
  const factories = chooseModels(all, options.models);
  const products = createMatrixProducts({ intraOp: options.threads });
  const progress = options.output.progress({ label: `evaluating (${protocol.name})` });
  try {
    const comparison = await compareModels({
      ...options,
      protocol,
      factories,
      products,
      details,
      onProgress: (note) => progress.update(0, note),
    });
    const { train } = protocol.test;
    return {
      protocol: protocol.name,
      users: caseCount(protocol),
      items: train.itemCount,
      trainEvents: train.items.length,
      ...comparison,
      seconds: (performance.now() - startMs) / 1000,
      published,
    };
  } finally {
    progress.finish();
    await products.close();
  }
}

interface Opened {
  readonly protocol: Protocol;
  readonly details?: Pick<Interactions, 'prices' | 'categories'>;
}

async function openProtocol(options: RecommenderOptions): Promise<Opened> {
  if (options.protocol === 'fixed') return { protocol: await openFixed(options) };
  if (options.interactions === undefined) throw new UsageError('--interactions', '', `--protocol ${options.protocol} needs a file`);
  const { itemPattern, minRating } = options;
  const data = await readInteractions(options.interactions, {
    columns: options.columns,
    ...(itemPattern !== undefined && { itemPattern: new RegExp(itemPattern) }),
    ...(minRating !== undefined && { minRating }),
  });
  for (const [reason, lines] of Object.entries(data.skipped)) options.output.note(`${lines} lines left out: ${reason}`);
  const { log, sessions } = data;
  const { seed, heldOut } = options;
  switch (options.protocol) {
    case 'leave-one-out':
      return { protocol: leaveOneOut(log), details: data };
    case 'strong-generalization':
      return { protocol: strongGeneralization(log, { seed, heldOutUsers: heldOut }) };
    case 'time':
      return { protocol: timeSplit(log, heldOut), details: data };
    case 'session':
      return { protocol: sessionSplit(log, { seed, sessions, heldOutRatio: heldOut, maxValidation: MAX_VALIDATION }), details: data };
  }
}

async function openFixed({ train, test, sessions, seed, output }: RecommenderOptions): Promise<Protocol> {
  if (train === undefined || test === undefined) throw new UsageError('--protocol', 'fixed', 'give --train and --test, too');
  const items: ItemNumbers = new Map();
  if (sessions) {
    const learned = await readSessionLines(train, items);
    const known = items.size;
    const { prefixes, next } = await readTestCases(test, items);
    const unknown = next.filter((item) => item >= known).length;
    if (unknown > 0) output.note(`${unknown} of ${next.length} items asked for are in no training session: they count as missed`);
    const cases = { histories: asSequences(prefixes, items), truth: asSequences(next.map((item) => [item]), items), excludeHistory: false }; // prettier-ignore
    return sessionProtocol(asSequences(learned, items), cases, { seed, maxValidation: MAX_VALIDATION });
  }
  const [learned, asked] = [await readUserLines(train, items), await readUserLines(test, items)];
  const lists = [...learned].map(([user, own]) => ({ own, asked: asked.get(user) ?? [] }));
  return fixedLists(asSequences(lists.map(({ own }) => own), items), asSequences(lists.map((list) => list.asked), items), seed); // prettier-ignore
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
