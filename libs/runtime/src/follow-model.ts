import { RELEASE, ReleaseStage, TOPICS, describeError, isRetryable } from '@tradewind/contracts';
import type { LogRecord } from '@tradewind/eventing';
import { loadOnnxModel, parseManifest, type Model, type ModelSlot } from '@tradewind/inference';
import type { Platform } from './platform';

const RETRY_MS = 2_000;
const ATTEMPTS = 30;

export interface FollowModelOptions {
  readonly platform: Platform;
  /** Name of the model, e.g. `customer-clusters`. */
  readonly model: string;
  readonly slot: ModelSlot;
  /** Threads one run may use. @default 1 */
  readonly intraOpThreads?: number;
  /** Throws when this service cannot use the model; then it is refused like one that does not load. */
  check?(model: Model): void;
  /** Called after each swap, never twice at the same time. */
  onSwapped?(model: Model): void | Promise<void>;
}

export interface FollowedModel {
  /** Resolves when the release that was live at the start, if any, is loaded. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Keeps `slot` on the live release of a model: mirrors `models.releases.v1`, fetches the bytes by hash, checks and warms them up, and swaps
 * without a failed request. A release that does not load is reported and the former model stays.
 */
export async function followModel(options: FollowModelOptions): Promise<FollowedModel> {
  const { platform, model, slot } = options;
  const failures = platform.metrics.counter({
    name: 'tradewind_model_load_failures_total',
    help: 'Releases that did not load',
    labels: ['model'],
  });
  let stopped = false;

  const load = async (record: LogRecord): Promise<void> => {
    if (record.value === null) return;
    const release = RELEASE.decode(record.value);
    if (release.model !== model || release.stage !== ReleaseStage.RELEASE_STAGE_LIVE || release.version === slot.version) return;
    const manifest = parseManifest(JSON.parse(Buffer.from(release.manifestJson).toString()));
    const bytes = await platform.database.releases.artefact(release.sha256);
    const loaded = await loadOnnxModel({ bytes, manifest, threads: { intraOp: options.intraOpThreads ?? 1, interOp: 1 } });
    await checked(loaded, options);
    await slot.swap(loaded);
    platform.logger.info('model is live', { model, version: release.version });
    await options.onSwapped?.(loaded);
  };

  const loadWithRetry = async (record: LogRecord): Promise<void> => {
    for (let attempt = 1; !stopped; attempt++) {
      try {
        return await load(record);
      } catch (error) {
        if (isRetryable(error) && attempt < ATTEMPTS) {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
          continue;
        }
        failures.add(1, { model });
        platform.logger.error('release not loaded, the former model stays', { model, offset: record.offset, error: describeError(error) });
        return;
      }
    }
  };

  const following = await platform.log.follow({
    topic: TOPICS.modelReleases.name,
    onRecords: async (records) => {
      // Only the last release of this model counts; earlier ones in the same read are history.
      const last = records.filter((record) => record.key?.toString() === model).at(-1);
      if (last) await loadWithRetry(last);
    },
  });
  return {
    ready: following.caughtUp,
    stop: async () => {
      stopped = true;
      await following.stop();
    },
  };
}

async function checked(model: Model, { check }: FollowModelOptions): Promise<void> {
  try {
    check?.(model);
  } catch (error) {
    await model.close();
    throw error;
  }
}
