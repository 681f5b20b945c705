import { Controller, Get, Header } from '@nestjs/common';
import { LiveView, type LiveSnapshot } from './live-view';
import { PAGE } from './page';

@Controller()
export class GatewayController {
  constructor(private readonly view: LiveView) {}

  @Get('/')
  @Header('content-type', 'text/html; charset=utf-8')
  page(): string {
    return PAGE;
  }

  @Get('/v1/live')
  @Header('cache-control', 'no-store')
  live(): Promise<LiveSnapshot> {
    return this.view.snapshot();
  }
}
