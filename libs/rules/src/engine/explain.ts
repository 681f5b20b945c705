import { evidenceEvents, type EvidenceEvent } from './evidence-events';
import { changeOf } from './change';
import { decide, type Logic, type Truths } from './logic';
import type { Plan } from './plan';
import { bit, type UserRuleState } from './user-rule-state';
import type { LeafFacts } from '../tracks/track';

/** One condition, what it was compared with and whether it holds. */
export interface RuleEvidence {
  /** JSON path in the rule, e.g. `$.when.and[1]`. */
  readonly path: string;
  /** The condition in plain words. */
  readonly text: string;
  readonly holds: boolean;
  /** What was compared: a count, a sum, a trait; `null` when there was nothing. Absent where nothing is compared. */
  readonly actual?: string | number | boolean | null;
  /** The latest events that count, at most 5, by time. */
  readonly events: readonly EvidenceEvent[];
  /** When the condition turns if nothing more happens, epoch milliseconds UTC. */
  readonly untilMs?: number;
  /** True when a bound on what is kept was passed, so that the truth may be another; see the README. */
  readonly approximate: boolean;
}

/** Why a condition holds or not. */
export interface Explanation extends RuleEvidence {
  readonly kind: Logic['kind'];
  /** What would make a false condition hold or end a true one, in words. */
  readonly change?: string;
  /** Of and, or, not. */
  readonly children: readonly Explanation[];
}

type LeafLogic = Extract<Logic, { kind: 'leaf' }>;
const NO_EVENTS: readonly EvidenceEvent[] = [];
const IGNORE = (): void => undefined;

/** Explains the rules to one user as of the state's clock, whose memberships must have been settled. */
export class Explainer implements Truths {
  constructor(
    private readonly plan: Plan,
    private readonly user: UserRuleState,
  ) {}

  leaf(id: number): boolean {
    return bit(this.user.leafBits, id);
  }

  rule(index: number): boolean {
    return bit(this.user.ruleBits, index);
  }

  /** The whole condition. */
  explain(logic: Logic): Explanation {
    const { kind, path } = logic;
    const plain = { path, kind, holds: decide(logic, this), events: NO_EVENTS, approximate: this.lostFuture };
    switch (kind) {
      case 'everyone':
      case 'segment':
        return { ...plain, text: textOf(logic), children: [] };
      case 'leaf': {
        const { evidence, facts } = this.lookAt(logic);
        const change = facts === undefined ? 'never changes for this user' : changeOf(logic.condition, { ...evidence, facts });
        return { ...evidence, kind, change, children: [] };
      }
      case 'not': {
        const child = this.explain(logic.child);
        return { ...plain, text: textOf(logic), untilMs: child.untilMs, approximate: child.approximate, children: [child] };
      }
      case 'and':
      case 'or': {
        const children = logic.children.map((child) => this.explain(child));
        return { ...plain, text: textOf(logic), approximate: children.some((child) => child.approximate), children };
      }
    }
  }

  /** The leaves that make the condition what it is: of a true `and` and a false `or` all, of others those that decide. */
  evidence(logic: Logic, into: RuleEvidence[] = []): RuleEvidence[] {
    switch (logic.kind) {
      case 'leaf':
        into.push(this.lookAt(logic).evidence);
        return into;
      case 'not':
        return this.evidence(logic.child, into);
      case 'and':
      case 'or': {
        const holds = decide(logic, this);
        for (const child of logic.children) if (decide(child, this) === holds) this.evidence(child, into);
        return into;
      }
      default:
        into.push({ path: logic.path, text: textOf(logic), holds: decide(logic, this), events: NO_EVENTS, approximate: this.lostFuture });
        return into;
    }
  }

  private get lostFuture(): boolean {
    return this.user.lostFutureMs > this.user.clockMs;
  }

  private lookAt({ leaf, text, path }: LeafLogic): { readonly evidence: RuleEvidence; readonly facts?: LeafFacts } {
    const holds = this.leaf(leaf);
    const track = this.plan.trackOfLeaf[leaf];
    if (track === undefined) return { evidence: { path, text, holds, events: NO_EVENTS, approximate: false } };
    const { user } = this;
    const state = user.track(track.id) ?? track.create();
    const index = this.plan.placeOfLeaf[leaf]!;
    const at = { user, nowMs: user.clockMs, set: IGNORE };
    const facts = track.facts(state, index, at);
    const flipAtMs = track.judge(state, index, at);
    const evidence = {
      path,
      text,
      holds,
      actual: facts.actual,
      events: evidenceEvents(facts, track.label, user),
      untilMs: flipAtMs === Infinity ? undefined : flipAtMs,
      approximate: facts.approximate || this.lostFuture,
    };
    return { evidence, facts };
  }
}

function textOf(logic: Logic): string {
  switch (logic.kind) {
    case 'leaf':
      return logic.text;
    case 'everyone':
      return 'everyone';
    case 'segment':
      return `in segment ${logic.id}`;
    case 'not':
      return `not (${textOf(logic.child)})`;
    case 'and':
    case 'or':
      return logic.children.map((child) => (isJoint(child) ? `(${textOf(child)})` : textOf(child))).join(` ${logic.kind} `);
  }
}

function isJoint({ kind }: Logic): boolean {
  return kind === 'and' || kind === 'or';
}
