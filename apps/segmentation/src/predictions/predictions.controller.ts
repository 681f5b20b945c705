import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { AppError } from '@tradewind/contracts';
import { Segmentation } from '../segmentation';
import { LookalikeFinder, type Lookalikes } from './lookalikes';
import type { PredictionsView } from './prediction-view';

export const LOOKALIKES = Symbol('lookalikes');
const LOOKALIKES_DEFAULT = 100;
const LOOKALIKES_MAX = 10_000;

/** What a release tells of itself: see the trainer's report. */
export interface PredictionRelease {
  readonly model: string;
  readonly version: string;
  readonly trainedFromMs: number;
  readonly trainedUntilMs: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly report: object;
}

@Controller()
export class PredictionsController {
  constructor(
    private readonly segmentation: Segmentation,
    @Inject(LOOKALIKES) private readonly lookalikes: LookalikeFinder,
  ) {}

  /** How good the live predictions are: which learner won and why, calibration, deciles. */
  @Get('/v1/predictions')
  async release(): Promise<PredictionRelease> {
    const { model, version, trainedFromMs, trainedUntilMs, metrics } = this.segmentation.predictions.manifest();
    return { model, version, trainedFromMs, trainedUntilMs, metrics, report: await this.segmentation.predictions.report() };
  }

  /** Size and outcome by declared sensitive attributes, as of the live release; `enabled` is false unless the trainer was told some. */
  @Get('/v1/fairness')
  async fairness(): Promise<{ enabled: boolean; modelVersion: string; attributes: readonly unknown[] }> {
    const { version } = this.segmentation.predictions.manifest();
    const { fairness } = await this.segmentation.predictions.report();
    return { enabled: fairness.length > 0, modelVersion: version, attributes: fairness };
  }

  /** @param userKey `sourceId:userId` */
  @Get('/v1/customers/:userKey/predictions')
  async customer(@Param('userKey') userKey: string): Promise<PredictionsView> {
    const state = await this.segmentation.features.get(userKey);
    if (state === null) throw new AppError('NOT_FOUND', `no customer ${userKey}; a user key is sourceId:userId`);
    const view = await this.segmentation.predictions.view(state);
    if (view === null) throw new AppError('NOT_FOUND', `${userKey} has not ordered yet; predictions are made of customers with an order`);
    return view;
  }

  @Get('/v1/segments/:segmentId/lookalikes')
  async likeThem(@Param('segmentId') segmentId: string, @Query('limit') limit?: string): Promise<Lookalikes> {
    const most = limit === undefined ? LOOKALIKES_DEFAULT : Number(limit);
    if (!Number.isInteger(most) || most < 1 || most > LOOKALIKES_MAX)
      throw new AppError('EVENT_INVALID', `limit=${limit} is not a whole number from 1 to ${LOOKALIKES_MAX}`);
    return this.lookalikes.find(segmentId, most);
  }
}
