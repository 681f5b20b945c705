import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkerLearner, train, type Trainable } from '@tradewind/apps/trainer';
import { MODELS } from '@tradewind/contracts';
import { parseManifest, type ModelManifest } from '@tradewind/inference';
import { PLATFORM_SETTINGS, loadConfig, openPlatform, type Platform } from '@tradewind/runtime';
import { sampleRecords } from './sample-events';

export interface SampleModel {
  readonly manifest: ModelManifest;
  readonly bytes: Uint8Array;
}

export interface SampleModelOptions {
  readonly what: readonly Trainable[];
  /** Orders, refunds and identifies of the sample shop to learn from. @default all */
  readonly events?: number;
  onProgress?(step: string, done: number): void;
}

const MODEL_OF: Record<Trainable, string> = {
  segmentation: MODELS.customerClusters,
  recommender: MODELS.itemRanker,
  predictions: MODELS.customerPredictions,
};

/** Models that the real trainer learns from the sample shop, in an embedded platform of their own that is removed again. */
export async function trainSampleModels({ what, events, onProgress }: SampleModelOptions): Promise<SampleModel[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tradewind-models-'));
  try {
    const platform = await openPlatform('sample-models', loadConfig(PLATFORM_SETTINGS, { DATA_DIR: dataDir, LOG_LEVEL: 'error' }));
    try {
      for await (const records of sampleRecords('orders', events)) await platform.log.publish(records);
      await train(platform, createWorkerLearner(new AbortController().signal), { what, onProgress });
      return await Promise.all(what.map((name) => liveModel(platform, MODEL_OF[name])));
    } finally {
      await platform.close();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function liveModel({ database }: Platform, model: string): Promise<SampleModel> {
  const live = await database.releases.live(model);
  if (live === null) throw new Error(`the sample data gave no ${model}`);
  return { manifest: parseManifest(live.manifest), bytes: await database.releases.artefact(live.sha256) };
}
