import { AppError } from '@tradewind/contracts';
import { expandJson, type Model } from '@tradewind/inference';
import {
  completeColumns,
  completeRows,
  learnedHeads,
  predictCustomer,
  type CustomerPrediction,
  type CustomerPredictionModel,
  type CustomerRows,
} from '@tradewind/learning';
import { z } from 'zod';

/** What the trainer promises about a release beside its graph. */
const parametersSchema = z.object({
  columns: z.array(z.string()).min(1),
  heads: z.array(z.string()).min(1),
  model: z.string(),
  report: z.looseObject({ fairness: z.array(z.unknown()) }),
});

const number = z.number();
const amountHead = z.looseObject({ kind: z.enum(['lifetime', 'scaled', 'boosted']) });
const learners = z.looseObject({
  kind: z.enum(['lifetime', 'logistic', 'boosted']),
  calibration: z.object({ kind: z.literal('platt'), slope: number, intercept: number }),
  model: z.looseObject({}),
});
const modelSchema = z.looseObject({
  profileColumns: z.array(z.string()).min(1),
  source: z.object({ frequency: z.string(), span: z.string(), age: z.string(), orders: z.string(), amount: z.string() }),
  lifetime: z.object({
    orders: z.object({ r: number, alpha: number, a: number, b: number }),
    spend: z.object({ p: number, q: number, gamma: number }).nullable(),
  }),
  horizons: z.array(z.looseObject({ days: number, purchase: learners, orders: amountHead, value: amountHead.nullable() })).min(1),
});

/** A release that this service can use: its columns are folded, its outputs are those that its learners explain. */
export interface PredictionModel {
  readonly version: string;
  readonly trainedUntilMs: number;
  readonly model: CustomerPredictionModel;
  /** As the trainer wrote it. */
  readonly report: { readonly fairness: readonly unknown[] };
  /** Profiles with what the lifetime models say behind them. @param vectors [rows, folded columns] float32 */
  complete(vectors: Float32Array, rows: number): CustomerRows;
  /** By the graph. */
  predict(complete: CustomerRows): Promise<CustomerPrediction[]>;
}

/** A release is read once: its learners are compressed in the manifest. */
const read = new WeakMap<Model, PredictionModel>();

/**
 * @param folded names of all columns that are folded, in the order of the vectors
 * @throws MODEL_CORRUPT, or MODEL_MANIFEST_MISMATCH when columns or outputs are not what the learners take and give
 */
export function asPredictionModel(model: Model, folded: readonly string[]): PredictionModel {
  let known = read.get(model);
  if (known === undefined) read.set(model, (known = readModel(model, folded)));
  return known;
}

function readModel(model: Model, folded: readonly string[]): PredictionModel {
  const { manifest } = model;
  const fail = (reason: string): never => {
    throw new AppError('MODEL_MANIFEST_MISMATCH', `${manifest.model} ${manifest.version} ${reason}`);
  };
  const parameters = parametersSchema.safeParse(manifest.parameters);
  if (!parameters.success) return fail(`has other parameters: ${parameters.error.issues[0]?.path.join('.')}`);
  const { columns, heads, report } = parameters.data;
  const parsed = modelSchema.safeParse(expandJson(parameters.data.model));
  if (!parsed.success) return fail(`holds other learners: ${parsed.error.issues[0]?.path.join('.')}`);
  const learned = parsed.data as unknown as CustomerPredictionModel;
  const missing = learned.profileColumns.find((column) => !folded.includes(column));
  if (missing !== undefined) return fail(`wants the column ${missing}, which is not folded`);
  if (completeColumns(learned).join() !== columns.join()) return fail('has columns that its learners do not take');
  const names = learnedHeads(learned).map(({ name }) => name);
  if (names.join() !== heads.join() || manifest.outputs.map(({ name }) => name).join() !== heads.join())
    return fail('has outputs that its learners do not give');
  const places = learned.profileColumns.map((column) => folded.indexOf(column));
  const days = learned.horizons.map((horizon) => horizon.days);
  return {
    version: manifest.version,
    trainedUntilMs: manifest.trainedUntilMs,
    model: learned,
    report,
    complete(vectors, rows) {
      const data = select(vectors, rows, folded.length, places);
      return completeRows({ columns: learned.profileColumns, rows, data }, learned.source, learned.lifetime.orders, days);
    },
    async predict({ data, rows }) {
      const outputs = await model.run({ features: { dtype: 'float32', shape: [rows, columns.length], data } });
      const scores = heads.map((name) => outputs[name]!.data as Float32Array); // each [rows]
      return Array.from({ length: rows }, (_, row) =>
        predictCustomer(
          learned,
          data.subarray(row * columns.length, (row + 1) * columns.length),
          scores.map((own) => own[row]!),
        ),
      );
    },
  };
}

/** The columns at `places` of [rows, width]. */
function select(vectors: Float32Array, rows: number, width: number, places: readonly number[]): Float32Array {
  const selected = new Float32Array(rows * places.length);
  for (let row = 0, at = 0; row < rows; row++) for (const place of places) selected[at++] = vectors[row * width + place]!;
  return selected;
}
