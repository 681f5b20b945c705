import { describeError } from '@tradewind/contracts';
import { expandJson, loadOnnxModel, type ModelManifest } from '@tradewind/inference';
import { completeRows, predictCustomer, type CustomerPredictionModel } from '@tradewind/learning';
import type { Database } from '@tradewind/persistence';
import { labelsOf, propensityFigures, type HorizonTask } from './learn-predictions';
import type { PropensityFigures } from './prediction-report';
import { PROFILE } from './snapshot';

/** The live model; `incomparable` when it cannot be asked about today's profiles. */
export type LivePredictions =
  | { readonly kind: 'comparable'; readonly manifest: ModelManifest; readonly model: CustomerPredictionModel }
  | { readonly kind: 'incomparable'; readonly reason: string };

/** Reads the live release. */
export function readLivePredictions(manifest: ModelManifest): LivePredictions {
  let model: CustomerPredictionModel;
  try {
    model = expandJson(String(manifest.parameters['model'])) as CustomerPredictionModel;
  } catch (error) {
    return { kind: 'incomparable', reason: describeError(error) };
  }
  const missing = model.profileColumns.find((column) => !PROFILE.columns.includes(column));
  if (missing !== undefined) return { kind: 'incomparable', reason: `it reads ${missing}, which is not folded any more` };
  return { kind: 'comparable', manifest, model };
}

/**
 * Measures the live model, through its own file, on the held-out customers of each horizon that it predicts, too, and whose outcomes it has
 * not learned from. @returns figures by days
 */
export async function measureLivePredictions(
  { manifest: live, model }: LivePredictions & { readonly kind: 'comparable' },
  horizons: readonly HorizonTask[],
  database: Pick<Database, 'releases'>,
): Promise<ReadonlyMap<number, PropensityFigures>> {
  const unseen = horizons.filter(
    ({ days, heldOut }) => heldOut.atMs > live.trainedUntilMs && model.horizons.some((own) => own.days === days),
  );
  const loaded = await loadOnnxModel({ bytes: await database.releases.artefact(live.sha256), manifest: live });
  try {
    const figures = new Map<number, PropensityFigures>();
    for (const horizon of unseen) figures.set(horizon.days, await measure(horizon));
    return figures;
  } finally {
    await loaded.close();
  }

  async function measure({ days, heldOut }: HorizonTask): Promise<PropensityFigures> {
    const profiles = {
      columns: model.profileColumns,
      rows: heldOut.customers.length,
      data: select(heldOut.profiles, model.profileColumns),
    };
    const { columns, rows, data } = completeRows(
      profiles,
      model.source,
      model.lifetime.orders,
      model.horizons.map((own) => own.days),
    );
    const outputs = await loaded.run({ features: { dtype: 'float32', shape: [rows, columns.length], data } });
    const heads = live.parameters['heads'] as readonly string[];
    const predictions = Array.from({ length: rows }, (_, row) => {
      const scores = heads.map((name) => Number(outputs[name]!.data[row]));
      return predictCustomer(model, data.subarray(row * columns.length, (row + 1) * columns.length), scores).horizons.find(
        (one) => one.days === days,
      )!;
    });
    return propensityFigures(labelsOf(heldOut), predictions);
  }
}

/** The named columns of [rows, PROFILE.columns]. */
function select(profiles: Float32Array, columns: readonly string[]): Float32Array {
  const places = columns.map((column) => PROFILE.columns.indexOf(column));
  const width = PROFILE.columns.length;
  const out = new Float32Array((profiles.length / width) * places.length);
  for (let from = 0, at = 0; from < profiles.length; from += width) for (const place of places) out[at++] = profiles[from + place]!;
  return out;
}
