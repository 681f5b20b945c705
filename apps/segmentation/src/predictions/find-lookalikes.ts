import { createFeatureTable, explainRow, findLookalikes } from '@tradewind/learning';

/** Seconds for tens of thousands of rows. */
const EFFORT = { seed: 20111209, folds: 3, maxTrees: 100 };
const REASONS_SHOWN = 3;

/** Plain data and typed arrays only, so that it can go to another thread. */
export interface LookalikeTask {
  readonly columns: readonly string[];
  /** [rows, columns] float32, row-major. */
  readonly vectors: Float32Array;
  /** 1 for the members of the segment. */
  readonly isSeed: Uint8Array;
  readonly limit: number;
}

export interface FoundLookalike {
  readonly row: number;
  /** Of being like the members, 0–1. */
  readonly probability: number;
  /** What likens the row to them most, in log-odds. */
  readonly because: readonly { readonly feature: string; readonly value: number; readonly contribution: number }[];
}

export interface FoundLookalikes {
  /** How far the members differ from the others at all; near 0.5 nobody is like them in particular. */
  readonly auc: number;
  /** The likest first; no members. */
  readonly found: readonly FoundLookalike[];
}

/** The rows outside the seed that are most like it, and why. Pure. */
export function likestRows({ columns, vectors, isSeed, limit }: LookalikeTask): FoundLookalikes {
  const width = columns.length;
  const rows = isSeed.length;
  const table = createFeatureTable(
    columns.map((name, column) => ({ name, values: Float32Array.from({ length: rows }, (_, row) => vectors[row * width + column]!) })),
  );
  const { scores, probabilities, model, auc } = findLookalikes(table, isSeed, EFFORT);
  const likest = [...isSeed.keys()]
    .filter((row) => isSeed[row] === 0)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, limit);
  const found = likest.map((row): FoundLookalike => {
    const own = vectors.subarray(row * width, (row + 1) * width);
    const parts = Array.from(explainRow(model, own).contributions, (contribution, column) => ({
      feature: columns[column]!,
      value: own[column]!,
      contribution,
    }));
    const because = parts.filter(({ contribution }) => contribution > 0).sort((a, b) => b.contribution - a.contribution);
    return { row, probability: probabilities[row]!, because: because.slice(0, REASONS_SHOWN) };
  });
  return { auc, found };
}
