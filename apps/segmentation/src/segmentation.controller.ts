import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { AppError, TOPICS } from '@tradewind/contracts';
import { BatchPattern, type Batch, type BatchContext, type BatchHandler, type BatchResult } from '@tradewind/eventing';
import type { Database, MembershipRow, SegmentCount } from '@tradewind/persistence';
import { CUSTOMER, SEGMENT } from './features';
import { createMembershipMirror } from './memberships';
import { EVENTS_GROUP, MEMBERSHIP_GROUP, Segmentation } from './segmentation';

export const DATABASE = Symbol('segmentation database');
const MEMBERS_DEFAULT = 100;
const MEMBERS_MAX = 10_000;

/** A customer as this service knows them. */
export interface CustomerView {
  readonly userKey: string;
  readonly segment: { readonly id: string; readonly name: string; readonly modelVersion: string; readonly sinceMs: number } | null;
  /** Epoch milliseconds UTC. */
  readonly lastEventAtMs: number;
  /** By column name, in the unit the name says, as of the customer's last event. */
  readonly features: Readonly<Record<string, number>>;
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

  @Get('/v1/segments')
  segments(): Promise<SegmentCount[]> {
    return this.database.memberships.counts();
  }

  @Get('/v1/segments/:segmentId/members')
  members(@Param('segmentId') segmentId: string, @Query('limit') limit?: string): Promise<MembershipRow[]> {
    return this.database.memberships.list(segmentId, boundedInteger(limit, MEMBERS_DEFAULT, MEMBERS_MAX));
  }

  /** @param userKey `sourceId:userId` */
  @Get('/v1/customers/:userKey')
  async customer(@Param('userKey') userKey: string): Promise<CustomerView> {
    const state = await this.segmentation.features.get(userKey);
    if (state === null) throw new AppError('NOT_FOUND', `no customer ${userKey}; a user key is sourceId:userId`);
    const vector = new Float32Array(CUSTOMER.columns.length);
    CUSTOMER.vector(state, state.lastEventAtMs, vector);
    const { segmentId, segmentName, modelVersion, sinceMs } = state.of(SEGMENT);
    return {
      userKey,
      segment: segmentId === '' ? null : { id: segmentId, name: segmentName, modelVersion, sinceMs },
      lastEventAtMs: state.lastEventAtMs,
      features: Object.fromEntries(CUSTOMER.columns.map((column, i) => [column, vector[i]!])),
    };
  }
}

function boundedInteger(text: string | undefined, fallback: number, max: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new AppError('EVENT_INVALID', `limit=${text} is not a whole number from 1 to ${max}`);
  return value;
}
