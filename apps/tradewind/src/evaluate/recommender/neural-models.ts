import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSequenceEngine, type OnnxSequenceEngine, type SequenceTrainingSettings } from '@tradewind/inference';
import {
  decodeSequenceRun,
  encodeSequenceRun,
  fitSequenceModel,
  sequenceCount,
  type EpochReport,
  type MetricName,
  type SequenceRun,
  type SequenceScorer,
  type Sequences,
} from '@tradewind/learning';
import type { FitTools, ModelFactory } from './models';
import { sampleCases, type Protocol } from './protocols';

export interface NeuralOptions {
  readonly metric: MetricName;
  /** Of ONNX Runtime. */
  readonly threads: number;
  /** A fit ends after the epoch in which they pass. @default none */
  readonly maxMinutes?: number;
  /** Folder of runs to resume, and where they are kept after each epoch. @default not kept */
  readonly runs?: string;
  /** Instead of the defaults. */
  readonly neuralSettings?: Partial<NeuralSettings>;
  readonly onEpoch: (name: string, report: EpochReport) => void;
}

/** What a fit is told; plain numbers, so that a run can be recognised by them. */
export interface NeuralSettings extends Omit<SequenceTrainingSettings, 'itemCount'> {
  readonly learningRate: number;
  /** The rate falls along a half cosine to this share of it at `maxEpochs`. */
  readonly finalRateRatio: number;
  readonly maxEpochs: number;
  /** Epochs without a better one after which a fit ends. */
  readonly patience: number;
  readonly warmUpSteps: number;
  /** Epochs between looks at the validation cases. */
  readonly every: number;
}

/** Cases that decide when a fit ends, at most. */
const STOP_CASES = 1500;

/** Self-attention for long histories: sizes as SASRec's successors use on MovieLens. */
const LONG: NeuralSettings = {
  network: { kind: 'selfAttention', width: 64, maxLength: 200, blocks: 2, heads: 1 },
  loss: { kind: 'softmax' },
  batchSize: 128,
  dropoutRate: 0.2,
  adam: { beta2: 0.98 },
  learningRate: 0.003,
  finalRateRatio: 0.05,
  warmUpSteps: 200,
  maxEpochs: 40,
  patience: 8,
  every: 1,
};

/** Of sessions: short, many, and people return to items. */
const SESSION: NeuralSettings = {
  network: { kind: 'selfAttention', width: 64, maxLength: 20, blocks: 1, heads: 1 },
  loss: { kind: 'softmax' },
  batchSize: 256,
  dropoutRate: 0.3,
  learningRate: 0.003,
  finalRateRatio: 0.05,
  warmUpSteps: 200,
  maxEpochs: 12,
  patience: 3,
  every: 1,
};

const SESSION_RECURRENT: NeuralSettings = { ...SESSION, network: { kind: 'recurrent', width: 64, maxLength: 20 } };
const LONG_RECURRENT: NeuralSettings = { ...LONG, network: { kind: 'recurrent', width: 64, maxLength: 50 } };

/** Places × items of a step up to which the loss takes all items; more would take gigabytes, and takes a sample. */
const MAX_LOGITS = 300e6;
const NEGATIVES = 2_000;

/** Sequence models trained by gradient descent, for the protocols whose histories have an order. */
export function neuralFactories(protocol: Protocol, options: NeuralOptions): ModelFactory[] {
  if (protocol.name === 'strong-generalization' || (protocol.name === 'fixed' && protocol.test.cases.excludeHistory)) return [];
  const isLong = protocol.test.cases.excludeHistory;
  const items = protocol.test.train.itemCount;
  const withLoss = (settings: NeuralSettings): NeuralSettings => {
    const { kind } = settings.network;
    const network = { ...settings.network, ...options.neuralSettings?.network, kind } as NeuralSettings['network'];
    const own = { ...settings, ...options.neuralSettings, network };
    const isLarge = own.batchSize! * network.maxLength! * items > MAX_LOGITS;
    return isLarge && options.neuralSettings?.loss === undefined ? { ...own, loss: { kind: 'sampledSoftmax', negatives: NEGATIVES } } : own;
  };
  return [
    neural('selfAttention', withLoss(isLong ? LONG : SESSION), options),
    neural('recurrent', withLoss(isLong ? LONG_RECURRENT : SESSION_RECURRENT), options),
  ];
}

function neural(name: string, defaults: NeuralSettings, options: NeuralOptions): ModelFactory {
  const engines = new Map<SequenceScorer, OnnxSequenceEngine>();
  const bestEpochs = new Map<string, number>();
  const factory: ModelFactory<NeuralSettings> = {
    name,
    defaults,
    // One fit takes minutes to an hour: settings are searched by hand (README), not in each run.
    stages: [],
    async fit(train, settings, tools) {
      // Without validation cases: as many epochs as were best with them.
      const known = tools.validation ? undefined : bestEpochs.get(JSON.stringify(settings));
      const { scorer, engine, run } = await fit(name, train, settings, { ...options, tools, epochs: known ?? settings.maxEpochs });
      if (tools.validation) bestEpochs.set(JSON.stringify(settings), run.bestEpoch);
      engines.set(scorer, engine);
      return scorer;
    },
    async release(scorer) {
      await engines.get(scorer)?.close();
      engines.delete(scorer);
    },
  };
  return factory as unknown as ModelFactory;
}

interface FitContext extends NeuralOptions {
  readonly tools: FitTools;
  readonly epochs: number;
}

async function fit(name: string, train: Sequences, settings: NeuralSettings, { tools, epochs, ...options }: FitContext) {
  const { network, loss, batchSize, dropoutRate, adam, learningRate, finalRateRatio, warmUpSteps, patience, every } = settings;
  const { seed, validation } = tools;
  const runName = nameOf(name, train, { settings, seed, threads: options.threads, validated: validation !== undefined });
  const file = options.runs === undefined ? undefined : join(options.runs, `${name}-${runName}.run`);
  const resume = file === undefined ? undefined : await readRun(file, runName);
  const endMs = performance.now() + (options.maxMinutes ?? Infinity) * 60_000;
  return fitSequenceModel(train, {
    createEngine: (itemCount) =>
      createSequenceEngine({ itemCount, network, loss, batchSize, dropoutRate, adam, seed, threads: options.threads }),
    seed,
    maxEpochs: epochs,
    learningRate,
    finalRateRatio,
    warmUpSteps,
    // gSASRec draws all items alike.
    ...(loss.kind === 'gbce' && { negativePower: 0 }),
    ...(validation && { validation: { cases: sampleCases(validation, STOP_CASES, seed), metric: options.metric, patience, every } }),
    ...(resume && { resume }),
    onProgress: tools.onProgress,
    async onEpoch(report, run) {
      options.onEpoch(name, report);
      if (file !== undefined) await writeRun(file, encodeSequenceRun(run, runName));
    },
    shouldStop: () => performance.now() >= endMs,
  });
}

/** A hash of what a run is of. Rates and ends are not in it: a resumed run may go on at a lower rate, or longer. */
function nameOf(
  name: string,
  train: Sequences,
  { settings, ...rest }: { settings: NeuralSettings; seed: number; threads: number; validated: boolean },
): string {
  const { network, loss, batchSize, dropoutRate, adam } = settings;
  const hash = createHash('sha256').update(
    JSON.stringify({ name, ...rest, network, loss, batchSize, dropoutRate, adam, count: sequenceCount(train) }),
  );
  for (const part of [train.offsets, train.items]) hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  return hash.digest('hex').slice(0, 16);
}

async function readRun(file: string, name: string): Promise<SequenceRun | undefined> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return bytes && decodeSequenceRun(bytes, name);
}

/** The file is the old run or the new one, never a part. */
async function writeRun(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(`${file}.new`, bytes);
  await rename(`${file}.new`, file);
}
