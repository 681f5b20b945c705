import { announceRelease } from '@tradewind/apps/trainer';
import { AppError, MODELS } from '@tradewind/contracts';
import { loadOnnxModel, parseManifest } from '@tradewind/inference';
import type { Database, ReleaseRow } from '@tradewind/persistence';
import type { Platform } from '@tradewind/runtime';
import { UsageError } from '../command';

export interface ModelReleases {
  readonly model: string;
  /** Newest first; `releasedAt` is ISO 8601 UTC. */
  readonly releases: readonly {
    readonly version: string;
    readonly stage: ReleaseRow['stage'];
    readonly releasedAt: string;
    readonly metrics: Readonly<Record<string, number>>;
  }[];
}

type Deps = Pick<Platform, 'log' | 'database' | 'now'>;

/** The model of that name, or all of them. @throws UsageError */
export function knownModels(name?: string): readonly string[] {
  const all: readonly string[] = Object.values(MODELS);
  if (name === undefined) return all;
  if (!all.includes(name)) throw new UsageError('<model>', name, `choose ${all.join(' or ')}`);
  return [name];
}

export function listReleases({ releases }: Pick<Database, 'releases'>, models: readonly string[]): Promise<ModelReleases[]> {
  return Promise.all(
    models.map(async (model) => ({
      model,
      releases: (await releases.list(model)).map(({ version, stage, releasedAtMs, manifest }) => ({
        version,
        stage,
        releasedAt: new Date(releasedAtMs).toISOString(),
        metrics: parseManifest(manifest).metrics,
      })),
    })),
  );
}

/**
 * Makes a version live, once it is proven that it loads, and tells every service. Repeating it tells them again.
 * @throws NOT_FOUND, MODEL_NOT_FOUND, MODEL_CORRUPT, MODEL_CHECKSUM_MISMATCH, MODEL_MANIFEST_MISMATCH: then nothing has changed
 */
export async function promoteRelease({ log, database, now }: Deps, model: string, version: string): Promise<ReleaseRow> {
  const wanted = (await database.releases.list(model)).find((release) => release.version === version);
  if (!wanted) throw new AppError('NOT_FOUND', `${model} has no version ${version}; see \`tradewind model list ${model}\``);
  const manifest = parseManifest(wanted.manifest);
  const loaded = await loadOnnxModel({ bytes: await database.releases.artefact(wanted.sha256), manifest });
  await loaded.close();
  const live = await database.releases.promote(model, version);
  await announceRelease(manifest, now(), log);
  return live;
}

/** Makes the latest version live that was live before the present one; again goes back further. @throws NOT_FOUND, and as `promoteRelease` */
export async function rollBack(deps: Deps, model: string): Promise<ReleaseRow> {
  const releases = await deps.database.releases.list(model);
  const live = releases.findIndex(({ stage }) => stage === 'live');
  const previous = releases.slice(live + 1).find(({ stage }) => stage === 'retired');
  if (live < 0 || !previous)
    throw new AppError('NOT_FOUND', `${model} has no version that was live before; see \`tradewind model list ${model}\``);
  return promoteRelease(deps, model, previous.version);
}
