import { AppError } from '@tradewind/contracts';
import { isObject } from '../judge';

export const CALLS = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
/** The kinds of call of Segment's spec. */
export type Call = (typeof CALLS)[number];

/** allow: reported, the event is unchanged; flag: the event carries the plan and how often it breaks it; block: it is rejected. */
export type PlanMode = 'allow' | 'flag' | 'block';

/** A JSON Schema, draft 2020-12, or draft-07 where `$schema` says so. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** What one kind of event must look like. */
export interface PlannedEvent {
  readonly type: Call;
  /** Event of a track call, name of a page or screen; without it the entry is for every event of the type that has no entry of its own. */
  readonly name?: string;
  readonly description?: string;
  /** Over the event as the client sent it: `{properties, traits, context, userId, …}`. */
  readonly schema: JsonSchema;
}

/** A tracking plan as people write it and the database keeps it. */
export interface PlanDocument {
  /** Lower-case letters, digits and dashes, up to 64. */
  readonly id: string;
  readonly name: string;
  /** From 1. */
  readonly version: number;
  readonly description?: string;
  readonly events: readonly PlannedEvent[];
  /** Over every event beside its own schema. */
  readonly common?: JsonSchema;
  /** Of events that it does not name, of the types that it has entries for; a source may decide otherwise. @default allow */
  readonly unplanned: PlanMode;
}

/** Of a plan, whatever its format. */
export const MAX_EVENTS = 500;

/** `<id>@<version>`, the name under which events and violations know a plan. */
export function planName({ id, version }: Pick<PlanDocument, 'id' | 'version'>): string {
  return `${id}@${version}`;
}

/** What a file says, whatever its format: where each schema stands is kept for messages. */
export interface ReadPlan {
  readonly value: Readonly<Record<string, unknown>>;
  readonly entries: readonly { readonly event: PlannedEvent; readonly at: string }[];
  readonly common?: { readonly schema: JsonSchema; readonly at: string } | undefined;
}

export function readSchema(value: unknown, at: string): JsonSchema {
  if (typeof value !== 'boolean' && !isObject(value)) throw invalid(at, 'must be a JSON Schema');
  return value;
}

/** @param at path of the fault, '' for the whole plan */
export function invalid(at: string, reason: string): AppError {
  return new AppError('PLAN_INVALID', at === '' ? reason : `${at}: ${reason}`);
}
