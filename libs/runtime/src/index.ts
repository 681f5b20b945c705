export type { Platform } from './platform';
export { defineService, type ServiceDefinition } from './service-definition';
export { openPlatform } from './open-platform';
export { PLATFORM_SETTINGS, type PlatformSettings } from './platform-settings';
export { integerSetting, listSetting, loadConfig, processEnvironment, urlSetting, type Environment } from './load-config';
export { runServices, type RunOptions, type RunningServices } from './run-services';
export { runProcess, runService, type ProcessControl, type ProcessOptions } from './run-process';
export { BODY_LIMIT_BYTES } from './http-app';
export { toHttpAnswer, type HttpErrorAnswer } from './http-errors';
