import { Option, type Command as Program } from 'commander';
import type { OffPolicyEvaluation, OffPolicyEvaluationOptions } from '../evaluate/evaluate-off-policy';
import type { Output } from '../command';
import { wholeNumber } from '../options';

/** `evaluate off-policy`: what another policy would have earned, from the log of this one. */
export function registerOffPolicy(evaluate: Program, output: Output): void {
  evaluate
    .command('off-policy')
    .description('IPS, SNIPS and doubly robust estimates of a policy from the log of another, beside its known value')
    .requiredOption('--log <file>', 'CSV with a header, plain or .gz: one round a line')
    .requiredOption('--target-log <file>', 'log of the policy that is to be estimated, in the same layout')
    .addOption(
      new Option('--target <how>', 'what that policy shows: every action alike, or as its log has it by position')
        .choices(['uniform', 'observed'])
        .default('observed'),
    )
    .option('--action <column>', 'what was shown', 'item_id')
    .option('--position <column>', 'where it was shown')
    .option('--reward <column>', 'what came of it', 'click')
    .option('--propensity <column>', 'probability with which it was shown', 'propensity_score')
    .option('--context <columns>', 'what the reward model knows beside action and position, with commas between', names, [])
    .option('--seed <seed>', 'of everything random', wholeNumber(0, 2 ** 31), 1)
    .option('--resamples <count>', 'bootstrap resamples', wholeNumber(100, 100_000), 2_000)
    .action(async (flags: OffPolicyEvaluationOptions) => {
      const { evaluateOffPolicy } = await import('../evaluate/evaluate-off-policy');
      const report = await evaluateOffPolicy(flags);
      output.print(report, textOf(report));
    });
}

function names(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function textOf(report: OffPolicyEvaluation): string {
  const { rounds, actions, effectiveRounds, meanWeight, holds } = report;
  const shown = ({ value, low, high }: OffPolicyEvaluation['known']): string =>
    `${value.toFixed(5)} [${low.toFixed(5)}, ${high.toFixed(5)}]`;
  return [
    `${rounds} rounds, ${actions} actions; worth ${Math.round(effectiveRounds)} of the other policy's own, mean weight ${meanWeight.toFixed(3)}`,
    `this policy   ${shown(report.logged)}`,
    `the other one ${shown(report.known)}  (its own log)`,
    ...(['ips', 'snips', 'dr'] as const).map(
      (name) => `${name.padEnd(13)} ${shown(report[name]!)}${holds[name] ? '  holds it' : '  misses it'}`,
    ),
  ].join('\n');
}
