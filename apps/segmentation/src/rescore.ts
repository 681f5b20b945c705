import type { EventLog } from '@tradewind/eventing';
import type { UserState } from '@tradewind/feature-store';
import type { ModelSlot } from '@tradewind/inference';
import { CUSTOMER, asOf } from './features';
import { asClusterModel, type ClusterModel } from './model';
import { toRecords, type Move } from './outputs';
import { place } from './pipeline';

export interface RescoreDeps {
  readonly slot: ModelSlot;
  readonly log: Pick<EventLog, 'publish'>;
  /** Epoch milliseconds UTC. */
  readonly now: () => number;
}

/** Gives customers the live model's segment outside the stream and publishes their moves; for `visitUsers`. */
export function createRescore({ slot, log, now }: RescoreDeps): (states: readonly UserState[]) => Promise<void> {
  return (states) =>
    slot.use(async (model) => {
      const moves = await assignAll(states, asClusterModel(model, CUSTOMER.columns), now());
      await log.publish(moves.flatMap(toRecords));
    });
}

async function assignAll(states: readonly UserState[], clusters: ClusterModel, decidedAtMs: number): Promise<Move[]> {
  const width = CUSTOMER.columns.length;
  const { version, trainedUntilMs } = clusters;
  const vectors = new Float32Array(states.length * width); // [states, columns]
  states.forEach((state, row) => CUSTOMER.vector(state, asOf(state, trainedUntilMs), vectors, row * width));
  const assignments = await clusters.assign(vectors, states.length);
  return states.flatMap((state, row) => {
    const occurredAtMs = asOf(state, trainedUntilMs);
    return place(state, { assignments, row, version, cause: `release-${version}`, occurredAtMs, decidedAtMs }) ?? [];
  });
}
