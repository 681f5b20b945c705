import { compareGroups } from '@tradewind/learning';
import type { Database } from '@tradewind/persistence';
import { labelsOf, type HorizonTask, type LearnedPredictions } from './learn-predictions';
import type { AttributeFairness } from './prediction-report';

/** The audience whose selection is compared: the likeliest fifth. */
const SELECTED_SHARE = 0.2;
const MOST_MEMBERS = 1_000_000;

export interface FairnessInput {
  /** By declared attribute: each user's value. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** Users by number. */
  readonly userKeys: readonly string[];
  readonly horizons: readonly HorizonTask[];
  readonly learned: LearnedPredictions;
  readonly database: Pick<Database, 'memberships' | 'ruleMemberships'>;
}

/** Size and outcome by each declared attribute: of the likeliest fifth at each held-out moment, and of every segment now. */
export async function measureFairness(input: FairnessInput): Promise<AttributeFairness[]> {
  const { attributes, userKeys, horizons, learned, database } = input;
  if (Object.keys(attributes).length === 0) return [];
  const segments = await segmentMembers(database);
  return Object.entries(attributes).map(([attribute, values]) => ({
    attribute,
    predictions: horizons.map(({ days, heldOut }, at) => {
      const { probabilities } = learned.horizons[at]!;
      const groups = Array.from(heldOut.customers, (user) => values[user]!);
      const selected = likeliest(probabilities, SELECTED_SHARE);
      return { days, comparison: compareGroups({ groups, selected, outcomes: labelsOf(heldOut), probabilities }) };
    }),
    segments: segments.map(({ segmentId, segmentName, members }) => ({
      segmentId,
      segmentName,
      comparison: compareGroups({ groups: values, selected: userKeys.map((userKey) => Number(members.has(userKey))) }),
    })),
  }));
}

/** 1 for the rows with the highest values. */
function likeliest(values: Float64Array, share: number): Uint8Array {
  const order = Int32Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
  const selected = new Uint8Array(values.length);
  for (const row of order.subarray(0, Math.round(values.length * share))) selected[row] = 1;
  return selected;
}

async function segmentMembers({ memberships, ruleMemberships }: FairnessInput['database']) {
  const tables = [memberships, ruleMemberships];
  const lists = await Promise.all(tables.map(async (table) => (await table.counts()).map((count) => ({ ...count, table }))));
  const found = [];
  for (const { segmentId, segmentName, table } of lists.flat())
    found.push({ segmentId, segmentName, members: new Set((await table.list(segmentId, MOST_MEMBERS)).map(({ userKey }) => userKey)) });
  return found;
}
