import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { AppError, TOPICS } from '@tradewind/contracts';
import { BatchPattern, type Batch, type BatchContext, type BatchHandler, type BatchResult } from '@tradewind/eventing';
import type { UserState } from '@tradewind/feature-store';
import type { Database, MembershipRow, RuleMembershipRow, SegmentCount, SegmentRow } from '@tradewind/persistence';
import type { Explanation } from '@tradewind/rules';
import { CUSTOMER, SEGMENT } from './features';
import { IDENTITY, isMerged } from './identity/identity-record';
import { createMembershipMirror } from './memberships';
import { viewProfile, type ProfileView } from './profile/profile';
import { takeTime } from './rules/apply-rules';
import type { SegmentPreview } from './rules/preview';
import { RULES } from './rules/rule-record';
import { EVENTS_GROUP, MEMBERSHIP_GROUP, Segmentation } from './segmentation';

export const DATABASE = Symbol('segmentation database');
const MEMBERS_DEFAULT = 100;
const MEMBERS_MAX = 10_000;
const OVERLAP_DEFAULT = 10_000;
const OVERLAP_MAX = 100_000;
const PREVIEW_DEFAULT = 200_000;
const PREVIEW_MAX = 2_000_000;
const AS_OF_MAX_MS = 4e15;

/** A customer as this service knows them. */
export interface CustomerView {
  readonly userKey: string;
  readonly segment: { readonly id: string; readonly name: string; readonly modelVersion: string; readonly sinceMs: number } | null;
  /** Segments by rule, as the customer's record says. */
  readonly memberships: readonly { readonly segmentId: string; readonly version: number; readonly sinceMs: number }[];
  /** Epoch milliseconds UTC. */
  readonly lastEventAtMs: number;
  /** By column name, in the unit the name says, as of the customer's last event. */
  readonly features: Readonly<Record<string, number>>;
  /** What else is declared about visitors. */
  readonly profile: ProfileView;
}

@Controller()
export class SegmentationController {
  private readonly mirror: BatchHandler;

  constructor(
    private readonly segmentation: Segmentation,
    @Inject(DATABASE) private readonly database: Pick<Database, 'memberships' | 'ruleMemberships' | 'segments'>,
  ) {
    this.mirror = createMembershipMirror(database);
  }

  @BatchPattern(TOPICS.events.name, { group: EVENTS_GROUP })
  onEvents(batch: Batch, context: BatchContext): Promise<BatchResult> {
    return this.segmentation.handler(batch, context);
  }

  @BatchPattern(TOPICS.segmentTransitions.name, { group: MEMBERSHIP_GROUP })
  onTransitions(batch: Batch, context: BatchContext): Promise<BatchResult> {
    return this.mirror(batch, context);
  }

  /** Clusters, then segments by rule. */
  @Get('/v1/segments')
  async segments(): Promise<SegmentCount[]> {
    const { memberships, ruleMemberships } = this.database;
    return (await Promise.all([memberships.counts(), ruleMemberships.counts()])).flat();
  }

  @Get('/v1/segments/:segmentId/members')
  async members(@Param('segmentId') segmentId: string, @Query('limit') limit?: string): Promise<(MembershipRow | RuleMembershipRow)[]> {
    const most = boundedInteger('limit', limit, MEMBERS_DEFAULT, MEMBERS_MAX);
    const byRule = await this.database.ruleMemberships.list(segmentId, most);
    return byRule.length > 0 ? byRule : this.database.memberships.list(segmentId, most);
  }

  /** How many users are in both of two segments by rule. */
  @Get('/v1/segments/overlap')
  overlap(@Query('users') users?: string): ReturnType<Database['ruleMemberships']['overlap']> {
    return this.database.ruleMemberships.overlap(boundedInteger('users', users, OVERLAP_DEFAULT, OVERLAP_MAX));
  }

  /** The newest version of each segment by rule. */
  @Get('/v1/segment-definitions')
  definitions(): Promise<SegmentRow[]> {
    return this.database.segments.list();
  }

  /** How many a draft would have; changes nothing. */
  @Post('/v1/segments/preview')
  @HttpCode(200)
  async preview(@Body() bytes: Buffer): Promise<SegmentPreview> {
    const body = parseObject(bytes);
    const events = boundedInteger(
      'events',
      body['events'] === undefined ? undefined : String(body['events']),
      PREVIEW_DEFAULT,
      PREVIEW_MAX,
    );
    return this.segmentation.preview(body['rule'], events);
  }

  /** Why the customer is in the segment by rule or not, and what would change it. */
  @Get('/v1/customers/:userKey/segments/:segmentId')
  async explain(@Param('userKey') asked: string, @Param('segmentId') segmentId: string): Promise<Explanation> {
    const user = await this.customerState(asked);
    const { userKey } = user;
    const standing = this.segmentation.rules.standingOf(user);
    if (standing === null) throw new AppError('NOT_FOUND', `${userKey} has no rule state yet; it is made from the log, try again`);
    const { rules, untilMs } = standing;
    if (!rules.segments.has(segmentId)) throw new AppError('NOT_FOUND', `no live segment by rule is called ${segmentId}`);
    const state = user.of(RULES).stateOf(rules.engine, userKey)!;
    takeTime(rules, user.of(RULES), state, untilMs);
    return rules.engine.explain(state, segmentId);
  }

  /** @param userKey `sourceId:userId` @param asOfMs when windows of the profile end; the customer's last event when that is later, and by default */
  @Get(['/v1/customers/:userKey', '/v1/profiles/:userKey'])
  async customer(@Param('userKey') asked: string, @Query('asOfMs') asOfMs?: string): Promise<CustomerView> {
    const state = await this.customerState(asked);
    const { userKey } = state;
    const vector = new Float32Array(CUSTOMER.columns.length);
    CUSTOMER.vector(state, state.lastEventAtMs, vector);
    const { segmentId, segmentName, modelVersion, sinceMs } = state.of(SEGMENT);
    return {
      userKey,
      segment: segmentId === '' ? null : { id: segmentId, name: segmentName, modelVersion, sinceMs },
      memberships: [...state.of(RULES).members].map(([id, member]) => ({ segmentId: id, ...member })),
      lastEventAtMs: state.lastEventAtMs,
      features: Object.fromEntries(CUSTOMER.columns.map((column, i) => [column, vector[i]!])),
      profile: viewProfile(state, boundedInteger('asOfMs', asOfMs, 1, AS_OF_MAX_MS)),
    };
  }

  /** Of whom the key belongs to, when it turned out to be an alias. */
  private async customerState(userKey: string): Promise<UserState> {
    const state = await this.segmentation.features.get(userKey);
    if (state !== null && isMerged(state)) return this.customerState(state.of(IDENTITY).mergedInto);
    if (state === null) throw new AppError('NOT_FOUND', `no customer ${userKey}; a user key is sourceId:userId`);
    return state;
  }
}

function parseObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(bytes.toString()) as unknown;
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new AppError('JSON_MALFORMED', 'the body is no JSON; send {"rule": …}', { cause });
  }
  throw new AppError('JSON_MALFORMED', 'the body is no object; send {"rule": …}');
}

function boundedInteger(name: string, text: string | undefined, fallback: number, max: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new AppError('EVENT_INVALID', `${name}=${text} is not a whole number from 1 to ${max}`);
  return value;
}
