import { Option, type Command as Program } from 'commander';
import { AppError } from '@tradewind/contracts';
import type { Command, Output } from '../command';
import { wholeNumber } from '../options';

interface CommonFlags {
  readonly seconds: number;
  readonly rounds: number;
  readonly dataDir: string;
  readonly profile?: string;
}

interface StreamFlags extends CommonFlags {
  readonly events: number;
  readonly rate: number;
}

interface SegmentFlags {
  readonly users: number;
  readonly rules: number;
  readonly rate: number;
  readonly seconds: number;
  readonly backlog: number;
  readonly checkEvery: number;
  readonly dataDir: string;
  readonly profile?: string;
}

interface IngestFlags extends CommonFlags {
  readonly gzip?: boolean;
  readonly dedup: boolean;
  readonly plan: boolean;
  readonly soak?: number;
}

/** `tradewind bench stream|segment|ingest`: our path against the least that could do the same, on real servers. */
export const benchCommand: Command = {
  name: 'bench',
  register(program, output) {
    const bench = program.command('bench').description('throughput and latency on real servers, against a floor in the same run');
    common(bench.command('stream').description('Kafka → segmentation → Redis and Kafka, against a bare kafkajs consumer'), 30, 2)
      .option('--events <events>', 'events on the topic, from the sample data', wholeNumber(1_000, 540_000), 400_000)
      .option('--rate <events>', 'events per second of the latency run', wholeNumber(100, 100_000), 5_000)
      .action((flags: StreamFlags) => stream(flags, output));
    where(
      bench.command('segment').description('segments by rule: entry and exit latency, throughput, and memberships checked by brute force'),
    )
      .option('--users <users>', 'users', wholeNumber(100, 1_000_000), 100_000)
      .option('--rules <rules>', 'segments by rule, of ten kinds', wholeNumber(1, 1_000), 200)
      .option('--rate <events>', 'events per second', wholeNumber(100, 100_000), 20_000)
      .option('--seconds <seconds>', 'so long; windows close 10 to 60 s after their event', wholeNumber(6, 3_600), 90)
      .option('--backlog <events>', 'of the past, handled as fast as it goes before', wholeNumber(1_000, 10_000_000), 400_000)
      .option('--check-every <users>', "check every so-manieth user's memberships; 1 checks all", wholeNumber(1, 100_000), 20)
      .action((flags: SegmentFlags) => segment(flags, output));
    common(bench.command('ingest').description('HTTP → ingest → Kafka, against bare Fastify and a bare producer'), 6, 3)
      .option('--gzip', 'bodies are compressed, for both sides')
      .option('--no-dedup', 'without dropping repeated messages')
      .option('--no-plan', 'without a tracking plan')
      .option('--soak <seconds>', 'instead, our side alone for so long, half of it single events, half batches', wholeNumber(10, 86_400))
      .action((flags: IngestFlags) => ingest(flags, output));
  },
};

function common(command: Program, seconds: number, rounds: number): Program {
  return where(command)
    .option('--seconds <seconds>', 'longest time of a measured round', wholeNumber(1, 3_600), seconds)
    .option('--rounds <rounds>', 'measured rounds of each side', wholeNumber(1, 99), rounds);
}

function where(command: Program): Program {
  return command
    .option('--profile <folder>', 'write a CPU profile of our process there')
    .addOption(
      new Option('--data-dir <folder>', 'where the stack lives, for settings that are not set').env('DATA_DIR').default('.tradewind'),
    );
}

async function stream({ dataDir, events, seconds, rounds, rate, profile }: StreamFlags, output: Output): Promise<void> {
  const [{ findServers }, { benchStream }] = await Promise.all([import('../bench/servers'), import('../bench/stream-bench')]);
  const { KAFKA_BROKERS: brokers = '', REDIS_URL: redisUrl = '' } = findServers(dataDir, ['KAFKA_BROKERS', 'REDIS_URL']);
  const { text, ...report } = await benchStream({
    brokers,
    redisUrl,
    events,
    seconds,
    rounds,
    rate,
    output,
    nodeOptions: profiling(profile),
  });
  output.print(report, text);
}

async function segment({ dataDir, profile, ...flags }: SegmentFlags, output: Output): Promise<void> {
  const [{ findServers }, { benchSegment }] = await Promise.all([import('../bench/servers'), import('../bench/segment-bench')]);
  const { KAFKA_BROKERS: brokers = '', REDIS_URL: redisUrl = '' } = findServers(dataDir, ['KAFKA_BROKERS', 'REDIS_URL']);
  const { text, ...report } = await benchSegment({ ...flags, brokers, redisUrl, output, nodeOptions: profiling(profile) });
  output.print(report, text);
  if (report.wrongMemberships > 0) throw new AppError('HANDLER_FAILED', `${report.wrongMemberships} memberships are not those of the log`);
}

async function ingest({ dataDir, profile, gzip = false, ...flags }: IngestFlags, output: Output): Promise<void> {
  const [{ findServers }, { benchIngest, soakIngest }] = await Promise.all([import('../bench/servers'), import('../bench/ingest-bench')]);
  const { KAFKA_BROKERS: brokers = '', DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = findServers(dataDir, ['KAFKA_BROKERS']);
  const options = { ...flags, brokers, databaseUrl, redisUrl, gzip, output, nodeOptions: profiling(profile) };
  const { text, ...report } = flags.soak === undefined ? await benchIngest(options) : await soakIngest(options, flags.soak);
  output.print(report, text);
}

function profiling(folder: string | undefined): string[] {
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}
