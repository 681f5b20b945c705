import { AppError } from '@tradewind/contracts';
import type { SegmentRepository, SegmentRow } from '@tradewind/persistence';
import type { Rule } from '@tradewind/rules';
import { createRuleSet } from './rule-set';

/**
 * Stores rules, each the next version of its segment, after judging them together with what is live: they may ask for each other.
 * @throws RULE_INVALID with the path of the fault, `$[i]` being the i-th of `rules`
 */
export async function putSegments(segments: SegmentRepository, rules: readonly unknown[]): Promise<SegmentRow[]> {
  const given = rules.map((rule): SegmentRow => {
    const { id = '', name = '' } = (typeof rule === 'object' && rule !== null ? rule : {}) as Partial<Rule>;
    return { segmentId: id, version: 1, name, rule, enabled: true, createdAtMs: 0 };
  });
  const others = (await segments.list()).filter(({ segmentId }) => given.every((row) => row.segmentId !== segmentId));
  createRuleSet([...given, ...others]);
  const written: SegmentRow[] = [];
  for (const { segmentId, name, rule } of given) written.push(await segments.put({ segmentId, name, rule }));
  return written;
}

/** Switches a segment on or off. @throws NOT_FOUND, RULE_INVALID when live ones ask for it, or it for one that is not live */
export async function enableSegment(segments: SegmentRepository, segmentId: string, enabled: boolean): Promise<SegmentRow> {
  const rows = await segments.list();
  if (!rows.some((row) => row.segmentId === segmentId)) throw new AppError('NOT_FOUND', `no segment ${segmentId} is stored`);
  createRuleSet(rows.map((row) => (row.segmentId === segmentId ? { ...row, enabled } : row)));
  return segments.setEnabled(segmentId, enabled);
}
