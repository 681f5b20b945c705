import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { Option } from 'commander';
import { AppError } from '@tradewind/contracts';
import type { Command, Output } from '../command';
import { positiveNumber, wholeNumber } from '../options';
import { REPLAY_FORMATS, openRecording, type ReplayFormat } from '../replay/open-recording';
import { replay, type ReplayProgress, type ReplaySummary } from '../replay/replay';

interface ReplayFlags {
  readonly format: ReplayFormat;
  readonly url: string;
  readonly writeKey: string;
  readonly speed?: number;
  readonly limit?: number;
  readonly detail: 'orders' | 'lines';
  readonly concurrency: number;
  readonly batch: number;
  readonly items: boolean;
  readonly acked?: string;
}

/** `tradewind replay FILE`: a data set as events, through the HTTP collector. */
export const replayCommand: Command = {
  name: 'replay',
  register(program, output) {
    program
      .command('replay')
      .description('send a data set to the collector as events, in time order; FILE may end in .gz or .br')
      .argument('<file>', 'the data set')
      .addOption(new Option('--format <format>', 'what FILE holds').choices(REPLAY_FORMATS).default('tradewind'))
      .option('--url <url>', 'base URL of the collector', 'http://127.0.0.1:3000')
      .requiredOption('--write-key <key>', 'write key of the source to send as')
      .option('--speed <multiple>', 'multiple of real time, e.g. 3600 for an hour per second (default: as fast as possible)', parseSpeed)
      .option('--limit <events>', 'stop after this many events', wholeNumber(0))
      .addOption(
        new Option('--detail <detail>', 'online-retail: with a Product Added per line or without')
          .choices(['orders', 'lines'])
          .default('orders'),
      )
      .option('--concurrency <requests>', 'requests in flight', wholeNumber(1, 256), 8)
      .option('--batch <events>', 'events of one request', wholeNumber(1, 2_000), 100)
      .option('--no-items', 'leave out the catalogue')
      .option('--acked <file>', 'append the messageId of each acknowledged event, one a line')
      .action((file: string, flags: ReplayFlags) => run(file, flags, output));
  },
};

/** 0 is as fast as possible, as is leaving it out. */
function parseSpeed(text: string): number {
  return text === '0' ? 0 : positiveNumber()(text);
}

async function run(file: string, flags: ReplayFlags, output: Output): Promise<void> {
  if (!URL.canParse(flags.url)) throw new AppError('CONFIG_INVALID', `--url "${flags.url}" is not a URL; give e.g. http://127.0.0.1:3000`);
  const recording = openRecording(file, flags.format, { detail: flags.detail });
  const acked = flags.acked === undefined ? null : createWriteStream(flags.acked, { flags: 'a' });
  const progress = output.progress({ label: 'replaying', unit: 'events', ...(flags.limit !== undefined && { total: flags.limit }) });
  const aborting = new AbortController();
  const stop = () => aborting.abort(new AppError('SHUTTING_DOWN', 'replay interrupted; repeating it sends no event twice'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const summary = await replay({
      events: recording.events(),
      ...(flags.items && { items: recording.items() }),
      url: flags.url,
      writeKey: flags.writeKey,
      concurrency: flags.concurrency,
      batchEvents: flags.batch,
      ...(flags.speed !== undefined && { speed: flags.speed }),
      ...(flags.limit !== undefined && { limit: flags.limit }),
      ...(acked && { onAcked: (ids) => append(acked, ids) }),
      signal: aborting.signal,
      onProgress: (state) => progress.update(state.sent, noteOf(state, recording.readRatio())),
    });
    progress.finish();
    output.print(summary, textOf(summary));
  } catch (error) {
    if (aborting.signal.aborted) throw aborting.signal.reason;
    throw error;
  } finally {
    progress.finish();
    process.off('SIGINT', stop).off('SIGTERM', stop);
    if (acked) await closed(acked);
  }
}

async function append(file: WriteStream, ids: readonly string[]): Promise<void> {
  if (ids.length > 0 && !file.write(`${ids.join('\n')}\n`)) await once(file, 'drain');
}

async function closed(file: WriteStream): Promise<void> {
  file.end();
  if (!file.closed) await once(file, 'close');
}

function noteOf({ eventTime, retried, rejected }: ReplayProgress, readRatio: number): string {
  const parts = [`${Math.floor(readRatio * 100)} % of the file`, eventTime.slice(0, 10)];
  if (retried > 0) parts.push(`${retried} retries`);
  if (rejected > 0) parts.push(`${rejected} rejected`);
  return parts.join('  ');
}

function textOf({ sent, items, accepted, rejected, retried, eventsPerSecond, seconds, rejections }: ReplaySummary): string {
  const lines = [
    `${sent.toLocaleString('en')} events and ${items.toLocaleString('en')} catalogue items in ${seconds.toFixed(1)} s: ${eventsPerSecond.toLocaleString('en')} events/s`,
    `${accepted.toLocaleString('en')} accepted, ${rejected.toLocaleString('en')} rejected, ${retried.toLocaleString('en')} requests repeated`,
    ...rejections,
  ];
  return lines.join('\n');
}
