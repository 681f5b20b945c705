import { AppError } from '@tradewind/contracts';
import type { SegmentRepository, SegmentRow } from '@tradewind/persistence';
import { createRuleEngine, validateRules, type RuleEngine } from '@tradewind/rules';

/** Name and version of a definition. */
export interface SegmentVersion {
  readonly name: string;
  readonly version: number;
}

/** The live definitions, compiled. */
export interface RuleSet {
  readonly engine: RuleEngine;
  /** 8 hex digits of what decides memberships; names and versions are not in it. */
  readonly fingerprint: string;
  readonly isEmpty: boolean;
  /** `id@version` of each, separated by commas: what it can be made from again. */
  readonly definitions: string;
  readonly segments: ReadonlyMap<string, SegmentVersion>;
}

/**
 * Compiles the enabled ones of `rows`, the newest version of each segment by id. Keeps the engine of `former` when nothing that decides has changed.
 * @throws RULE_INVALID when one asks for a segment that is not live, or was written by a newer Tradewind
 */
export function createRuleSet(rows: readonly SegmentRow[], former?: RuleSet | null): RuleSet {
  const live = rows.filter(({ enabled }) => enabled);
  const { rules, problems } = validateRules(live.map(({ rule }) => rule));
  if (problems !== undefined) throw new AppError('RULE_INVALID', `the live segments do not fit together: ${describeProblems(problems)}`);
  // What drops repeats is the fold around it.
  const made = createRuleEngine(rules, { duplicateWindow: 0 });
  const engine = former?.fingerprint === made.fingerprint ? former.engine : made;
  const segments = new Map(live.map(({ segmentId, name, version }) => [segmentId, { name, version }]));
  const definitions = live.map(({ segmentId, version }) => `${segmentId}@${version}`).join();
  return { engine, fingerprint: engine.fingerprint, isEmpty: rules.length === 0, definitions, segments };
}

/** The rule set that was live by these definitions, which never change; `null` when one of them is no longer there. */
export async function formerRuleSet(segments: Pick<SegmentRepository, 'get'>, definitions: string): Promise<RuleSet | null> {
  const names = definitions === '' ? [] : definitions.split(',').map((name) => name.split('@'));
  const rows = await Promise.all(names.map(([id, version]) => segments.get(id!, Number(version))));
  const found = rows.flatMap((row) => (row === null ? [] : { ...row, enabled: true }));
  return found.length === rows.length ? createRuleSet(found) : null;
}

/** `$[0].when.within: …`, the first five. */
export function describeProblems(problems: readonly { readonly path: string; readonly message: string }[]): string {
  const shown = problems.slice(0, 5).map(({ path, message }) => `${path} ${message}`);
  return shown.join('; ') + (problems.length > 5 ? `; and ${problems.length - 5} more` : '');
}
