import { setTimeout as pause } from 'node:timers/promises';
import { EXAMPLE_SEGMENTS, putSegments } from '@tradewind/apps/segmentation';
import { RANKED_LIST, TOPICS, describeError, type RankedList } from '@tradewind/contracts';
import type { RunningServices } from '@tradewind/runtime';
import type { Output } from '../command';
import { openRecording } from '../replay/open-recording';
import { replay } from '../replay/replay';
import type { ReplayEvent } from '../replay/recording';
import { readCursor, writeCursor } from './cursor';

const WRITE_KEY = 'demo-write-key';
/** Events of the sample data in `orders` detail. */
const EVENTS = 28_237;
/** Streamed at once, as the past that the first models are learned from. */
const PAST_EVENTS = 18_000;
/** Afterwards, so that a person can watch. */
const LIVE_EVENTS_PER_SECOND = 30;

/** Settings of the demo that differ from the defaults. */
export const DEMO_SETTINGS = {
  INGEST_WRITE_KEYS: `demo:${WRITE_KEY}`,
  INGEST_DEFAULT_CURRENCY: 'GBP',
  TRAINER_FIRST_AFTER_EVENTS: '15000',
  TRAINER_GROWTH_PERCENT: '30',
  /** The sample is of 2010 and 2011. */
  SEGMENTATION_CLOCK: 'events',
  LOG_LEVEL: 'warn',
};

export interface DemoOptions {
  readonly running: RunningServices;
  readonly output: Output;
  readonly file: string;
}

/** Streams the sample data through the collector from where the last start stopped, and tells when decisions come out. */
export async function runDemo({ running, output, file }: DemoOptions): Promise<void> {
  const { platform, url } = running;
  const startedMs = performance.now();
  if ((await platform.database.segments.list()).length === 0) await putSegments(platform.database.segments, EXAMPLE_SEGMENTS.slice(0, 7));
  const cursor = await readCursor(platform.dataDir);
  if (cursor > 0) output.note(`Continuing after ${cursor.toLocaleString('en')} events that the log already holds.`);
  void tellFirstList(running, output, startedMs);
  const recording = openRecording(file, 'online-retail', { detail: 'orders' });
  const progress = output.progress({ label: 'a shop’s year', total: EVENTS, unit: 'events' });
  try {
    const summary = await replay({
      events: paced(recording.events(), cursor),
      ...(cursor === 0 && { items: recording.items() }),
      url,
      writeKey: WRITE_KEY,
      batchEvents: 50,
      onProgress: ({ sent, eventTime }) => {
        progress.update(cursor + sent, `shop time ${eventTime.slice(0, 10)}  ${url}`);
        writeCursor(platform.dataDir, cursor + sent);
      },
    });
    progress.finish(`${summary.accepted.toLocaleString('en')} accepted, ${summary.rejected} rejected; the page stays up`);
  } catch (error) {
    progress.finish();
    output.note(`The sample data stopped: ${describeError(error)}. Starting again continues it.`);
  }
}

/** The past as fast as it goes, then a pace that can be watched. */
async function* paced(events: AsyncIterable<ReplayEvent>, skip: number): AsyncIterable<ReplayEvent> {
  let place = 0;
  let liveFromMs = 0;
  for await (const event of events) {
    if (place++ < skip) continue;
    if (place > PAST_EVENTS) {
      liveFromMs ||= performance.now() - ((place - PAST_EVENTS) * 1000) / LIVE_EVENTS_PER_SECOND;
      const dueMs = liveFromMs + ((place - PAST_EVENTS) * 1000) / LIVE_EVENTS_PER_SECOND;
      const waitMs = dueMs - performance.now();
      if (waitMs > 1) await pause(waitMs);
    }
    yield event;
  }
}

async function tellFirstList({ platform }: RunningServices, output: Output, startedMs: number): Promise<void> {
  const list = await firstPersonalList(platform.log);
  const [first] = list.items;
  const reason = first?.reasons[0]?.text ?? list.strategy;
  output.note(
    `First recommendation after ${((performance.now() - startedMs) / 1000).toFixed(1)} s: customer ${list.userKey} → ${first?.itemId ?? '–'} (${reason})`,
  );
}

function firstPersonalList(log: RunningServices['platform']['log']): Promise<RankedList> {
  return new Promise((resolve, reject) => {
    const following = log.follow({
      topic: TOPICS.recommendations.name,
      onRecords: (records) => {
        const list = records
          .flatMap(({ value }) => (value === null ? [] : [RANKED_LIST.decode(value)]))
          .find(({ strategy }) => strategy === 'personal');
        if (!list) return;
        resolve(list);
        void following.then((running) => running.stop());
      },
    });
    following.catch(reject);
  });
}
