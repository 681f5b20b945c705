import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableToRows, type FeatureTable } from '@tradewind/learning';
import { workspaceRoot } from '../workspace-root';
import { python } from './python';

/** What scikit-learn's HistGradientBoosting makes of the same folds; AUC and log loss by its own metrics, means over the folds. */
export interface BoostingReference {
  readonly version: string;
  readonly auc: number;
  readonly logLoss: number;
  readonly probabilities: readonly number[];
  readonly fitMs: number;
}

export interface ReferenceRows {
  readonly table: FeatureTable;
  readonly labels: ArrayLike<number>;
  readonly fold: Uint8Array;
  readonly seed: number;
  readonly onMissing: (reason: string) => void;
}

/** Runs `bench/reference/hist_gradient_boosting.py`. Null, with the reason told, where there is no Python with scikit-learn. */
export async function runBoostingReference({ table, labels, fold, seed, onMissing }: ReferenceRows): Promise<BoostingReference | null> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-boosting-'));
  try {
    const rowsFile = join(folder, 'rows.f32');
    await writeFile(rowsFile, new Uint8Array(tableToRows(table).buffer));
    const categorical = table.columns.map(({ categories }) => categories !== undefined);
    const ask = { rowsFile, categorical, labels: Array.from(labels), fold: Array.from(fold), seed };
    const answer = await python(join(workspaceRoot(), 'bench', 'reference', 'hist_gradient_boosting.py'), JSON.stringify(ask));
    if (typeof answer === 'string') return JSON.parse(answer) as BoostingReference;
    onMissing(`no reference: ${answer.reason}`);
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
