import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Matrix } from '@tradewind/learning';
import { workspaceRoot } from '../workspace-root';
import { python } from './python';

/** What scikit-learn makes of the same rows; `centroids` and `labels` from the same start as ours. */
export interface KMeansReference {
  readonly version: string;
  readonly centroids: readonly number[];
  readonly labels: Int32Array;
  readonly bestOf10Inertia: number;
  readonly bestOf10Ms: number;
  readonly miniBatchMs: number;
  readonly miniBatchInertia: number;
  readonly assignRowsPerSecond: number;
}

/** Runs `bench/reference/kmeans.py`. Null, with the reason told, where there is no Python with scikit-learn. */
export async function runKMeansReference(
  matrix: Matrix,
  { start, seed, onMissing }: { start: Float64Array; seed: number; onMissing: (reason: string) => void },
): Promise<KMeansReference | null> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-kmeans-'));
  const [rowsFile, labelsFile] = [join(folder, 'rows.f32'), join(folder, 'labels.i32')];
  try {
    const { data, columns } = matrix;
    await writeFile(rowsFile, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    const ask = { rowsFile, labelsFile, columns, k: start.length / columns, seed, start: [...start] };
    const answer = await python(join(workspaceRoot(), 'bench', 'reference', 'kmeans.py'), JSON.stringify(ask));
    if (typeof answer !== 'string') {
      onMissing(`no reference: ${answer.reason}`);
      return null;
    }
    const bytes = await readFile(labelsFile);
    const labels = Int32Array.from({ length: matrix.rows }, (_, row) => bytes.readInt32LE(row * 4));
    return { ...(JSON.parse(answer) as Omit<KMeansReference, 'labels'>), labels };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
