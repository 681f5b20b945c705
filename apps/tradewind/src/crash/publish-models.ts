import { announceRelease } from '@tradewind/apps/trainer';
import type { Platform } from '@tradewind/runtime';
import type { SampleModel } from '../bench/sample-models';
import { retrying } from '../retrying';

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
