import { UsageError } from '../../command';
import { vectoriseTexts, type ItemTexts, type MatrixProducts } from '@tradewind/learning';
import type { RecommenderOptions } from './evaluate-recommender';
import { learnEventWeights, weighEvents, type LearnedWeights } from './event-weights';
import { fixedLists, leaveOneOut, sessionProtocol, sessionSplit, strongGeneralization, timeSplit, type Protocol } from './protocols';
import { asSequences, readSessionLines, readTestCases, readUserLines, type ItemNumbers } from './read-fixed';
import { readInteractions, type Interactions } from './read-interactions';

/** A protocol over files, and what they say of items. */
export interface OpenedProtocol {
  readonly protocol: Protocol;
  readonly details?: Pick<Interactions, 'prices' | 'categories'>;
  /** Where the file has a column `text`. */
  readonly texts?: ItemTexts;
  readonly eventWeights?: LearnedWeights;
}

/** Validation cases of sessions, at most. */
const MAX_VALIDATION = 6000;

/** Reads the files that the options name. @throws FILE_INVALID, and UsageError where options do not fit together */
export async function openProtocol(options: RecommenderOptions, products: MatrixProducts): Promise<OpenedProtocol> {
  if (options.protocol === 'fixed') return { protocol: await openFixed(options) };
  if (options.interactions === undefined) throw new UsageError('--interactions', '', `--protocol ${options.protocol} needs a file`);
  const { itemPattern, minRating } = options;
  const data = await readInteractions(options.interactions, {
    columns: options.columns,
    ...(itemPattern !== undefined && { itemPattern: new RegExp(itemPattern) }),
    ...(minRating !== undefined && { minRating }),
  });
  for (const [reason, lines] of Object.entries(data.skipped)) options.output.note(`${lines} lines left out: ${reason}`);
  const { log, sessions } = data;
  const { seed, heldOut } = options;
  switch (options.protocol) {
    case 'leave-one-out':
      return { protocol: leaveOneOut(log), details: data };
    case 'strong-generalization':
      return { protocol: strongGeneralization(log, { seed, heldOutUsers: heldOut }) };
    case 'time':
      return openTime(data, options, products);
    case 'session':
      return { protocol: sessionSplit(log, { seed, sessions, heldOutRatio: heldOut, maxValidation: MAX_VALIDATION }), details: data };
  }
}

async function openFixed({ train, test, sessions, seed, output }: RecommenderOptions): Promise<Protocol> {
  if (train === undefined || test === undefined) throw new UsageError('--protocol', 'fixed', 'give --train and --test, too');
  const items: ItemNumbers = new Map();
  if (sessions) {
    const learned = await readSessionLines(train, items);
    const known = items.size;
    const { prefixes, next } = await readTestCases(test, items);
    const unknown = next.filter((item) => item >= known).length;
    if (unknown > 0) output.note(`${unknown} of ${next.length} items asked for are in no training session: they count as missed`);
    const cases = { histories: asSequences(prefixes, items), truth: asSequences(next.map((item) => [item]), items), excludeHistory: false }; // prettier-ignore
    return sessionProtocol(asSequences(learned, items), cases, { seed, maxValidation: MAX_VALIDATION });
  }
  const [learned, asked] = [await readUserLines(train, items), await readUserLines(test, items)];
  const lists = [...learned].map(([user, own]) => ({ own, asked: asked.get(user) ?? [] }));
  return fixedLists(asSequences(lists.map(({ own }) => own), items), asSequences(lists.map((list) => list.asked), items), seed); // prettier-ignore
}

async function openTime(
  data: Interactions,
  { heldOut, eventWeights }: RecommenderOptions,
  products: MatrixProducts,
): Promise<OpenedProtocol> {
  const split = (log: Interactions['log']): Protocol => timeSplit(log, heldOut);
  const about = { details: data, ...(data.texts && { texts: vectoriseTexts(data.texts) }) };
  if (eventWeights === undefined) return { protocol: split(data.log), ...about };
  const learned =
    eventWeights === 'learn'
      ? await learnEventWeights(data, split, products)
      : { weights: parseWeights(eventWeights), alike: null, learned: null };
  return { protocol: split(weighEvents(data, learned.weights)), eventWeights: learned, ...about };
}

function parseWeights(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [kind, value] = part.split('=');
      if (!kind || !(Number(value) >= 0)) throw new UsageError('--event-weights', part, 'give KIND=NUMBER,… or learn');
      return [kind.trim(), Number(value)];
    }),
  );
}
