import { readFileSync } from 'node:fs';

const PAGE_BYTES = 4096;
const MIB = 1024 * 1024;

/** Resident memory of a process in MiB; null where the kernel has no `/proc`. */
export function rssMbOf(pid: number): number | null {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / MIB;
  } catch {
    return null;
  }
}
