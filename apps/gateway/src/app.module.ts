import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { defineService, type Platform } from '@tradewind/runtime';
import { GATEWAY_SETTINGS } from './config';
import { GatewayController } from './gateway.controller';
import { LiveView } from './live-view';

@Module({})
export class GatewayModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly view: LiveView) {}

  static register(platform: Platform): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [GatewayController],
      providers: [{ provide: LiveView, useFactory: () => new LiveView(platform) }],
    };
  }

  onApplicationBootstrap(): Promise<void> {
    return this.view.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.view.stop();
  }
}

/** The page and API for people. */
export const gateway = defineService({
  name: 'gateway',
  settings: GATEWAY_SETTINGS,
  createModule: (platform) => GatewayModule.register(platform),
});
