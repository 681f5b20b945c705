import fc from 'fast-check';
import { sigmoid } from '../boosting/boosted-trees';
import { createRandom } from '../random';
import { fitAmount, fitPropensity, type HorizonRows } from './fit-heads';
import { fitLifetime, type CustomerRows, type LifetimeSource } from './lifetime-columns';
import {
  completeColumns,
  completeRows,
  explainLearner,
  explainPropensity,
  learnedHeads,
  predictCustomer,
  scoreLearner,
  type CustomerPredictionModel,
  type PropensityKind,
} from './prediction-model';

const COLUMNS = ['frequency', 'span', 'age', 'orders', 'amount', 'visits'];
const SOURCE: LifetimeSource = { frequency: 'frequency', span: 'span', age: 'age', orders: 'orders', amount: 'amount' };
const KINDS: readonly PropensityKind[] = ['lifetime', 'logistic', 'boosted'];
const DAYS = [7, 30];

/** Customers whose next order depends on visits and on how often they ordered. */
function madeUp(rows: number) {
  const random = createRandom(4);
  const data = new Float32Array(rows * COLUMNS.length);
  const labels = new Float64Array(rows);
  const amounts = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const frequency = Math.floor(random.uniform() ** 3 * 9);
    const age = 20 + random.uniform() * 300;
    const span = frequency === 0 ? 0 : age * random.uniform();
    const visits = Math.floor(random.uniform() * 12);
    const amount = 500 + 3_000 * random.uniform();
    data.set([frequency, span, age, frequency + 1, amount, visits], row * COLUMNS.length);
    labels[row] = Number(random.uniform() < sigmoid(-3 + 0.3 * visits + 0.3 * frequency - (age - span) / 100));
    amounts[row] = labels[row]! * amount * (0.5 + random.uniform());
  }
  const customers: CustomerRows = { columns: COLUMNS, rows, data };
  return { customers, labels, amounts };
}

const { customers, labels, amounts } = madeUp(1_500);
const lifetime = fitLifetime(customers, SOURCE);
const complete = completeRows(customers, SOURCE, lifetime.orders, DAYS);
const horizonRows: HorizonRows = { rows: complete, labels, customers: Int32Array.from({ length: customers.rows }, (_, row) => row) };
const heads = new Map(KINDS.map((kind) => [kind, fitPropensity(kind, horizonRows, 30)]));
const trees = fitAmount(horizonRows, amounts, 30);

function modelOf(kind: PropensityKind): CustomerPredictionModel {
  const purchase = heads.get(kind)!;
  const horizons = DAYS.map((days) => ({
    days,
    purchase,
    orders: { kind: 'scaled' as const },
    value: { kind: 'boosted' as const, model: trees },
  }));
  return { profileColumns: COLUMNS, source: SOURCE, lifetime, horizons };
}

const row = fc.nat(customers.rows - 1).map((at) => complete.data.slice(at * complete.columns.length, (at + 1) * complete.columns.length));

describe('a model of customers', () => {
  it('explains every propensity by contributions that sum to its score, and every learned number', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), row, (kind, own) => {
        const model = modelOf(kind);
        const [prediction] = predictCustomer(model, own).horizons;
        const { expected, contributions } = explainPropensity(heads.get(kind)!, own);
        expect(contributions).toHaveLength(completeColumns(model).length);
        expect(contributions.reduce((sum, part) => sum + part, expected)).toBeCloseTo(prediction!.score, 9);
        expect(sigmoid(prediction!.score)).toBe(prediction!.probability);
        const amount = explainLearner({ kind: 'boosted', model: trees }, own);
        expect(
          Math.max(
            0,
            amount.contributions.reduce((sum, part) => sum + part, amount.expected),
          ),
        ).toBeCloseTo(prediction!.value!, 3);
      }),
      { numRuns: 60 },
    );
  });

  it('reads its own horizon of the lifetime models, and BG/NBD alone nothing else', () => {
    const used = (kind: PropensityKind) => {
      const spread = new Set<string>();
      for (let at = 0; at < 200; at++) {
        const own = complete.data.subarray(at * complete.columns.length, (at + 1) * complete.columns.length);
        explainPropensity(heads.get(kind)!, own).contributions.forEach(
          (part, column) => part !== 0 && spread.add(complete.columns[column]!),
        );
      }
      return spread;
    };
    for (const kind of KINDS) expect([...used(kind)].filter((name) => name.endsWith('_7d'))).toEqual([]);
    expect([...used('lifetime')].every((name) => name.startsWith('lifetime_'))).toBe(true);
    expect(used('logistic')).toContain('visits');
  });

  it('is calibrated: as many order as it says', () => {
    for (const kind of KINDS) {
      const sum = Array.from({ length: complete.rows }, (_, at) => {
        const own = complete.data.subarray(at * complete.columns.length, (at + 1) * complete.columns.length);
        return predictCustomer(modelOf(kind), own).horizons[1]!.probability;
      }).reduce((total, probability) => total + probability, 0);
      const ordered = labels.reduce((total, label) => total + label, 0);
      expect(Math.abs(sum / ordered - 1)).toBeLessThan(0.08);
    }
  });

  it('takes the scores of a graph in place of its own', () => {
    const model = modelOf('boosted');
    const own = complete.data.subarray(0, complete.columns.length);
    const scores = learnedHeads(model).map(({ learner }) => scoreLearner(learner, own));
    expect(learnedHeads(model).map(({ name }) => name)).toEqual(['purchase_7d', 'value_7d', 'purchase_30d', 'value_30d']);
    expect(predictCustomer(model, own, scores)).toEqual(predictCustomer(model, own));
    const higher = predictCustomer(
      model,
      own,
      scores.map((score) => score + 1),
    );
    expect(higher.horizons[0]!.probability).toBeGreaterThan(predictCustomer(model, own).horizons[0]!.probability);
  });

  it('survives JSON', () => {
    const model = modelOf('boosted');
    const own = complete.data.subarray(0, complete.columns.length);
    expect(predictCustomer(JSON.parse(JSON.stringify(model)) as CustomerPredictionModel, own)).toEqual(predictCustomer(model, own));
  });
});
