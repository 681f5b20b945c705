import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** A folder that is full after a few megabytes. */
export interface SmallDisk {
  readonly dir: string;
  /** How it is bounded. */
  readonly kind: 'tmpfs' | 'quota';
  /** Settings of ingest that go with it. */
  readonly env: Readonly<Record<string, string>>;
  remove(): void;
}

const TMPFS_BYTES = 3 * 1024 * 1024;
const QUOTA_BYTES = 1024 * 1024;

/** Mounts a disk of 3 MiB in memory, which takes root on Linux; elsewhere the spool's own bound of 1 MiB stands for a full disk. */
export function openSmallDisk(dir: string): SmallDisk {
  mkdirSync(dir, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${TMPFS_BYTES}`, 'tmpfs', dir];
  const isMounted = process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('mount', options).status === 0;
  const spool = { INGEST_SPOOL_DIR: dir };
  if (!isMounted) return { dir, kind: 'quota', env: { ...spool, INGEST_SPOOL_MAX_BYTES: String(QUOTA_BYTES) }, remove: () => undefined };
  return { dir, kind: 'tmpfs', env: spool, remove: () => void spawnSync('umount', [dir]) };
}
