import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sequences } from '@tradewind/learning';
import { workspaceRoot } from '../../workspace-root';
import { python } from '../python';
import type { Protocol } from './protocols';

/** What numpy's EASE makes of the same split, by its own metrics. */
export interface EaseReference extends Readonly<
  Record<'truncatedRecall20' | 'truncatedRecall50' | 'ndcg10' | 'ndcg20' | 'ndcg100' | 'fitMs', number>
> {
  readonly version: string;
}

/** Runs `bench/reference/ease.py` with the penalty that was chosen. Null, with the reason told, where there is no Python with numpy. */
export async function runEaseReference(
  { test }: Protocol,
  lambda: number,
  onMissing: (reason: string) => void,
): Promise<EaseReference | null> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-ease-'));
  try {
    const write = async (name: string, { offsets, items }: Pick<Sequences, 'offsets' | 'items'>) => {
      const files = { offsets: join(folder, `${name}.offsets`), items: join(folder, `${name}.items`) };
      await writeFile(files.offsets, bytesOf(offsets));
      await writeFile(files.items, bytesOf(items));
      return files;
    };
    const ask = {
      items: test.train.itemCount,
      lambda,
      train: await write('train', test.train),
      given: await write('given', test.cases.histories),
      asked: await write('asked', test.cases.truth),
    };
    const answer = await python(join(workspaceRoot(), 'bench', 'reference', 'ease.py'), JSON.stringify(ask));
    if (typeof answer === 'string') return JSON.parse(answer) as EaseReference;
    onMissing(`no reference: ${answer.reason}`);
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
