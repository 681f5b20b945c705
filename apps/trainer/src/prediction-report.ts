import { meanAbsoluteError, topShare, type GroupComparison, type PropensityKind } from '@tradewind/learning';

/** How good a propensity is on held-out customers. */
export interface PropensityFigures {
  readonly auc: number;
  readonly logLoss: number;
  readonly brier: number;
  /** Mean |predicted − observed| over ten bins. */
  readonly calibrationError: number;
}

/** How good an expected number is on held-out customers. */
export interface AmountFigures {
  readonly mae: number;
  /** Predicted over actual, of all customers together; null when nothing came. */
  readonly totalRatio: number | null;
  /** Share of all that the tenth with the highest predictions brought; null when nothing came. */
  readonly topTenthShare: number | null;
}

/** A tenth of the held-out customers, by falling probability: also the reliability diagram. */
export interface Decile {
  readonly customers: number;
  readonly meanProbability: number;
  /** Share that ordered. */
  readonly rate: number;
  /** Rate over everyone's. */
  readonly lift: number;
  readonly orders: number;
  /** Minor units. */
  readonly amount: number;
}

export interface Comparison<K extends string, F> {
  readonly winner: K;
  readonly why: string;
  readonly models: Readonly<Record<string, F>>;
}

export type AmountKind = 'lifetime' | 'scaled' | 'boosted';

export interface HorizonReport {
  readonly days: number;
  /** Profiles as of here, outcomes from here on, epoch milliseconds UTC. */
  readonly heldOutFromMs: number;
  readonly customers: number;
  readonly buyers: number;
  readonly trainedOnRows: number;
  readonly purchase: Comparison<PropensityKind, PropensityFigures>;
  readonly orders: Comparison<AmountKind, AmountFigures>;
  readonly value: Comparison<AmountKind, AmountFigures> | null;
  readonly deciles: readonly Decile[];
}

/** Size and outcome by one declared attribute. */
export interface AttributeFairness {
  readonly attribute: string;
  /** Who is among the fifth with the highest probability of an order, and who of them ordered. */
  readonly predictions: readonly { readonly days: number; readonly comparison: GroupComparison }[];
  /** Who is in a segment now. */
  readonly segments: readonly { readonly segmentId: string; readonly segmentName: string; readonly comparison: GroupComparison }[];
}

/** What a release tells of itself. */
export interface PredictionReport {
  readonly horizons: readonly HorizonReport[];
  /** Horizons that the log cannot hold out, with the reason. */
  readonly leftOut: readonly { readonly days: number; readonly reason: string }[];
  /** Empty unless sensitive attributes are declared. */
  readonly fairness: readonly AttributeFairness[];
}

export interface DecileInput {
  readonly probabilities: Float64Array;
  readonly labels: Float64Array;
  readonly orders: Float64Array;
  readonly amounts: Float64Array;
}

/** Ten groups of equally many customers, the likeliest first. */
export function decilesOf({ probabilities, labels, orders, amounts }: DecileInput): Decile[] {
  const order = Int32Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  const overall = sum(labels, order) / order.length;
  return Array.from({ length: 10 }, (_, tenth) => {
    const rows = order.subarray(Math.floor((tenth * order.length) / 10), Math.floor(((tenth + 1) * order.length) / 10));
    const rate = sum(labels, rows) / rows.length;
    return {
      customers: rows.length,
      meanProbability: sum(probabilities, rows) / rows.length,
      rate,
      lift: rate / overall,
      orders: sum(orders, rows),
      amount: sum(amounts, rows),
    };
  });
}

export function amountFigures(actual: Float64Array, predicted: Float64Array): AmountFigures {
  const total = actual.reduce((all, one) => all + one, 0);
  return {
    mae: meanAbsoluteError(actual, predicted),
    totalRatio: total > 0 ? predicted.reduce((all, one) => all + one, 0) / total : null,
    topTenthShare: total > 0 ? topShare(actual, predicted) : null,
  };
}

/** Figures by name and horizon, for lists of metrics, e.g. `auc_30d`. @param kind of learner; the winners when absent */
export function flatMetrics(horizons: readonly HorizonReport[], kind?: string): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const { days, purchase, orders, value } of horizons) {
    const propensity = purchase.models[kind ?? purchase.winner];
    if (propensity !== undefined) {
      metrics[`auc_${days}d`] = propensity.auc;
      metrics[`log_loss_${days}d`] = propensity.logLoss;
      metrics[`calibration_error_${days}d`] = propensity.calibrationError;
    }
    const [ofOrders, ofValue] = [orders.models[kind ?? orders.winner], value?.models[kind ?? value.winner]];
    if (ofOrders !== undefined) metrics[`orders_mae_${days}d`] = ofOrders.mae;
    if (ofValue !== undefined) metrics[`value_mae_${days}d`] = ofValue.mae;
  }
  return metrics;
}

function sum(values: ArrayLike<number>, rows: Int32Array): number {
  return rows.reduce((total, row) => total + values[row]!, 0);
}
