import { readFileSync } from 'node:fs';

/** Linux counts in hundredths. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a process has used so far; null where the kernel has no `/proc`. */
export function cpuSecondsOf(pid: number): number | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name, in brackets, may hold anything. After it: state (field 3), …, utime (14), stime (15).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
