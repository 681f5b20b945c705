import { join } from 'node:path';
import { eventRecord, judgeEvent } from '@tradewind/apps/ingest';
import type { OutboundRecord } from '@tradewind/eventing';
import { openRecording } from '../replay/open-recording';
import type { ReplayEvent } from '../replay/recording';
import { workspaceRoot } from '../workspace-root';

export type Detail = 'orders' | 'lines';

/** The source that sample events come from. */
export const SAMPLE_SOURCE = 'demo';

export function sampleFile(): string {
  return join(workspaceRoot(), 'data', 'online-retail', 'online_retail.csv.br');
}

/** Up to `limit` events of the sample shop (UCI Online Retail) as clients send them, in time order. */
export async function* sampleEvents(detail: Detail, limit = Infinity): AsyncIterable<ReplayEvent> {
  let left = limit;
  if (left <= 0) return;
  for await (const event of openRecording(sampleFile(), 'online-retail', { detail }).events()) {
    yield event;
    if (--left <= 0) return;
  }
}

/** The same as ingest puts them on the log, byte for byte, in slices. */
export async function* sampleRecords(detail: Detail, limit = Infinity, sliceSize = 2_000): AsyncIterable<OutboundRecord[]> {
  let slice: OutboundRecord[] = [];
  for await (const event of sampleEvents(detail, limit)) {
    slice.push(toRecord(event));
    if (slice.length < sliceSize) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

function toRecord(value: ReplayEvent): OutboundRecord {
  const bytes = Buffer.from(JSON.stringify(value));
  const verdict = judgeEvent({ value, bytes }, { sourceId: SAMPLE_SOURCE, defaultCurrency: 'GBP' }, Date.now());
  if (verdict.rejected) throw new Error(`sample event ${value.messageId} was rejected: ${verdict.rejected.fault.reason}`);
  return eventRecord(verdict.event);
}
