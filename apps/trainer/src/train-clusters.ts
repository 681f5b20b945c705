import { createHash } from 'node:crypto';
import { MODELS } from '@tradewind/contracts';
import { buildKMeansGraph, packModel, parseManifest } from '@tradewind/inference';
import type { Platform } from '@tradewind/runtime';
import { baselineOf } from './baseline';
import type { Learner } from './learn';
import { CLUSTER_COLUMNS, type ClusterParameters } from './learn-clusters';
import { publishRelease, releaseVersion } from './publish';
import type { TrainingReport } from './report';
import { PROFILE, type Snapshot } from './snapshot';

const MIN_CUSTOMERS = 100;

export interface TrainInput {
  readonly snapshot: Snapshot;
  readonly platform: Platform;
  readonly learner: Learner;
  /** Share done, 0–1. */
  onProgress(done: number): void;
}

export async function trainClusters({ snapshot, platform, learner, onProgress }: TrainInput): Promise<TrainingReport> {
  const { userKeys, fromMs, untilMs, events } = snapshot;
  const model = MODELS.customerClusters;
  if (userKeys.length < MIN_CUSTOMERS) return untrained(model, `${userKeys.length} customers with an order, ${MIN_CUSTOMERS} are needed`);
  onProgress(0);
  const live = await liveParameters(platform);
  const { parameters, metrics, isBetter, how } = await learner({
    kind: 'clusters',
    rows: userKeys.length,
    data: clusterColumns(snapshot),
    live,
  });
  const graph = buildKMeansGraph({ columns: parameters.scaling, centroids: parameters.centroids });
  const version = releaseVersion(untilMs, createHash('sha256').update(graph.bytes).digest('hex'));
  const candidate = packModel({
    graph,
    fields: {
      model,
      version,
      trainedFromMs: fromMs,
      trainedUntilMs: untilMs,
      metrics,
      licence: 'Apache-2.0',
      parameters: { ...parameters, events, baseline: baselineOf(snapshot, parameters.columns) },
    },
  });
  const { silhouette, silhouette_live: before } = metrics;
  await publishRelease(candidate, isBetter ? 'live' : 'shadow', platform);
  onProgress(1);
  const from = how === 'refit' ? 'refitted from its centroids' : 'found afresh';
  const reason =
    before === undefined
      ? 'the first release'
      : `held-out silhouette ${round(silhouette!)} against ${round(before)} of the live model, ${from}`;
  return { model, version, promoted: isBetter, reason, metrics, comparison: before === undefined ? {} : { live: { silhouette: before } } };
}

export function untrained(model: string, reason: string): TrainingReport {
  return { model, version: '', promoted: false, reason, metrics: {}, comparison: {} };
}

export function round(value: number): number {
  return Number(value.toFixed(4));
}

async function liveParameters({ database }: Platform): Promise<ClusterParameters | null> {
  const live = await database.releases.live(MODELS.customerClusters);
  if (live === null) return null;
  const parameters = parseManifest(live.manifest).parameters as unknown as ClusterParameters;
  // Other columns cannot be compared; the new model then starts afresh.
  return parameters.columns.join() === CLUSTER_COLUMNS.join() ? parameters : null;
}

/** [customers, CLUSTER_COLUMNS] of [customers, PROFILE.columns]. */
function clusterColumns({ userKeys, profiles }: Snapshot): Float32Array {
  const places = CLUSTER_COLUMNS.map((column) => PROFILE.columns.indexOf(column));
  const width = PROFILE.columns.length;
  const data = new Float32Array(userKeys.length * places.length);
  for (let row = 0, at = 0; row < userKeys.length; row++) for (const place of places) data[at++] = profiles[row * width + place]!;
  return data;
}
