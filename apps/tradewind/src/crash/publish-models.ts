import { setTimeout as pause } from 'node:timers/promises';
import { announceRelease } from '@tradewind/apps/trainer';
import { isRetryable } from '@tradewind/contracts';
import type { Platform } from '@tradewind/runtime';
import type { SampleModel } from '../bench/sample-models';

const ATTEMPTS = 20;
const RETRY_MS = 500;

/** Makes the models live, as the trainer does. A new broker may need a while until it leads all partitions, so it is tried again. */
export async function publishModels(
  models: readonly SampleModel[],
  { database, log, now }: Pick<Platform, 'database' | 'log' | 'now'>,
): Promise<void> {
  for (const { manifest, bytes } of models) {
    const { model, version, sha256 } = manifest;
    const releasedAtMs = now();
    await database.releases.publish({ model, version, stage: 'live', sha256, manifest, releasedAtMs }, bytes);
    await retrying(() => announceRelease(manifest, releasedAtMs, log));
  }
}

async function retrying(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isRetryable(error) || attempt === ATTEMPTS) throw error;
      await pause(RETRY_MS);
    }
  }
}
