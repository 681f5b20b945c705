import type { Event } from '@tradewind/contracts';
import { isObject } from '../judge';
import { CALLS, MAX_EVENTS, type Call, type PlanDocument } from './plan-document';
import { createShape, observe, toSchema, type Shape, type ShapeBudget, type ShapeRemark } from './shape';

export interface DraftOptions {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  /** Whether properties and traits that were not seen are faults. @default false */
  readonly isClosed?: boolean;
}

export interface DraftedEvent {
  readonly type: Call;
  readonly name: string;
  readonly count: number;
  /** What the sample contradicts itself in. */
  readonly remarks: readonly ShapeRemark[];
}

/** A plan inferred from traffic. */
export interface Draft {
  /** Adds an event of the log. */
  add(event: Event): void;
  /** A plan that every added event follows (beyond 500 kinds: that does not name the rarer ones), and what to look at. */
  finish(options: DraftOptions): { readonly plan: PlanDocument; readonly events: readonly DraftedEvent[] };
}

/** Below the bound of `findUnsafeSchema`. */
const MAX_SHAPES = 1_500;
/** Kinds of events looked at, of which the most frequent are drafted. */
const MAX_KINDS = 5_000;

interface Sampled {
  readonly call: Call;
  readonly name: string;
  count: number;
  readonly shape: Shape;
  readonly budget: ShapeBudget;
}

export function createDraft(): Draft {
  const kinds = new Map<string, Sampled>();
  return {
    add(event) {
      const call = CALLS[event.type - 1];
      if (call === undefined) return;
      // Names of pages are often as many as pages.
      const name = call === 'track' ? event.name : '';
      const key = `${call} ${name}`;
      const present = kinds.get(key);
      if (present === undefined && kinds.size >= MAX_KINDS) return;
      const sampled = present ?? { call, name, count: 0, shape: createShape(), budget: { left: MAX_SHAPES } };
      kinds.set(key, sampled);
      sampled.count++;
      observe(sampled.shape, payloadOf(event), sampled.budget);
    },
    finish({ id, version, name, isClosed = false }) {
      const drafted = [...kinds.values()]
        .sort((a, b) => b.count - a.count)
        .slice(0, MAX_EVENTS)
        .map((sampled) => {
          const remarks: ShapeRemark[] = [];
          const schema = toSchema(sampled.shape, { isClosed, remark: (remark) => void remarks.push(remark) });
          return { ...sampled, schema, remarks };
        });
      const events = drafted.map(({ call, name: event, schema }) => ({ type: call, ...(event !== '' && { name: event }), schema }));
      return {
        plan: { id, version, name, events, unplanned: 'allow' },
        events: drafted.map(({ call, name: event, count, remarks }) => ({ type: call, name: event, count, remarks })),
      };
    },
  };
}

/** Properties and traits as they were sent; what else an event has is the SDK's. */
function payloadOf({ payloadJson }: Event): Record<string, unknown> {
  const payload: unknown = payloadJson.length === 0 ? {} : JSON.parse(Buffer.from(payloadJson).toString());
  if (!isObject(payload)) return {};
  const { properties, traits } = payload;
  return { ...(properties !== undefined && { properties }), ...(traits !== undefined && { traits }) };
}
