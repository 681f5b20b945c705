import { Option, type Command as Program } from 'commander';
import type { SegmentationOptions, SegmentationReport } from '../evaluate/evaluate-segmentation';
import type { Command, Output } from '../command';
import { wholeNumber } from '../options';
import { registerOffPolicy } from './evaluate-off-policy';
import { registerLifetime, registerPropensity, registerUplift } from './evaluate-predictions';
import { registerRecommender } from './evaluate-recommender';

/** `tradewind evaluate …`: the learners on given files, measured as the field measures them. Each line registers one sub-command. */
export const evaluateCommand: Command = {
  name: 'evaluate',
  register(program, output) {
    const evaluate = program.command('evaluate').description('quality of the learners on a data set of your own or a public one');
    registerSegmentation(evaluate, output);
    registerPropensity(evaluate, output);
    registerLifetime(evaluate, output);
    registerUplift(evaluate, output);
    registerRecommender(evaluate, output);
    registerOffPolicy(evaluate, output);
  },
};

type SegmentationFlags = Omit<SegmentationOptions, 'output'>;

function registerSegmentation(evaluate: Program, output: Output): void {
  evaluate
    .command('segmentation')
    .description('k-means: inertia, silhouette, agreement with given labels, stability over refits, the ONNX graph, speed')
    .requiredOption('--features <file>', 'CSV of numbers, plain or .gz, with or without a header')
    .option('--labels <file>', 'true groups, a line a row, for the adjusted Rand index')
    .option('--k <clusters>', 'chosen by silhouette from 2 to 10 when absent', wholeNumber(2, 1_000))
    .addOption(
      new Option('--scaling <how>', 'none takes the columns as they come, standard makes them comparable')
        .choices(['none', 'standard'])
        .default('none'),
    )
    .option('--seed <seed>', 'of everything random', wholeNumber(0, 2 ** 31), 1)
    .option('--reference', 'compare with scikit-learn in the same run, where Python has it', false)
    .action((flags: SegmentationFlags) => segmentation(flags, output));
}

async function segmentation(flags: SegmentationFlags, output: Output): Promise<void> {
  const { evaluateSegmentation } = await import('../evaluate/evaluate-segmentation');
  const report = await evaluateSegmentation({ ...flags, output });
  output.print(report, textOf(report));
}

function textOf(report: SegmentationReport): string {
  const { reference, stability } = report;
  const lines = [
    `${report.rows} rows, ${report.columns.length} columns, k = ${report.k}`,
    `inertia ${report.inertia.toPrecision(8)}, silhouette ${report.silhouette.toFixed(4)}${report.ari === null ? '' : `, ARI ${report.ari.toFixed(4)}`}`,
    `unchanged rows that keep their label over five refits: ${Object.entries(stability)
      .map(([drift, share]) => `${share.toFixed(4)} at drift ${drift}`)
      .join(', ')}`,
    `ONNX graph agrees on ${(100 * report.onnxAgreement).toFixed(4)} % of the rows`,
    `fit (10 starts) ${report.fitMs.toFixed(0)} ms, mini-batch ${report.miniBatchMs.toFixed(0)} ms, ${Math.round(report.assignRowsPerSecond).toLocaleString('en')} rows/s assigned`,
  ];
  if (reference) {
    lines.push(
      `${reference.version}: inertia ours / theirs ${reference.inertiaRatio.toFixed(5)}, from one start centroids within ${reference.largestCentroidDifference.toExponential(1)}, labels equal ${(100 * reference.labelAgreement).toFixed(4)} %`,
      `time ours / theirs: fit ${reference.fitTimeRatio.toFixed(2)}, mini-batch ${reference.miniBatchTimeRatio.toFixed(2)}; theirs assigns ${Math.round(reference.assignRowsPerSecond).toLocaleString('en')} rows/s`,
    );
  }
  return lines.join('\n');
}
