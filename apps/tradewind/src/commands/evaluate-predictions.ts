import { Option, type Command as Program } from 'commander';
import type { LifetimeOptions, LifetimeQuality, LifetimeReport } from '../evaluate/evaluate-lifetime';
import type { PropensityOptions, PropensityQuality, PropensityReport } from '../evaluate/evaluate-propensity';
import type { UpliftOptions, UpliftReport } from '../evaluate/evaluate-uplift';
import { UsageError, type Output } from '../command';
import { wholeNumber } from '../options';

type Flags<T> = Omit<T, 'output'>;

/** `evaluate propensity`: who will do it, on a file with labels. */
export function registerPropensity(evaluate: Program, output: Output): void {
  evaluate
    .command('propensity')
    .description('boosted trees and logistic regression on a file with labels: AUC, log loss, calibration, explanations, the ONNX graph')
    .requiredOption('--data <file>', 'CSV with a header, plain or .gz')
    .requiredOption('--target <column>', 'what is to be predicted')
    .option('--positive <cell>', 'what the column holds where it happened', '1')
    .option('--drop <columns>', 'columns that are not to be learned from, with commas between', names, [])
    .option('--folds <folds>', 'parts for cross-validation', wholeNumber(2, 100), 5)
    .option('--seed <seed>', 'of everything random', wholeNumber(0, 2 ** 31), 1)
    .option('--reference', "compare with scikit-learn's HistGradientBoosting in the same run, where Python has it", false)
    .action(async (flags: Flags<PropensityOptions>) => {
      const { evaluatePropensity } = await import('../evaluate/evaluate-propensity');
      const report = await evaluatePropensity({ ...flags, output });
      output.print(report, propensityText(report));
    });
}

/** `evaluate lifetime`: who orders again and how often, on a file of orders. */
export function registerLifetime(evaluate: Program, output: Output): void {
  evaluate
    .command('lifetime')
    .description('BG/NBD, gamma-gamma and the purchase model on orders, the last days held out')
    .requiredOption('--orders <file>', 'CSV with a header, plain or .gz: one order a line')
    .addOption(new Option('--until <day>', 'first day held out, as 1997-10-01').argParser(day).makeOptionMandatory())
    .option('--horizon-days <days>', 'days held out and predicted', wholeNumber(1, 3_660), 90)
    .option('--customer <column>', 'who ordered', 'customer_id')
    .option('--date <column>', 'when', 'date')
    .option('--amount <column>', 'for how much', 'amount')
    .option('--quantity <column>', 'how many pieces')
    .option('--seed <seed>', 'of everything random', wholeNumber(0, 2 ** 31), 1)
    .action(async (flags: LifetimeOptions) => {
      const { evaluateLifetime } = await import('../evaluate/evaluate-lifetime');
      const report = await evaluateLifetime(flags);
      output.print(report, lifetimeText(report));
    });
}

/** `evaluate uplift`: who does it because of the treatment, on a file of an experiment. */
export function registerUplift(evaluate: Program, output: Output): void {
  evaluate
    .command('uplift')
    .description('who acts because of the treatment: Qini with an interval, beside targeting by propensity')
    .requiredOption('--data <file>', 'CSV with a header, plain or .gz: one row of the experiment a line')
    .requiredOption('--treatment <column>', 'which treatment the row got')
    .requiredOption('--control <cell>', 'what the column holds where it got none')
    .requiredOption('--outcomes <columns>', 'columns of 0 and 1, with commas between', names)
    .option('--drop <columns>', 'columns that are not to be learned from, with commas between', names, [])
    .option('--seed <seed>', 'of everything random', wholeNumber(0, 2 ** 31), 1)
    .option('--resamples <count>', 'bootstrap resamples', wholeNumber(100, 100_000), 1_000)
    .action(async (flags: Flags<UpliftOptions>) => {
      const { evaluateUplift } = await import('../evaluate/evaluate-uplift');
      const report = await evaluateUplift({ ...flags, output });
      output.print(report, upliftText(report));
    });
}

function names(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function day(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new UsageError('--until', text, 'give a day as 1997-10-01');
}

function propensityText({ models, reference, features, ...report }: PropensityReport): string {
  const line = (name: string, { auc, logLoss, brier, calibrationError, topDecileLift, ms }: PropensityQuality): string =>
    `${name.padEnd(34)} ${[auc, logLoss, brier, calibrationError].map((figure) => figure.toFixed(4)).join('    ')}    ${topDecileLift.toFixed(2)}    ${Math.round(ms)} ms`;
  return [
    `${report.rows} rows, ${report.columns} columns, rate ${report.rate.toFixed(4)}, ${report.folds} folds`,
    `${''.padEnd(34)} AUC       log loss  Brier     calib.    lift of the best tenth, time`,
    line('boosted trees', models.boosted),
    line('logistic regression', models.logistic),
    ...(reference ? [line(`scikit-learn ${reference.version} HistGradientBoosting`, reference.quality)] : []),
    `leans on ${features
      .slice(0, 6)
      .map(({ name, contribution }) => `${name} ${contribution.toFixed(2)}`)
      .join(', ')}`,
    `predicted → observed by tenth: ${report.calibration.map(({ meanProbability, rate }) => `${meanProbability.toFixed(3)} → ${rate.toFixed(3)}`).join(', ')}`,
    `contributions sum to the score within ${report.explanationError.toExponential(1)}; ONNX probabilities differ by ${report.onnxDifference.toExponential(1)} at most`,
  ].join('\n');
}

function lifetimeText({ bgNbd, gammaGamma, heldOut, models, shipped, customers }: LifetimeReport): string {
  const figure = (value: number | null): string => (value === null ? '' : value.toFixed(4)).padEnd(8);
  const line = (name: string, { auc, topDecileShare, meanAbsoluteError, predictedOrders }: LifetimeQuality): string =>
    `${name.padEnd(16)} ${figure(auc)} ${figure(topDecileShare)} ${figure(meanAbsoluteError)} ${predictedOrders === null ? '' : Math.round(predictedOrders)}`.trimEnd();
  const lines = [
    `${customers} customers`,
    `BG/NBD r ${bgNbd.r.toFixed(4)}, alpha ${bgNbd.alpha.toFixed(4)}, a ${bgNbd.a.toFixed(4)}, b ${bgNbd.b.toFixed(4)}, log-likelihood ${bgNbd.logLikelihood.toFixed(2)}, ${Math.round(bgNbd.fitMs)} ms`,
  ];
  if (gammaGamma)
    lines.push(`gamma-gamma p ${gammaGamma.p.toFixed(3)}, q ${gammaGamma.q.toFixed(3)}, gamma ${gammaGamma.gamma.toFixed(3)}`);
  if (!heldOut || !models || !shipped) return [...lines, 'no order is held out'].join('\n');
  const validation = Object.entries(shipped.validation).map(
    ([name, { auc, logLoss }]) => `${name} AUC ${auc.toFixed(4)} log loss ${logLoss.toFixed(4)}`,
  );
  return [
    ...lines,
    `held out: ${heldOut.days} days, ${heldOut.orders} orders, ${(100 * heldOut.rate).toFixed(1)} % order again`,
    `${''.padEnd(16)} AUC      top 10 % MAE      orders`,
    line(`shipped`, models.shipped),
    line('BG/NBD', models.bgNbd),
    line('recency', models.recency),
    line('frequency', models.frequency),
    `shipped: ${shipped.learner}, learned over ${shipped.learnedHorizonDays} days inside the calibration, calibration error ${shipped.calibrationError.toFixed(4)}, fitted in ${Math.round(shipped.fitMs)} ms`,
    ...(validation.length > 0 ? [`chosen there: ${validation.join(', ')}`] : []),
  ].join('\n');
}

function upliftText({ rows, comparisons }: UpliftReport): string {
  const estimate = ({ value, low, high }: { value: number; low: number; high: number }): string =>
    `${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`;
  const blocks = comparisons.map((one) =>
    [
      `${one.treatment} → ${one.outcome}: ${one.rows} rows, effect ${(100 * one.effect).toFixed(2)} points; by fifth ${one.effectByFifth.map((effect) => (100 * effect).toFixed(2)).join(', ')}`,
      `  Qini uplift ${estimate(one.uplift.qini)}, propensity ${estimate(one.propensity.qini)}, difference ${estimate(one.difference)}`,
    ].join('\n'),
  );
  return [`${rows} rows, five folds, 95 % bootstrap intervals`, ...blocks].join('\n');
}
