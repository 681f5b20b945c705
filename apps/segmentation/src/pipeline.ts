import { EVENT, type Event, type LogPosition } from '@tradewind/contracts';
import { decodeBatch, type BatchHandler } from '@tradewind/eventing';
import type { FeatureStore, PositionedEvent, UserState } from '@tradewind/feature-store';
import type { ModelSlot } from '@tradewind/inference';
import { CUSTOMER, SEGMENT, asOf, isCustomer } from './features';
import { asClusterModel, type Assignments, type ClusterModel } from './model';
import { toRecords, type Move } from './outputs';
import { HandOn } from './identity/hand-on';
import type { LiveBatch } from './rules/live-batch';
import type { RuleSegments } from './rules/rule-segments';
import { toFold } from './to-fold';

/** Segments by rule during one batch. */
export type BatchRules = Pick<LiveBatch, 'outputs' | 'take' | 'persist'>;

export interface PipelineDeps {
  readonly features: FeatureStore;
  readonly slot: ModelSlot;
  readonly rules: { begin(...batch: Parameters<RuleSegments['begin']>): Promise<BatchRules> };
  /** Epoch milliseconds UTC. */
  readonly now: () => number;
}

/**
 * Folds each event into its visitor's profile, assigns the cluster of who has ordered after each event, judges the rules, and tells what changed. Decides per
 * event, so what comes out does not depend on where a batch was cut. Events whose person refused personalization are left out.
 */
export function createPipeline(deps: PipelineDeps): BatchHandler {
  return async function segment(batch) {
    const { messages, deadLetters } = decodeBatch(batch, EVENT);
    const events = toFold(messages);
    const rules = await deps.rules.begin(batch, messages);
    const handOn = new HandOn(batch);
    if (deps.slot.version === null) {
      const onApplied = (...applied: Parameters<HandOn['take']>) => void (handOn.take(...applied) || rules.take(...applied));
      const { persist } = await deps.features.apply(events, { vectors: false, onApplied });
      return { outputs: [...handOn.outputs, ...rules.outputs], deadLetters, persist: () => rules.persist(persist) };
    }
    return deps.slot.use(async (model) => {
      const clusters = asClusterModel(model, CUSTOMER.columns);
      const { persist, rows, vectors } = await fold({ features: deps.features, events, clusters, rules, handOn });
      const moves = rows.length === 0 ? [] : findMoves(rows, await clusters.assign(vectors, rows.length), clusters, deps.now());
      return {
        outputs: [...handOn.outputs, ...rules.outputs, ...moves.flatMap(toRecords)],
        deadLetters,
        persist: () => rules.persist(persist),
      };
    });
  };
}

interface Folded {
  /** Applied events of customers, in log order. */
  readonly rows: readonly { readonly state: UserState; readonly event: Event; readonly position: LogPosition }[];
  /** [rows, columns] float32: the customer's profile right after the event, read as the model wants it. */
  readonly vectors: Float32Array;
  readonly persist: () => Promise<void>;
}

interface Folding {
  readonly features: FeatureStore;
  readonly events: readonly PositionedEvent[];
  readonly clusters: ClusterModel;
  readonly rules: BatchRules;
  readonly handOn: HandOn;
}

async function fold({ features, events, clusters: { trainedUntilMs }, rules, handOn }: Folding): Promise<Folded> {
  const width = CUSTOMER.columns.length;
  const vectors = new Float32Array(events.length * width);
  const rows: Folded['rows'][number][] = [];
  const { persist } = await features.apply(events, {
    vectors: false,
    onApplied(state, event, position) {
      if (handOn.take(state, event, position)) return;
      rules.take(state, event, position);
      if (!isCustomer(state)) return;
      CUSTOMER.vector(state, asOf(state, trainedUntilMs), vectors, rows.length * width);
      rows.push({ state, event, position });
    },
  });
  return { rows, persist, vectors: vectors.subarray(0, rows.length * width) };
}

function findMoves(rows: Folded['rows'], assignments: Assignments, { version }: ClusterModel, decidedAtMs: number): Move[] {
  return rows.flatMap(({ state, event, position }, row) => {
    const cause = `${position.topic}-${position.partition}-${position.offset}`;
    return place(state, { assignments, row, version, cause, occurredAtMs: event.occurredAtMs, decidedAtMs }) ?? [];
  });
}

export interface Placement {
  readonly assignments: Assignments;
  readonly row: number;
  readonly version: string;
  readonly cause: string;
  readonly occurredAtMs: number;
  readonly decidedAtMs: number;
}

/** Notes the row's segment in the customer's record; the move, when it is another than before. */
export function place(state: UserState, { assignments, row, version, cause, occurredAtMs, decidedAtMs }: Placement): Move | null {
  const current = state.of(SEGMENT);
  const to = assignments.segment(row);
  current.modelVersion = version;
  if (current.segmentId === to.id) {
    current.segmentName = to.name; // a refit may describe the same cluster better
    return null;
  }
  const from = current.segmentId === '' ? null : { id: current.segmentId, name: current.segmentName };
  Object.assign(current, { segmentId: to.id, segmentName: to.name, sinceMs: occurredAtMs });
  return { userKey: state.userKey, from, to, modelVersion: version, cause, occurredAtMs, decidedAtMs, evidence: assignments.evidence(row) };
}
