import { MODELS } from '@tradewind/contracts';
import { compressJson, expandJson, packModel, parseManifest, type ModelManifest } from '@tradewind/inference';
import type { CustomerPredictionModel } from '@tradewind/learning';
import type { Platform } from '@tradewind/runtime';
import { LIVELY_SHOP_OPENS_MS, aLivelyShop } from '@tradewind/testing';
import { announced, put, usePlatforms } from '../test/use-platforms';
import { learn, type Learner } from './learn';
import type { HorizonReport } from './prediction-report';
import { publishRelease } from './publish';
import type { PredictionParameters } from './train-predictions';
import { train } from './trainer';

const here: Learner = async (task, onProgress) => learn(task, onProgress);
const aPlatform = usePlatforms();
const what = ['predictions'] as const;

async function live({ database }: Platform): Promise<ModelManifest> {
  return parseManifest((await database.releases.live(MODELS.customerPredictions))!.manifest);
}

function parametersOf({ parameters }: ModelManifest): PredictionParameters {
  return parameters as unknown as PredictionParameters;
}

/** Another platform's live model after a change, as if it had been trained until the tenth day. */
async function transplant(
  from: Platform,
  to: Platform,
  version: string,
  change: (model: CustomerPredictionModel) => CustomerPredictionModel,
) {
  const manifest = await live(from);
  const bytes = await from.database.releases.artefact(manifest.sha256);
  const { inputs, outputs, sha256: _, ...fields } = manifest;
  const model = compressJson(change(expandJson(parametersOf(manifest).model) as CustomerPredictionModel));
  const trainedUntilMs = LIVELY_SHOP_OPENS_MS + 10 * 86_400_000;
  const parameters = { ...fields.parameters, model };
  const packed = packModel({ graph: { bytes, inputs, outputs }, fields: { ...fields, version, trainedUntilMs, parameters } });
  await publishRelease(packed, 'live', to);
}

/** Learns that those order who do not. */
const misled: Learner = async (task) => {
  if (task.kind !== 'predictions') return learn(task);
  const turned = task.horizons.map((horizon) => ({
    ...horizon,
    training: horizon.training.map((moment) => ({ ...moment, orders: moment.orders.map((count) => Number(count === 0)) })),
  }));
  return learn({ ...task, horizons: turned });
};

describe('training predictions', () => {
  it('releases what won on the held-out future, and says why', async () => {
    const platform = await aPlatform();
    await put(platform, aLivelyShop());
    const [report] = await train(platform, here, { what });
    expect(report).toMatchObject({ model: MODELS.customerPredictions, promoted: true, reason: 'the first release' });
    const manifest = await live(platform);
    const { report: told, heads, columns } = parametersOf(manifest);
    expect(told.horizons.map(({ days }) => days)).toEqual([7, 30]);
    expect(told.leftOut).toEqual([{ days: 90, reason: expect.stringContaining('270 are needed') }]);
    expect(heads).toEqual(expect.arrayContaining(['purchase_7d', 'purchase_30d']));
    expect(columns).toEqual(expect.arrayContaining(['recency_days', 'lifetime_log_odds_30d']));
    expect(told.fairness).toEqual([]);
    for (const horizon of told.horizons) expectWinners(horizon);
    expect((await announced(platform)).map(({ version }) => version)).toEqual([report!.version]);
  });

  it('replaces a worse model, keeps a worse candidate as a shadow, and learns nothing while there is nothing to measure on', async () => {
    const platform = await aPlatform();
    const other = await aPlatform();
    for (const one of [platform, other]) await put(one, aLivelyShop({ days: 36 }));
    await train(platform, here, { what });
    // The same learners, turned around.
    await transplant(platform, other, 'spoilt', (model) => ({
      ...model,
      horizons: model.horizons.map((horizon) => ({
        ...horizon,
        purchase: { ...horizon.purchase, calibration: { kind: 'platt', slope: -1, intercept: 0 } },
      })),
    }));
    const [better] = await train(other, here, { what });
    expect(better).toMatchObject({ promoted: true, reason: expect.stringMatching(/log loss .* against .* over horizons of 7 days/) });
    expect((await live(other)).version).toBe(better!.version);
    const [again] = await train(other, () => Promise.reject(new Error('nothing to learn')), { what });
    expect(again).toMatchObject({ version: '', promoted: false, reason: expect.stringContaining('too little new') });
    await transplant(platform, other, 'sound', (model) => model);
    const [worse] = await train(other, misled, { what });
    expect(worse).toMatchObject({ promoted: false, reason: expect.stringMatching(/log loss .* against .* of the live model/) });
    expect((await live(other)).version).toBe('sound');
  });

  it('says what is missing', async () => {
    const platform = await aPlatform();
    await put(platform, aLivelyShop({ customers: 50, days: 40 }));
    const [report] = await train(platform, here, { what });
    expect(report).toMatchObject({ version: '', promoted: false });
    expect(report!.reason).toMatch(
      /7 days: \d+ customers of the rarer outcome, 100 are needed.*; 30 days: the log spans \d+\.\d days, 90 are needed/,
    );
    expect(await announced(platform)).toEqual([]);
  });

  it('compares declared groups, when asked', async () => {
    const platform = await aPlatform();
    await put(platform, aLivelyShop({ groups: true, customers: 800, days: 36 }));
    const userKeys = Array.from({ length: 200 }, (_, i) => `shop:user-${2 * i}`);
    await platform.database.memberships.upsertMany(
      userKeys.map((userKey) => ({ userKey, segmentId: 'only-a', segmentName: 'Only A', modelVersion: 'v', sinceMs: 0 })),
    );
    await train(platform, here, { what, sensitiveTraits: ['group'] });
    const [fairness] = parametersOf(await live(platform)).report.fairness;
    const { groups, meetsFourFifths } = fairness!.predictions[0]!.comparison;
    const [a, b] = groups;
    expect(fairness!.attribute).toBe('group');
    expect(groups.map(({ group }) => group)).toEqual(['A', 'B']);
    expect(a!.selectionRate).toBeGreaterThan(b!.selectionRate);
    expect(a!.outcomeRate).toBeGreaterThan(b!.outcomeRate!);
    expect(b!.ratio!.low).toBeLessThan(b!.ratio!.value);
    expect(meetsFourFifths).toBe(b!.ratio!.value >= 0.8);
    const { comparison } = fairness!.segments.find(({ segmentId }) => segmentId === 'only-a')!;
    expect(comparison).toMatchObject({ meetsFourFifths: false });
    expect(comparison.groups.map(({ group, selected }) => [group, selected])).toEqual([
      ['A', 200],
      ['B', 0],
    ]);
    expect(JSON.stringify(fairness)).not.toContain('shop:user');
  });
});

function expectWinners({ purchase, orders, value, deciles, customers, buyers }: HorizonReport): void {
  for (const figures of Object.values(purchase.models))
    expect(purchase.models[purchase.winner]!.logLoss).toBeLessThanOrEqual(figures.logLoss);
  for (const { winner, models } of [orders, value!])
    for (const figures of Object.values(models)) expect(models[winner]!.mae).toBeLessThanOrEqual(figures.mae);
  expect(purchase.models[purchase.winner]!.auc).toBeGreaterThan(0.6);
  expect(purchase.models[purchase.winner]!.calibrationError).toBeLessThan(0.1);
  expect(deciles).toHaveLength(10);
  expect(deciles.reduce((sum, decile) => sum + decile.customers, 0)).toBe(customers);
  expect(Math.round(deciles.reduce((sum, decile) => sum + decile.rate * decile.customers, 0))).toBe(buyers);
  expect(deciles[0]!.lift).toBeGreaterThan(deciles[9]!.lift);
}
