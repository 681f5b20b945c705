import './faster-kafkajs';
import { ConfigResourceTypes, type Admin } from 'kafkajs';
import { AppError, type TopicSpec } from '@tradewind/contracts';

/** As many copies as the cluster has brokers, three at most; with three, a write needs two of them. */
const MAX_REPLICAS = 3;

/** Creates the missing topics and checks every one. @throws TOPIC_MISMATCH */
export async function ensureKafkaTopics(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const wanted = [...new Map(specs.map((spec) => [spec.name, spec])).values()];
  if (wanted.length === 0) return;
  const present = new Set(await admin.listTopics());
  const missing = wanted.filter(({ name }) => !present.has(name));
  if (missing.length > 0) await createTopics(admin, missing);
  await checkTopics(admin, wanted);
}

/** Another process may create them at the same time: then they are there, which is all that is asked. */
async function createTopics(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const replicationFactor = Math.min(MAX_REPLICAS, brokers.length);
  await admin.createTopics({
    waitForLeaders: true,
    topics: specs.map((spec) => ({
      topic: spec.name,
      numPartitions: spec.partitions,
      replicationFactor,
      configEntries: [
        { name: 'cleanup.policy', value: spec.cleanup },
        { name: 'retention.ms', value: String(spec.retentionMs) },
        { name: 'min.insync.replicas', value: replicationFactor === MAX_REPLICAS ? '2' : '1' },
      ],
    })),
  });
}

async function checkTopics(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: specs.map(({ name }) => name) });
  const partitions = new Map(topics.map((topic) => [topic.name, topic.partitions.length]));
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: specs.map(({ name }) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: ['cleanup.policy'] })),
  });
  const cleanup = new Map(resources.map((resource) => [resource.resourceName, resource.configEntries[0]?.configValue]));
  for (const spec of specs) {
    mustMatch(spec.name, 'partitions', spec.partitions, partitions.get(spec.name));
    mustMatch(spec.name, 'cleanup.policy', spec.cleanup, cleanup.get(spec.name));
  }
}

function mustMatch(topic: string, setting: string, wanted: string | number, found: string | number | undefined): void {
  if (wanted === found) return;
  throw new AppError(
    'TOPIC_MISMATCH',
    `topic ${topic} has ${setting} ${found}, not ${wanted}: change the topic by hand or use another cluster`,
  );
}
