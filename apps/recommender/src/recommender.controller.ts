import { Controller, Get, Param, Query } from '@nestjs/common';
import { AppError, TOPICS, type RankedList } from '@tradewind/contracts';
import { BatchPattern, type Batch, type BatchContext, type BatchResult } from '@tradewind/eventing';
import { EVENTS_GROUP, Recommender } from './recommender';

/** The HTTP answer: the list with titles. */
export interface Recommendations {
  readonly recommendationId: string;
  readonly userKey: string;
  readonly placement: string;
  readonly strategy: string;
  readonly modelVersion: string;
  readonly items: readonly {
    readonly itemId: string;
    readonly title: string;
    readonly score: number;
    readonly reasons: RankedList['items'][number]['reasons'];
  }[];
}

@Controller()
export class RecommenderController {
  constructor(private readonly recommender: Recommender) {}

  @BatchPattern(TOPICS.events.name, { group: EVENTS_GROUP })
  onEvents(batch: Batch, context: BatchContext): Promise<BatchResult> {
    return this.recommender.handler(batch, context);
  }

  /** @param userKey `sourceId:userId` */
  @Get('/v1/recommendations/:userKey')
  async recommendations(@Param('userKey') userKey: string, @Query('limit') limit?: string): Promise<Recommendations> {
    const wanted = limit === undefined ? Infinity : Number(limit);
    if (limit !== undefined && (!Number.isInteger(wanted) || wanted < 1))
      throw new AppError('EVENT_INVALID', `limit=${limit} is not a whole number above 0`);
    const { recommendationId, placement, strategy, modelVersion, items } = await this.recommender.recommend(userKey);
    const shown = items
      .slice(0, wanted)
      .map(({ itemId, score, reasons }) => ({ itemId, title: this.recommender.title(itemId), score, reasons }));
    return { recommendationId, userKey, placement, strategy, modelVersion, items: shown };
  }
}
