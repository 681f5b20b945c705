import { announceRelease } from '@tradewind/apps/trainer';
import type { Platform } from '@tradewind/runtime';
import type { SampleModel } from '../bench/sample-models';

/** Makes the models live, as the trainer does. */
export async function publishModels(
  models: readonly SampleModel[],
  { database, log, now }: Pick<Platform, 'database' | 'log' | 'now'>,
): Promise<void> {
  for (const { manifest, bytes } of models) {
    const { model, version, sha256 } = manifest;
    const releasedAtMs = now();
    await database.releases.publish({ model, version, stage: 'live', sha256, manifest, releasedAtMs }, bytes);
    await announceRelease(manifest, releasedAtMs, log);
  }
}
