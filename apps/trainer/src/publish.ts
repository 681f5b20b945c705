import {
  AppError,
  EVENT_TYPES,
  MODELS,
  RELEASE,
  ReleaseStage,
  TOPICS,
  deterministicId,
  toCloudEventHeaders,
  type Release,
} from '@tradewind/contracts';
import type { EventLog } from '@tradewind/eventing';
import { parseManifest, type ModelManifest } from '@tradewind/inference';
import type { Database } from '@tradewind/persistence';

export interface Candidate {
  readonly manifest: ModelManifest;
  readonly bytes: Uint8Array;
}

export interface PublishDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly database: Pick<Database, 'releases'>;
  /** Epoch milliseconds UTC. */
  readonly now: () => number;
}

/** Stores the model, then announces it: whoever hears of a release finds its bytes. Repeating it changes nothing. */
export async function publishRelease({ manifest, bytes }: Candidate, stage: 'live' | 'shadow', deps: PublishDeps): Promise<void> {
  const { model, version, sha256 } = manifest;
  const releasedAtMs = deps.now();
  await deps.database.releases.publish({ model, version, stage, sha256, manifest, releasedAtMs }, bytes);
  if (stage !== 'live') return;
  // The same version may be there already, as a shadow or retired by a rollback.
  await deps.database.releases.promote(model, version);
  await announceRelease(manifest, releasedAtMs, deps.log);
}

/** Makes every service load this version; also how a rollback is told. */
export async function announceRelease(manifest: ModelManifest, releasedAtMs: number, log: Pick<EventLog, 'publish'>): Promise<void> {
  const { model, version, sha256 } = manifest;
  const id = deterministicId(model, version, sha256, releasedAtMs);
  await log.publish([
    {
      topic: TOPICS.modelReleases.name,
      key: model,
      value: RELEASE.encode({
        model,
        version,
        sha256,
        releasedAtMs,
        stage: ReleaseStage.RELEASE_STAGE_LIVE,
        manifestJson: Buffer.from(JSON.stringify(manifest)),
      }),
      headers: toCloudEventHeaders({ id, source: '/tradewind/trainer', type: EVENT_TYPES.release, timeMs: releasedAtMs }),
    },
  ]);
}

/** Announces each live release that the topic does not tell: what a process that died between storing and announcing left. @returns their versions */
export async function announceUntold({
  log,
  database,
  now,
}: PublishDeps & { readonly log: Pick<EventLog, 'publish' | 'read'> }): Promise<string[]> {
  const told = new Map<string, string>();
  for await (const records of log.read(TOPICS.modelReleases.name)) {
    for (const release of records.flatMap(({ value }) => decodeRelease(value) ?? [])) told.set(release.model, release.version);
  }
  const announced: string[] = [];
  for (const model of Object.values(MODELS)) {
    const live = await database.releases.live(model);
    if (live === null || told.get(model) === live.version) continue;
    await announceRelease(parseManifest(live.manifest), now(), log);
    announced.push(live.version);
  }
  return announced;
}

/** Null for a corrupt record: services skipped it too. */
function decodeRelease(value: Buffer | null): Release | null {
  try {
    return RELEASE.decode(value);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** `20111209T125000-1f0c3a2b`: sorts by the end of the training window, differs with the content. */
export function releaseVersion(trainedUntilMs: number, fingerprint: string): string {
  const until = new Date(trainedUntilMs).toISOString().replace(/[-:]/g, '').slice(0, 15);
  return `${until}-${fingerprint.slice(0, 8)}`;
}
