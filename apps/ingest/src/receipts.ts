import type { Metrics } from '@tradewind/observability';
import type { Collected, Receipt } from './pipeline';

/** The body of a 200 answer. */
export function receiptText(receipt: Receipt): string {
  const { accepted, rejected, dropped } = receipt;
  if (rejected === 0) return `{"success":true,"accepted":${accepted},"rejected":0,"dropped":${dropped},"errors":[]}`;
  return JSON.stringify({ success: true, ...receipt });
}

/** What became of the events, and why. A repeated event counts as dropped here: it was not published again. */
export function createCounters(metrics: Metrics): (collected: Collected) => void {
  const events = metrics.counter({ name: 'tradewind_ingest_events_total', help: 'Judged events and items', labels: ['outcome'] });
  const faults = metrics.counter({ name: 'tradewind_ingest_rejected_total', help: 'Rejected events and items by code', labels: ['code'] });
  const drops = metrics.counter({ name: 'tradewind_ingest_dropped_total', help: 'Events taken and not published', labels: ['reason'] });
  return function count({ receipt, entries }) {
    let dropped = 0;
    for (const { dropped: reason } of entries) {
      if (reason === undefined) continue;
      dropped++;
      drops.add(1, { reason });
    }
    const accepted = entries.length - receipt.rejected - dropped;
    if (accepted > 0) events.add(accepted, { outcome: 'accepted' });
    if (receipt.rejected > 0) events.add(receipt.rejected, { outcome: 'rejected' });
    if (dropped > 0) events.add(dropped, { outcome: 'dropped' });
    for (const { code } of receipt.errors) faults.add(1, { code });
  };
}
