import { measureLists, rankCases, type MetricName, type RankingCases } from '../recommend/rank-cases';
import type { SequenceScorer, Sequences } from '../recommend/sequences';
import { createItemCatalogue, toModelSequences, type ItemCatalogue } from './item-catalogue';
import { createSequenceBatches } from './sequence-batches';
import type { SequenceEngine } from './sequence-engine';
import { sequenceModelScorer } from './sequence-model-scorer';

/** One epoch of a run. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the steps, each before its update. */
  readonly loss: number;
  /** The metric on the validation cases; absent without them. */
  readonly validation?: number;
}

/** Where a run stands after an epoch; `encodeSequenceRun` makes bytes of it. */
export interface SequenceRun {
  readonly curve: readonly EpochReport[];
  /** Of the epoch with the best validation, 0 before the first. */
  readonly bestEpoch: number;
  /** The engine's checkpoints of the latest and of the best epoch. */
  readonly latest: Uint8Array;
  readonly best: Uint8Array;
}

export interface SequenceFitOptions<E extends SequenceEngine> {
  /** Makes the engine for a number of items. The caller closes it, also when the fit fails. */
  readonly createEngine: (itemCount: number) => Promise<E>;
  readonly seed: number;
  /** Passes over the sequences at most. */
  readonly maxEpochs: number;
  /** @default 0.001 */
  readonly learningRate?: number;
  /** Steps over which the rate rises to it. @default 0 */
  readonly warmUpSteps?: number;
  /** The rate falls along a half cosine to this share of it at `maxEpochs`. @default 1, it does not */
  readonly finalRateRatio?: number;
  /** Of the negatives, see `BatchOptions`. */
  readonly negativePower?: number;
  /** Items with fewer events are not learned. @default 1 */
  readonly minEvents?: number;
  /** Without it the last epoch is kept. Its cases must not be in what is learned from. */
  readonly validation?: {
    readonly cases: RankingCases;
    readonly metric: MetricName;
    /** Epochs between measurements. @default 1 */
    readonly every?: number;
    /** Ends after that many epochs without a better one. @default never */
    readonly patience?: number;
  };
  /** A run of the same data and settings to go on with. */
  readonly resume?: SequenceRun;
  /** After each step; `fraction` of `maxEpochs`. */
  readonly onProgress?: (fraction: number, loss: number) => void;
  /** After each epoch; the run may be kept to resume from. */
  readonly onEpoch?: (report: EpochReport, run: SequenceRun) => void | Promise<void>;
  /** Asked after each epoch: ends the run with what it has. */
  readonly shouldStop?: () => boolean;
}

export interface FittedSequenceModel<E extends SequenceEngine> {
  /** With the weights of `bestEpoch`. */
  readonly engine: E;
  readonly catalogue: ItemCatalogue;
  readonly scorer: SequenceScorer;
  readonly run: SequenceRun;
}

/**
 * Learns what comes next in sequences by gradient descent and keeps the weights of the epoch that is best on the validation cases.
 * The same data, settings and seed give the same weights, in one go or resumed after any epoch, as far as the engine repeats itself.
 * @throws RangeError when there is nothing to learn from
 */
export async function fitSequenceModel<E extends SequenceEngine>(
  train: Sequences,
  options: SequenceFitOptions<E>,
): Promise<FittedSequenceModel<E>> {
  const { seed, maxEpochs, validation, resume, onEpoch, shouldStop } = options;
  const catalogue = createItemCatalogue(train, options.minEvents);
  const engine = await options.createEngine(catalogue.items.length);
  const batches = createSequenceBatches(toModelSequences(train, catalogue), { ...options, engine, seed, counts: catalogue.counts });
  const scorer = sequenceModelScorer(engine, catalogue);
  if (resume) engine.restore(resume.latest);
  let run: SequenceRun = resume ?? { curve: [], bestEpoch: 0, latest: engine.checkpoint(), best: engine.checkpoint() };
  while (run.curve.length < maxEpochs && !isOver(run, validation?.patience)) {
    const epoch = run.curve.length;
    const loss = await trainEpoch(engine, batches, { ...options, epoch });
    const isMeasured = validation !== undefined && ((epoch + 1) % (validation.every ?? 1) === 0 || epoch + 1 === maxEpochs);
    const report = { epoch: epoch + 1, loss, ...(isMeasured && { validation: await measure(scorer, validation) }) };
    run = nextRun(run, report, engine.checkpoint(), validation !== undefined);
    await onEpoch?.(report, run);
    if (shouldStop?.()) break;
  }
  engine.restore(run.best);
  return { engine, catalogue, scorer, run };
}

type EpochOptions = Pick<
  SequenceFitOptions<SequenceEngine>,
  'maxEpochs' | 'learningRate' | 'warmUpSteps' | 'finalRateRatio' | 'onProgress'
>;

async function trainEpoch(
  engine: SequenceEngine,
  { stepsPerEpoch, batch }: ReturnType<typeof createSequenceBatches>,
  { epoch, onProgress, ...options }: EpochOptions & { readonly epoch: number },
): Promise<number> {
  let sum = 0;
  for (let step = 0; step < stepsPerEpoch; step++) {
    const done = epoch * stepsPerEpoch + step;
    const loss = await engine.step(batch(epoch, step), rateAt(done, stepsPerEpoch * options.maxEpochs, options));
    sum += loss;
    onProgress?.((done + 1) / (stepsPerEpoch * options.maxEpochs), loss);
  }
  return sum / stepsPerEpoch;
}

/** A rise along a line, then a fall along a half cosine (Loshchilov and Hutter 2017, equation 5, without restarts). */
function rateAt(step: number, steps: number, { learningRate = 0.001, warmUpSteps = 0, finalRateRatio = 1 }: EpochOptions): number {
  if (step < warmUpSteps) return (learningRate * (step + 1)) / warmUpSteps;
  const way = (step - warmUpSteps) / Math.max(1, steps - warmUpSteps);
  return learningRate * (finalRateRatio + ((1 - finalRateRatio) * (1 + Math.cos(Math.PI * way))) / 2);
}

async function measure(scorer: SequenceScorer, { cases, metric }: { cases: RankingCases; metric: MetricName }): Promise<number> {
  const [lists] = await rankCases(cases, [scorer]);
  return measureLists(cases, lists!).metrics[metric];
}

function nextRun(run: SequenceRun, report: EpochReport, latest: Uint8Array, isValidated: boolean): SequenceRun {
  const curve = [...run.curve, report];
  const best = run.curve[run.bestEpoch - 1]?.validation ?? -Infinity;
  const isBest = isValidated ? (report.validation ?? -Infinity) > best : true;
  return isBest ? { curve, bestEpoch: report.epoch, latest, best: latest } : { ...run, curve, latest };
}

function isOver({ curve, bestEpoch }: SequenceRun, patience = Infinity): boolean {
  return bestEpoch > 0 && curve.length - bestEpoch >= patience;
}
