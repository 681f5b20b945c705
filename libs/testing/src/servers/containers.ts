import { DockerComposeEnvironment, getContainerRuntimeClient, Wait, type StartedDockerComposeEnvironment } from 'testcontainers';
import { freePort } from './free-port';
import { SERVER_SETTINGS, SERVERS } from './settings';
import type { Settings } from './find-servers';

export interface StartedContainers {
  readonly settings: Settings;
  stop(): Promise<void>;
}

/** True when a Docker engine answers. */
export async function hasContainerEngine(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch (error) {
    // testcontainers' only way of saying so.
    if (error instanceof Error && /container runtime/.test(error.message)) return false;
    throw error;
  }
}

/** Starts docker-compose.yml's three servers on free ports and waits until they are healthy. */
export async function startContainers(root: string): Promise<StartedContainers> {
  const [kafka, redis, postgres] = [await freePort(), await freePort(), await freePort()];
  const compose: StartedDockerComposeEnvironment = await new DockerComposeEnvironment(root, 'docker-compose.yml')
    .withEnvironment({ KAFKA_PORT: String(kafka), REDIS_PORT: String(redis), POSTGRES_PORT: String(postgres) })
    .withDefaultWaitStrategy(Wait.forHealthCheck())
    .up([...SERVERS]);
  return {
    settings: {
      [SERVER_SETTINGS.kafka]: `127.0.0.1:${kafka}`,
      [SERVER_SETTINGS.redis]: `redis://127.0.0.1:${redis}`,
      [SERVER_SETTINGS.postgres]: `postgresql://tradewind:tradewind@127.0.0.1:${postgres}/tradewind`,
    },
    stop: async () => void (await compose.down({ removeVolumes: true })),
  };
}
