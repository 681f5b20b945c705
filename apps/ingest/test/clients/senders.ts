import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { Analytics } from '@segment/analytics-node';
import { eventually } from '@tradewind/testing';
import type { Browser } from './open-browser';

/** What a client counts an event as, in the end. */
export type Outcome = 'delivered' | 'dropped';

/** One client with its default retries that sends one event and tells what it counts it as. */
export interface Sender {
  readonly name: string;
  /** `timeoutMs` where the client has one. */
  send(to: { url: string; writeKey: string; event: string; timeoutMs?: number }): Promise<Outcome>;
}

export const segmentNode: Sender = {
  name: 'analytics-node',
  async send({ url, writeKey, event, timeoutMs }) {
    const client = new Analytics({ writeKey, host: url, flushAt: 1, httpRequestTimeout: timeoutMs });
    client.on('error', () => undefined);
    const outcome = await new Promise<Outcome>((resolve) =>
      client.track({ userId: 'u1', event }, (error) => resolve(error ? 'dropped' : 'delivered')),
    );
    await client.closeAndFlush({ timeout: 1_000 });
    return outcome;
  },
};

/** It waits for an answer for ever. */
export const rudderNode: Sender = {
  name: 'rudder-sdk-node',
  send({ url, writeKey, event }) {
    return new Promise((resolve) => {
      const client = new RudderAnalytics(writeKey, { dataPlaneUrl: url, flushInterval: 60_000, errorHandler: () => resolve('dropped') });
      quiet(client);
      client.track({ userId: 'u1', event }, ((error?: Error) => resolve(error ? 'dropped' : 'delivered')) as () => void);
    });
  },
};

/** Its logger writes each failed attempt to the console, whatever the level. */
function quiet(client: RudderAnalytics): void {
  Object.assign((client as unknown as { logger: object }).logger, { error: () => undefined });
}

/** It has no timeout of its own, and tells only of events that it gives up: the answer in the 200s is taken from the browser. */
export function analyticsNext(browser: Browser): Sender {
  return {
    name: 'analytics-next',
    async send({ url, writeKey, event }) {
      const cdnSettings = { integrations: { 'Segment.io': { apiKey: writeKey } } };
      const page = await browser.open({ server: url, writeKey, cdnSettings });
      let isTaken = false;
      page.on('response', (response) => (isTaken ||= response.ok() && response.request().method() === 'POST'));
      await page.evaluate(`void analytics.track(${JSON.stringify(event)})`);
      const outcome = await eventually(
        async () => {
          if (isTaken) return 'delivered';
          expect(await page.evaluate('failed.length')).toBe(1);
          return 'dropped';
        },
        { timeoutMs: 30_000, intervalMs: 50 },
      );
      await page.context().close();
      return outcome;
    },
  };
}
