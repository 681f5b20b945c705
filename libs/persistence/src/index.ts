export type {
  Database,
  MembershipRepository,
  MembershipRow,
  PlanRepository,
  PlanRow,
  ReleaseRepository,
  ReleaseRow,
  ReleaseStageName,
  SegmentCount,
  Source,
  SourceRepository,
  WriteKey,
} from './database';
export { openDatabase, type DatabaseOptions } from './open-database';
export type { Migration } from './migrate';
export { lockDataDir } from './data-dir-lock';
