export type {
  Database,
  MembershipRepository,
  MembershipRow,
  PlanRepository,
  PlanRow,
  ReleaseRepository,
  ReleaseRow,
  ReleaseStageName,
  RuleMembershipChange,
  RuleMembershipRepository,
  RuleMembershipRow,
  SegmentCount,
  SegmentOverlap,
  SegmentRepository,
  SegmentRow,
  Source,
  SourceRepository,
  WriteKey,
} from './database';
export { openDatabase, type DatabaseOptions } from './open-database';
export type { Migration } from './migrate';
export { lockDataDir } from './data-dir-lock';
