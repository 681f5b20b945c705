import {
  areaUnderRoc,
  brierScore,
  calibrationError,
  completeRows,
  fitAmount,
  fitLifetime,
  fitOrders,
  fitPropensity,
  fitSpend,
  logLoss,
  predictCustomer,
  type CustomerPredictionModel,
  type CustomerRows,
  type HorizonHeads,
  type HorizonPrediction,
  type HorizonRows,
  type LifetimeModels,
  type LifetimeSource,
  type PropensityHead,
  type PropensityKind,
} from '@tradewind/learning';
import { amountFigures, decilesOf, type AmountFigures, type HorizonReport, type PropensityFigures } from './prediction-report';

/** Columns of the profile that BG/NBD and Gamma-Gamma read. */
export const LIFETIME_SOURCE: LifetimeSource = {
  frequency: 'frequency_count',
  span: 'purchase_span_days',
  age: 'customer_age_days',
  orders: 'orders_count',
  amount: 'average_order_minor',
};

/** Customers at a moment, and what they did within the horizon after it. */
export interface LabelledMoment {
  readonly atMs: number;
  /** One number a customer, the same at every moment. */
  readonly customers: Int32Array;
  /** [customers, profile columns] float32. */
  readonly profiles: Float32Array;
  /** Days with an order. */
  readonly orders: Float64Array;
  /** Amounts of orders, minor units. */
  readonly amounts: Float64Array;
}

export interface HorizonTask {
  readonly days: number;
  /** The latest moment whose outcome the log holds; never learned from before it was measured on. */
  readonly heldOut: LabelledMoment;
  /** Earlier ones, whose outcomes end where the held-out one begins or before. */
  readonly training: readonly LabelledMoment[];
}

export interface PredictionTask {
  readonly profileColumns: readonly string[];
  /** [customers, profile columns] as of the end of the log. */
  readonly now: Float32Array;
  readonly horizons: readonly HorizonTask[];
}

export interface LearnedPredictions {
  /** Fitted on all moments, the held-out one too. */
  readonly model: CustomerPredictionModel;
  /** Of what the released kinds of learners did on the held-out moment, fitted before it. */
  readonly horizons: readonly (HorizonReport & { readonly probabilities: Float64Array })[];
}

const KINDS: readonly PropensityKind[] = ['lifetime', 'logistic', 'boosted'];

/**
 * For each horizon: fits every learner to the earlier moments, measures all on the held-out future, and fits the kinds that did best there
 * to all moments. Pure: the same task gives the same model.
 */
export function learnPredictions(task: PredictionTask, onProgress: (done: number) => void = () => undefined): LearnedPredictions {
  const { profileColumns, horizons } = task;
  const context: Context = { profileColumns, days: horizons.map(({ days }) => days), ordersModels: new Map() };
  const lifetime = fitLifetime(rowsOf(task.now, profileColumns), LIFETIME_SOURCE);
  const learned = horizons.map((horizon, i) => {
    const measured = measureHorizon(horizon, context);
    onProgress((i + 0.7) / horizons.length);
    const heads = finalHeads(horizon, measured.report, context, lifetime);
    onProgress((i + 1) / horizons.length);
    return { heads, horizon: { ...measured.report, probabilities: measured.probabilities } };
  });
  return {
    model: { profileColumns, source: LIFETIME_SOURCE, lifetime, horizons: learned.map(({ heads }) => heads) },
    horizons: learned.map(({ horizon }) => horizon),
  };
}

interface Context {
  readonly profileColumns: readonly string[];
  readonly days: readonly number[];
  /** BG/NBD as of a moment, by the moment. */
  readonly ordersModels: Map<number, LifetimeModels['orders']>;
}

function measureHorizon(
  { days, heldOut, training }: HorizonTask,
  context: Context,
): { report: HorizonReport; probabilities: Float64Array } {
  const rows = stack(training, context);
  const lifetime = {
    orders: ordersModelAt(heldOut, context),
    spend: fitSpend(rowsOf(heldOut.profiles, context.profileColumns), LIFETIME_SOURCE),
  };
  const complete = completeAt(heldOut, context);
  const labels = labelsOf(heldOut);
  const tried = KINDS.map((kind) => {
    const head = fitPropensity(kind, rows, days);
    const predictions = predictAll(complete, context, lifetime, {
      days,
      purchase: head,
      orders: { kind: 'scaled' },
      value: { kind: 'scaled' },
    });
    return { kind, head, predictions, figures: propensityFigures(labels, predictions) };
  });
  const best = tried.reduce((least, one) => (one.figures.logLoss < least.figures.logLoss ? one : least));
  const probabilities = Float64Array.from(best.predictions, ({ probability }) => probability);
  const amounts = measureAmounts({ days, heldOut, training }, { rows, complete, lifetime, context, head: best.head });
  const report: HorizonReport = {
    days,
    heldOutFromMs: heldOut.atMs,
    customers: heldOut.customers.length,
    buyers: labels.reduce((sum, label) => sum + label, 0),
    trainedOnRows: rows.rows.rows,
    purchase: {
      winner: best.kind,
      why: 'the lowest log loss on the held-out customers',
      models: Object.fromEntries(tried.map(({ kind, figures }) => [kind, figures])),
    },
    ...amounts,
    deciles: decilesOf({ probabilities, labels, orders: heldOut.orders, amounts: heldOut.amounts }),
  };
  return { report, probabilities };
}

interface Measuring {
  readonly rows: HorizonRows;
  readonly complete: CustomerRows;
  readonly lifetime: LifetimeModels;
  readonly context: Context;
  readonly head: PropensityHead;
}

function measureAmounts({ days, heldOut, training }: HorizonTask, { rows, complete, lifetime, context, head }: Measuring) {
  const trees = {
    orders: fitAmount(
      rows,
      joined(training, ({ orders }) => orders),
      days,
    ),
    value: fitAmount(
      rows,
      joined(training, ({ amounts }) => amounts),
      days,
    ),
  };
  const kinds = ['lifetime', 'scaled', 'boosted'] as const;
  const predicted = kinds.map((kind) => {
    const of = (target: 'orders' | 'value') => (kind === 'boosted' ? { kind, model: trees[target] } : { kind });
    return predictAll(complete, context, lifetime, { days, purchase: head, orders: of('orders'), value: of('value') });
  });
  const compare = (read: (one: HorizonPrediction) => number, actual: Float64Array) => {
    const models = Object.fromEntries(
      kinds.map((kind, at) => [kind, amountFigures(actual, Float64Array.from(predicted[at]!, read))]),
    ) as Record<(typeof kinds)[number], AmountFigures>;
    const winner = kinds.reduce((least, kind) => (models[kind].mae < models[least].mae ? kind : least));
    return { winner, why: 'the lowest mean absolute error on the held-out customers', models };
  };
  return {
    orders: compare(({ orders }) => orders, heldOut.orders),
    value: lifetime.spend === null ? null : compare(({ value }) => value ?? 0, heldOut.amounts),
  };
}

function finalHeads(
  { days, heldOut, training }: HorizonTask,
  { purchase, orders, value }: HorizonReport,
  context: Context,
  lifetime: LifetimeModels,
): HorizonHeads {
  const moments = [heldOut, ...training];
  const rows = stack(moments, context);
  const amount = (kind: 'lifetime' | 'scaled' | 'boosted', read: (moment: LabelledMoment) => Float64Array) =>
    kind === 'boosted' ? { kind, model: fitAmount(rows, joined(moments, read), days) } : { kind };
  return {
    days,
    purchase: fitPropensity(purchase.winner, rows, days),
    orders: amount(orders.winner, (moment) => moment.orders),
    value: value === null || lifetime.spend === null ? null : amount(value.winner, (moment) => moment.amounts),
  };
}

/** A model of this horizon alone, over rows that are complete for all. */
function predictAll(complete: CustomerRows, context: Context, lifetime: LifetimeModels, heads: HorizonHeads): HorizonPrediction[] {
  const model = { profileColumns: context.profileColumns, source: LIFETIME_SOURCE, lifetime, horizons: [heads] };
  const width = complete.columns.length;
  return Array.from(
    { length: complete.rows },
    (_, row) => predictCustomer(model, complete.data.subarray(row * width, (row + 1) * width)).horizons[0]!,
  );
}

/** Log loss, order and calibration of predictions. */
export function propensityFigures(labels: Float64Array, predictions: readonly Pick<HorizonPrediction, 'probability'>[]): PropensityFigures {
  const probabilities = Float64Array.from(predictions, ({ probability }) => probability);
  return {
    auc: areaUnderRoc(labels, probabilities),
    logLoss: logLoss(labels, probabilities),
    brier: brierScore(labels, probabilities),
    calibrationError: calibrationError(labels, probabilities),
  };
}

export function labelsOf({ orders }: Pick<LabelledMoment, 'orders'>): Float64Array {
  return orders.map((count) => Number(count > 0));
}

function ordersModelAt({ atMs, profiles }: LabelledMoment, { ordersModels, profileColumns }: Context): LifetimeModels['orders'] {
  let known = ordersModels.get(atMs);
  if (known === undefined) ordersModels.set(atMs, (known = fitOrders(rowsOf(profiles, profileColumns), LIFETIME_SOURCE)));
  return known;
}

/** Each moment's rows say what BG/NBD said then. */
function completeAt(moment: LabelledMoment, context: Context): CustomerRows {
  return completeRows(rowsOf(moment.profiles, context.profileColumns), LIFETIME_SOURCE, ordersModelAt(moment, context), context.days);
}

function stack(moments: readonly LabelledMoment[], context: Context): HorizonRows {
  const parts = moments.map((moment) => completeAt(moment, context));
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  parts.reduce((at, part) => (data.set(part.data, at), at + part.data.length), 0);
  return {
    rows: { columns: parts[0]!.columns, rows: parts.reduce((sum, { rows }) => sum + rows, 0), data },
    labels: joined(moments, labelsOf),
    customers: Int32Array.from(moments.flatMap(({ customers }) => Array.from(customers))),
  };
}

function joined(moments: readonly LabelledMoment[], read: (moment: LabelledMoment) => Float64Array): Float64Array {
  return Float64Array.from(moments.flatMap((moment) => Array.from(read(moment))));
}

function rowsOf(data: Float32Array, columns: readonly string[]): CustomerRows {
  return { columns, rows: data.length / columns.length, data };
}
