import type { Condition } from '../language/rule';

/** A rule's condition with its leaves numbered: what is evaluated and explained. `path` is the JSON path in the rule. */
export type Logic =
  | { readonly kind: 'leaf'; readonly leaf: number; readonly condition: Condition; readonly text: string; readonly path: string }
  | { readonly kind: 'segment'; readonly rule: number; readonly id: string; readonly path: string }
  | { readonly kind: 'everyone'; readonly path: string }
  | { readonly kind: 'and' | 'or'; readonly children: readonly Logic[]; readonly path: string }
  | { readonly kind: 'not'; readonly child: Logic; readonly path: string };

export interface Truths {
  leaf(id: number): boolean;
  rule(index: number): boolean;
}

export function decide(logic: Logic, truths: Truths): boolean {
  switch (logic.kind) {
    case 'leaf':
      return truths.leaf(logic.leaf);
    case 'segment':
      return truths.rule(logic.rule);
    case 'everyone':
      return true;
    case 'not':
      return !decide(logic.child, truths);
    case 'and':
      for (const child of logic.children) if (!decide(child, truths)) return false;
      return true;
    case 'or':
      for (const child of logic.children) if (decide(child, truths)) return true;
      return false;
  }
}

export function leavesOf(logic: Logic): number[] {
  if (logic.kind === 'leaf') return [logic.leaf];
  if (logic.kind === 'not') return leavesOf(logic.child);
  return logic.kind === 'and' || logic.kind === 'or' ? logic.children.flatMap(leavesOf) : [];
}

export function segmentsOf(logic: Logic): number[] {
  if (logic.kind === 'segment') return [logic.rule];
  if (logic.kind === 'not') return segmentsOf(logic.child);
  return logic.kind === 'and' || logic.kind === 'or' ? logic.children.flatMap(segmentsOf) : [];
}
