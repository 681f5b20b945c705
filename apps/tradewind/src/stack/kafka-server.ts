import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@tradewind/contracts';
import { workspaceRoot } from '../workspace-root';
import { freePort } from './ports';
import type { LocalServer, ServerContext } from './server';
import { findProgram, runProgram } from './shell';
import { askPort, brokersIn, kafkaMetadataRequest } from './wire';

const OLDEST_JAVA = 17;
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** One node that is broker and controller (KRaft), sized for a laptop. */
export const kafkaServer: LocalServer = {
  name: 'kafka',
  defaultPort: 9092,
  setting: 'KAFKA_BROKERS',
  stopSignal: 'SIGTERM',
  settingValue: (port) => `127.0.0.1:${port}`,
  async prepare(context) {
    const java = requireJava();
    await ensureJars(context);
    const properties = join(context.dir, 'server.properties');
    writeFileSync(properties, serverProperties(context, await freePort()));
    const jvm = (mainClass: string, ...args: string[]) => ['-cp', join(context.dir, 'libs', '*'), mainClass, ...args];
    if (!existsSync(join(context.dir, 'data', 'meta.properties'))) {
      const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url').replace(/^-/, 'A');
      await runProgram(java, jvm('kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', properties), {
        logFile: join(context.dir, 'format.log'),
      });
    }
    const log4j = `-Dlog4j2.configurationFile=${join(workspaceRoot(), 'deploy', 'stack', 'log4j2.properties')}`;
    return {
      program: java,
      args: ['-Xms256m', '-Xmx768m', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', log4j, ...jvm('kafka.Kafka', properties)],
    };
  },
  isReady: async (port) => brokersIn(await askPort(port, kafkaMetadataRequest())) > 0,
};

/** Major version that `java -version` tells, or null. */
export function javaVersion(text: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match === null ? null : Number(match[1]);
}

/** The JDK's or JRE's java. @throws CONFIG_INVALID */
function requireJava(): string {
  const java = findProgram('java');
  const version = java === null ? null : javaVersion(spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr);
  const remedy = `Kafka needs Java ${OLDEST_JAVA} or later (Debian: apt-get install openjdk-17-jdk-headless maven)`;
  if (java === null || version === null) throw new AppError('CONFIG_INVALID', `java is not on the PATH: ${remedy}`);
  if (version < OLDEST_JAVA) throw new AppError('CONFIG_INVALID', `${java} is version ${version}: ${remedy}`);
  return java;
}

/** Copies the jars that deploy/stack/pom.xml pins into `libs`, once; they appear all or not at all. */
async function ensureJars({ dir, note }: ServerContext): Promise<void> {
  const libs = join(dir, 'libs');
  if (existsSync(libs) && readdirSync(libs).length > 0) return;
  if (findProgram('mvn') === null)
    throw new AppError('CONFIG_INVALID', 'mvn is not on the PATH: Maven fetches Kafka (Debian: apt-get install maven)');
  note('fetching Kafka from Maven Central');
  const unfinished = `${libs}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const pom = join(workspaceRoot(), 'deploy', 'stack', 'pom.xml');
  const args = ['-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${unfinished}`];
  await runProgram('mvn', args, { logFile: join(dir, 'maven.log') });
  renameSync(unfinished, libs);
}

export function serverProperties({ dir, port }: Pick<ServerContext, 'dir' | 'port'>, controllerPort: number): string {
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(dir, 'data'),
    // One node holds everything.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // A wrong topic name fails instead of making a topic.
    'auto.create.topics.enable': false,
    'message.max.bytes': MAX_MESSAGE_BYTES,
    'replica.fetch.max.bytes': MAX_MESSAGE_BYTES,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    // A killed broker is believed dead soon, so its restart is quick.
    'broker.session.timeout.ms': 6000,
    'broker.heartbeat.interval.ms': 1000,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
