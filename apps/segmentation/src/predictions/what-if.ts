import { EventType, type Event } from '@tradewind/contracts';
import { monetary, type UserState } from '@tradewind/feature-store';
import { predictCustomer, type CustomerPrediction } from '@tradewind/learning';
import { CUSTOMER } from '../features';
import type { PredictionModel } from './prediction-model';

const DAY_MS = 86_400_000;
const MOST_ORDERS_TRIED = 10;

/** Whose future is asked for, and from when. */
export interface Subject {
  readonly model: PredictionModel;
  readonly state: UserState;
  readonly asOfMs: number;
}

/** The customer as if something had happened, or had not. */
export interface WhatIf {
  readonly change: string;
  readonly probabilities: readonly { readonly days: number; readonly probability: number }[];
}

/** A complete row as of a moment. */
export function rowAt(model: PredictionModel, state: UserState, atMs: number): Float32Array {
  const vector = new Float32Array(CUSTOMER.columns.length);
  CUSTOMER.vector(state, atMs, vector);
  return model.complete(vector, 1).data;
}

/** What single events, or none, would make of the probabilities. */
export function tryChanges(model: PredictionModel, state: UserState, asOfMs: number): WhatIf[] {
  const tell = (change: string, { horizons }: CustomerPrediction): WhatIf => ({
    change,
    probabilities: horizons.map(({ days, probability }) => ({ days, probability })),
  });
  const after = (days: number) => predictCustomer(model.model, rowAt(model, state, asOfMs + days * DAY_MS));
  return [
    tell('an order now', withEvents(model, state, asOfMs, [anOrder(state, asOfMs)])),
    tell('a product viewed now', withEvents(model, state, asOfMs, [anEvent(state, 'Product Viewed', asOfMs)])),
    ...[7, 30, 90].map((days) => tell(`${days} more days of silence`, after(days))),
  ];
}

/** Fewest orders, one a day from now on, after which it is so; 0 when it is so now, null when ten are not enough. */
export function ordersUntil(
  isThere: (prediction: CustomerPrediction) => boolean,
  isThereNow: boolean,
  { model, state, asOfMs }: Subject,
): number | null {
  if (isThereNow) return 0;
  // On days of their own: orders of one day are one to the lifetime models.
  for (let orders = 1; orders <= MOST_ORDERS_TRIED; orders++) {
    const events = Array.from({ length: orders }, (_, day) => anOrder(state, asOfMs + day * DAY_MS));
    if (isThere(withEvents(model, state, events.at(-1)!.occurredAtMs, events))) return orders;
  }
  return null;
}

/** The prediction of the profile after these events; the state stays as it is. */
function withEvents(model: PredictionModel, state: UserState, asOfMs: number, events: readonly Event[]): CustomerPrediction {
  const copy = CUSTOMER.decode(state.userKey, CUSTOMER.encode(state));
  events.forEach((event, offset) => CUSTOMER.apply(copy, { topic: 'what-if', partition: 0, offset }, event));
  return predictCustomer(model.model, rowAt(model, copy, asOfMs));
}

/** Of the customer's usual amount. */
function anOrder(state: UserState, atMs: number): Event {
  const { grossMinor, orders, currency } = state.of(monetary);
  return { ...anEvent(state, 'Order Completed', atMs), valueMinor: orders === 0 ? 0 : Math.round(grossMinor / orders), currency };
}

function anEvent({ userKey }: UserState, name: string, occurredAtMs: number): Event {
  return {
    messageId: '',
    type: EventType.EVENT_TYPE_TRACK,
    sourceId: '',
    userId: '',
    userKey,
    anonymousId: '',
    previousId: '',
    groupId: '',
    name,
    occurredAtMs,
    receivedAtMs: occurredAtMs,
    orderId: '',
    valueMinor: 0,
    currency: '',
    items: [],
    payloadJson: new Uint8Array(0),
    enrichment: null,
    deniedPurposes: [],
    trackingPlan: '',
    violationCount: 0,
  };
}
