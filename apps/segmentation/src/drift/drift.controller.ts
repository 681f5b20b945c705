import { Controller, Get } from '@nestjs/common';
import { AppError } from '@tradewind/contracts';
import { Segmentation } from '../segmentation';
import type { DriftReport } from './drift-alerts';

/** How far customers are from those that the live model was trained on. */
@Controller()
export class DriftController {
  constructor(private readonly segmentation: Segmentation) {}

  /** The last report. */
  @Get('/v1/drift')
  async drift(): Promise<DriftReport> {
    const report = await this.segmentation.drift.report();
    if (report === null)
      throw new AppError('NOT_FOUND', 'drift was not measured yet; it needs a live release with a baseline and customers');
    return report;
  }
}
