import { AppError, type Evidence } from '@tradewind/contracts';
import type { Model } from '@tradewind/inference';
import { z } from 'zod';
import type { Segment } from './outputs';

const EVIDENCE_SHOWN = 3;

/** What the trainer promises about a cluster model beside its graph. */
const parametersSchema = z.object({
  columns: z.array(z.string()).min(1),
  segments: z.array(z.object({ id: z.string().min(1), name: z.string().min(1) })).min(1),
});

/** Segments of a batch, row by row. */
export interface Assignments {
  segment(row: number): Segment;
  /** The features that speak most for this segment against the runner-up, strongest first. */
  evidence(row: number): Evidence[];
}

/** A cluster model whose columns are among the ones we fold. */
export interface ClusterModel {
  readonly version: string;
  /** Features are read as of this moment, or of the customer's latest event when that is later; epoch milliseconds UTC. */
  readonly trainedUntilMs: number;
  /** @param vectors [rows, folded columns] float32, row-major */
  assign(vectors: Float32Array, rows: number): Promise<Assignments>;
}

/**
 * @param folded names of all columns that are folded, in the order of the vectors
 * @throws MODEL_MANIFEST_MISMATCH when the model was trained on a column that is not folded
 */
export function asClusterModel(model: Model, folded: readonly string[]): ClusterModel {
  const { manifest } = model;
  const parameters = parametersSchema.safeParse(manifest.parameters);
  const missing = parameters.data?.columns.find((column) => !folded.includes(column));
  if (!parameters.success || missing !== undefined) {
    throw new AppError(
      'MODEL_MANIFEST_MISMATCH',
      `${manifest.model} ${manifest.version} wants the column ${missing ?? '?'}, which is not folded`,
    );
  }
  const { segments, columns } = parameters.data;
  const clusters = manifest.outputs.find(({ name }) => name === 'distances')?.shape[1];
  if (clusters !== segments.length) {
    const reason = `${manifest.model} ${manifest.version} tells ${segments.length} segments and has ${clusters ?? 'no'} clusters`;
    throw new AppError('MODEL_MANIFEST_MISMATCH', reason);
  }
  const places = columns.map((column) => folded.indexOf(column));
  return {
    version: manifest.version,
    trainedUntilMs: manifest.trainedUntilMs,
    async assign(vectors, rows) {
      const features = select(vectors, rows, folded.length, places);
      const { label, contributions } = await model.run({ features: { dtype: 'float32', shape: [rows, columns.length], data: features } });
      const labels = label!.data as BigInt64Array; // [rows]
      const shares = contributions!.data as Float32Array; // [rows, columns]
      return {
        segment: (row) => segments[Number(labels[row])]!,
        evidence: (row) => strongest(columns, features, shares, row * columns.length),
      };
    },
  };
}

/** The columns at `places` of [rows, width], as [rows, places]. */
function select(vectors: Float32Array, rows: number, width: number, places: readonly number[]): Float32Array {
  const selected = new Float32Array(rows * places.length);
  for (let row = 0, at = 0; row < rows; row++) for (const place of places) selected[at++] = vectors[row * width + place]!;
  return selected;
}

function strongest(columns: readonly string[], vectors: Float32Array, shares: Float32Array, from: number): Evidence[] {
  return columns
    .map((feature, i) => ({ feature, value: vectors[from + i]!, contribution: shares[from + i]! }))
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, EVIDENCE_SHOWN);
}
