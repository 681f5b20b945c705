export { eventually, type EventuallyOptions } from './eventually';
export { createFakeClock, type FakeClock } from './fake-clock';
export { uniqueName } from './unique-name';
export { useTempDir } from './temp-dir';
export { aReleaseRecord, anEvent, anEventRecord, anItem, anItemRecord, anOrder, type RecordToPublish } from './builders';
export { freePort } from './servers/free-port';
export { describeWith, realServer, realServers, type RealServers } from './servers/real-servers';
export { assertTestDatabase, testDatabaseUrl } from './servers/test-database';
export { SERVER_SETTINGS, type Server } from './servers/settings';
