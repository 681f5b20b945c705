import { EVENT } from '@tradewind/contracts';
import { decodeBatch, type BatchHandler } from '@tradewind/eventing';
import type { AppliedBatch, FeatureStore, PositionedEvent, UserState } from '@tradewind/feature-store';
import type { ModelSlot } from '@tradewind/inference';
import { CUSTOMER, SEGMENT, asOf } from './features';
import { asClusterModel, type Assignments, type ClusterModel } from './model';
import { toRecords, type Move } from './outputs';

export interface PipelineDeps {
  readonly features: FeatureStore;
  readonly slot: ModelSlot;
  /** Epoch milliseconds UTC. */
  readonly now: () => number;
}

/**
 * Folds each event into its customer's profile, assigns the cluster after each event, and tells what changed. Decides per
 * event, so what comes out does not depend on where a batch was cut.
 */
export function createPipeline(deps: PipelineDeps): BatchHandler {
  return async function segment(batch) {
    const { messages, deadLetters } = decodeBatch(batch, EVENT);
    const events = messages.map(({ record, message }): PositionedEvent => ({ position: record, event: message }));
    if (deps.slot.version === null) {
      const { persist } = await deps.features.apply(events, { vectors: false });
      return { outputs: [], deadLetters, persist };
    }
    return deps.slot.use(async (model) => {
      const clusters = asClusterModel(model, CUSTOMER.columns);
      const { applied, vectors } = await fold(deps.features, events, clusters);
      const rows = applied.applied.length;
      const moves = rows === 0 ? [] : findMoves(applied, await clusters.assign(vectors, rows), clusters, deps.now());
      return { outputs: moves.flatMap(toRecords), deadLetters, persist: applied.persist };
    });
  };
}

/** Row i is the customer's profile right after the i-th applied event, read as the model wants it: [applied, columns] float32. */
async function fold(features: FeatureStore, events: readonly PositionedEvent[], { trainedUntilMs }: ClusterModel): Promise<{ applied: AppliedBatch; vectors: Float32Array }> {
  const width = CUSTOMER.columns.length;
  const vectors = new Float32Array(events.length * width);
  let rows = 0;
  const applied = await features.apply(events, {
    vectors: false,
    onApplied: (state) => CUSTOMER.vector(state, asOf(state, trainedUntilMs), vectors, rows++ * width),
  });
  return { applied, vectors: vectors.subarray(0, rows * width) };
}

function findMoves({ applied }: AppliedBatch, assignments: Assignments, { version }: ClusterModel, decidedAtMs: number): Move[] {
  const moves: Move[] = [];
  applied.forEach(({ state, event, position }, row) => {
    const cause = `${position.topic}-${position.partition}-${position.offset}`;
    const move = place(state, { assignments, row, version, cause, occurredAtMs: event.occurredAtMs, decidedAtMs });
    if (move !== null) moves.push(move);
  });
  return moves;
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
