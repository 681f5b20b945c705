import { monetary, type UserState } from '@tradewind/feature-store';
import {
  explainLearner,
  explainPropensity,
  predictCustomer,
  type Contributions,
  type CustomerPrediction,
  type HorizonHeads,
  type HorizonPrediction,
} from '@tradewind/learning';
import type { PredictionModel } from './prediction-model';
import type { Standings } from './standings';
import { ordersUntil, rowAt, tryChanges, type WhatIf } from './what-if';

const DAY_MS = 86_400_000;
const FARTHEST_DAYS = 3_650;
/** Churn risk as marketers read it (Klaviyo's bounds). */
const MEDIUM_RISK = 1 / 3;
const HIGH_RISK = 2 / 3;
/** What is tried to bring a customer among the likeliest. */
const TOP_SHARE = 0.8;

/** A part of a score; positive speaks for it. */
export interface Part {
  readonly feature: string;
  /** In the feature's own unit. */
  readonly value: number;
  readonly contribution: number;
}

/** score = expected + Σ contributions, but for rounding. Log-odds of a probability, else the number itself. */
export interface Explained {
  readonly score: number;
  readonly expected: number;
  /** The largest first; parts of 0 are left out. */
  readonly contributions: readonly Part[];
}

/** A number that is expected. `percentile`: share of the customers held here with a lower one, 0–1; null while none is known. */
export interface ExpectedNumber {
  readonly value: number;
  readonly percentile: number | null;
  /** `lifetime` (BG/NBD, Gamma-Gamma), `scaled` (that, by the propensity) or `boosted`. */
  readonly learner: string;
  /** Of `boosted` only: the others are products, not sums. */
  readonly explanation: Explained | null;
}

export interface HorizonView {
  readonly days: number;
  /** An order within the horizon. */
  readonly purchase: { readonly probability: number; readonly percentile: number | null; readonly learner: string } & Explained;
  /** None. Its explanation is the purchase's with the signs turned. */
  readonly churn: { readonly probability: number; readonly percentile: number | null; readonly risk: 'low' | 'medium' | 'high' };
  /** Days with an order. */
  readonly orders: ExpectedNumber;
  /** Amounts of orders, minor units of the customer's currency. */
  readonly valueMinor: ExpectedNumber | null;
}

export interface PredictionsView {
  readonly userKey: string;
  readonly modelVersion: string;
  readonly asOfMs: number;
  /** Not gone for good, by BG/NBD. */
  readonly alive: number;
  /** When half of those like this customer, and not gone, will have ordered; null beyond ten years. */
  readonly nextOrderAtMs: number | null;
  readonly currency: string;
  readonly horizons: readonly HorizonView[];
  readonly whatIf: readonly WhatIf[];
  /** Fewest orders, one a day from now on, that bring the customer among the fifth likeliest to order; null where ten do not, 0 for who is there. */
  readonly ordersToTopFifth: readonly { readonly days: number; readonly orders: number | null }[];
}

export interface ViewInput {
  readonly model: PredictionModel;
  readonly state: UserState;
  readonly asOfMs: number;
  readonly nowMs: number;
  readonly standings: Standings | null;
}

/** Everything about one customer as of a moment. What would change it is the prediction of the profile with the change folded into it. */
export function viewPredictions({ model, state, asOfMs, nowMs, standings }: ViewInput): PredictionsView {
  const row = rowAt(model, state, asOfMs);
  const prediction = predictCustomer(model.model, row);
  const percentile = (name: string, value: number) => standings?.percentile(name, value, nowMs) ?? null;
  return {
    userKey: state.userKey,
    modelVersion: model.version,
    asOfMs,
    alive: prediction.alive,
    nextOrderAtMs: prediction.nextOrderDays > FARTHEST_DAYS ? null : Math.round(asOfMs + prediction.nextOrderDays * DAY_MS),
    currency: state.of(monetary).currency,
    horizons: prediction.horizons.map((one, at) => viewHorizon(one, model.model.horizons[at]!, { row, model, percentile })),
    whatIf: tryChanges(model, state, asOfMs),
    ordersToTopFifth: prediction.horizons.map(({ days, probability }, at) => {
      const least = standings?.quantile(`purchase_${days}d`, TOP_SHARE, nowMs) ?? Infinity;
      const isThere = ({ horizons }: CustomerPrediction) => horizons[at]!.probability >= least;
      return { days, orders: least === Infinity ? null : ordersUntil(isThere, probability >= least, { model, state, asOfMs }) };
    }),
  };
}

interface Viewing {
  readonly row: Float32Array;
  readonly model: PredictionModel;
  readonly percentile: (name: string, value: number) => number | null;
}

function viewHorizon({ days, score, probability, orders, value }: HorizonPrediction, heads: HorizonHeads, viewing: Viewing): HorizonView {
  const { row, percentile } = viewing;
  const ofPurchase = percentile(`purchase_${days}d`, probability);
  const churn = 1 - probability;
  const number = (name: 'orders' | 'value', of: number, head: HorizonHeads['orders']): ExpectedNumber => ({
    value: of,
    percentile: percentile(`${name}_${days}d`, of),
    learner: head.kind,
    explanation: head.kind === 'boosted' ? explained(explainLearner(head, row), viewing) : null,
  });
  return {
    days,
    purchase: {
      probability,
      percentile: ofPurchase,
      learner: heads.purchase.kind,
      ...explained(explainPropensity(heads.purchase, row), viewing),
      score,
    },
    churn: {
      probability: churn,
      percentile: ofPurchase === null ? null : 1 - ofPurchase,
      risk: churn > HIGH_RISK ? 'high' : churn >= MEDIUM_RISK ? 'medium' : 'low',
    },
    orders: number('orders', orders, heads.orders),
    valueMinor: value === null || heads.value === null ? null : number('value', value, heads.value),
  };
}

function explained({ expected, contributions }: Contributions, { row, model }: Viewing): Explained {
  const names = columnNames(model);
  const parts = Array.from(contributions, (contribution, column) => ({ feature: names[column]!, value: row[column]!, contribution }));
  return {
    score: contributions.reduce((sum, part) => sum + part, expected),
    expected,
    contributions: parts
      .filter(({ contribution }) => contribution !== 0)
      .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)),
  };
}

function columnNames({ complete }: PredictionModel): readonly string[] {
  return complete(new Float32Array(0), 0).columns;
}
