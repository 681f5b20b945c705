import { Option, type Command as Program } from 'commander';
import type { RecommenderOptions, RecommenderReport } from '../evaluate/recommender/evaluate-recommender';
import { UsageError, type Output } from '../command';
import { positiveNumber, wholeNumber } from '../options';

type Flags = Omit<RecommenderOptions, 'output'>;

/** `evaluate recommender`: models and their hybrid on interactions, by the field's protocols. */
export function registerRecommender(evaluate: Program, output: Output): void {
  evaluate
    .command('recommender')
    .description('recommendation models and their hybrid: HR, NDCG, recall, MRR, coverage with intervals, all items ranked')
    .addOption(
      new Option('--protocol <name>', 'how the data are split')
        .choices(['leave-one-out', 'strong-generalization', 'time', 'session', 'fixed'])
        .makeOptionMandatory(),
    )
    .option('--interactions <file>', 'user,item,timestamp[,rating,weight,event,session,price,category,text]; CSV or tabs, plain or .gz')
    .option('--columns <names>', 'names of the columns in order, - for one that is not read; without: the first line', names, [])
    .option('--item-pattern <expression>', 'items that do not match are left out')
    .option('--min-rating <rating>', 'ratings below are left out', Number)
    .option('--train <file>', 'of the fixed protocol: lines of `user item item …`, or with --sessions a session a line')
    .option('--test <file>', 'of the fixed protocol: the same layout, or with --sessions `prefix TAB next item`')
    .option('--sessions', 'the fixed files hold sessions', false)
    .option('--held-out <share>', 'share of the time, or of the users, that is held out', positiveNumber(0.45), 0.2)
    .option('--models <names>', 'compare only these, with commas between', names, [])
    .option('--no-hybrid', 'leave the hybrid out')
    .option('--no-search', 'take the default settings')
    .option('--max-cases <count>', 'measure a seeded choice of so many test cases', wholeNumber(1))
    .option('--seed <seed>', 'of everything random', wholeNumber(0, 2 ** 31), 1)
    .option('--resamples <count>', 'bootstrap resamples', wholeNumber(100, 100_000), 500)
    .option('--event-weights <weights>', 'what kinds of events count, as VIEW=1,LIKE=3, or learn them; of the time protocol')
    .option('--reference', "compare EASE with numpy's in the same run, where Python has it", false)
    .option('--beside <name>', 'published figures to print beside: ml-1m, yoochoose-1-64')
    .option('--threads <count>', 'of ONNX Runtime, for matrix products and training', wholeNumber(1, 256), 2)
    .option('--neural', 'also neural models (selfAttention, recurrent), minutes to an hour each; naming them in --models does, too', false)
    .option('--neural-settings <json>', 'instead of their defaults, e.g. {"network":{"maxLength":100},"learningRate":0.003}', jsonObject)
    .option('--max-minutes <minutes>', 'a fit of a neural model ends after the epoch in which they pass', positiveNumber(10_000))
    .option('--runs <folder>', 'keeps runs of neural models there after each epoch, and resumes them')
    .action(async (flags: Flags) => {
      const { evaluateRecommender } = await import('../evaluate/recommender/evaluate-recommender');
      const report = await evaluateRecommender({ ...flags, output });
      output.print(report, textOf(report));
    });
}

function jsonObject(text: string): object {
  const value = parsed(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UsageError('--neural-settings', text, 'give a JSON object');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function names(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

const COLUMNS = ['hr10', 'ndcg10', 'hr20', 'recall20', 'ndcg20', 'mrr20'] as const;

function textOf({
  protocol,
  users,
  items,
  trainEvents,
  models,
  gain,
  published,
  seconds,
  reference,
  eventWeights,
  newItems,
}: RecommenderReport): string {
  const row = (name: string, cells: readonly string[]): string => [name.padEnd(28), ...cells.map((cell) => cell.padStart(9))].join('');
  const shown = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(4));
  const lines = [
    `${protocol}: ${users} cases, ${items} items, ${trainEvents} training events, ${seconds.toFixed(0)} s`,
    row('', [...COLUMNS, 'coverage']),
    ...Object.entries(models).map(([name, model]) =>
      row(
        name,
        [...COLUMNS, 'coverage' as const].map((column) => shown(model[column])),
      ),
    ),
  ];
  if (gain !== null)
    lines.push(
      `hybrid over ${gain.over}: ${gain.metric} ${gain.value >= 0 ? '+' : ''}${gain.value.toFixed(4)} [${gain.low.toFixed(4)}, ${gain.high.toFixed(4)}]`,
    );
  if (reference !== null)
    lines.push(`${reference.version}: ease ndcg100 ${reference.ndcg100.toFixed(4)}, recall20 of min(20, asked) ${reference.truncatedRecall20.toFixed(4)}; ours ${models['ease']!.ndcg100.toFixed(4)}, ${models['ease']!.truncatedRecall20.toFixed(4)}`); // prettier-ignore
  if (eventWeights !== null) lines.push(`event weights ${JSON.stringify(eventWeights.weights)}`);
  if (newItems !== null) {
    const { content, popularity } = newItems.ndcg20;
    const figure = ({ value, low, high }: typeof content): string => `${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
    lines.push(`${newItems.items} new items among themselves, ${newItems.users} users: ndcg20 by content ${figure(content)}, by popularity ${figure(popularity)}`); // prettier-ignore
  }
  if (published !== null) {
    lines.push('', published.source);
    for (const [name, figures] of Object.entries(published.models)) lines.push(row(name, COLUMNS.map((column) => shown(figures[column])))); // prettier-ignore
  }
  return lines.join('\n');
}
