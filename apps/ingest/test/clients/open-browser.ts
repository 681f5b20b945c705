import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, normalize } from 'node:path';
import { chromium, type Page } from 'playwright-core';

/** The library's own browser bundle, as it comes from npm. */
const BUNDLE = join(dirname(require.resolve('@segment/analytics-next/package.json')), 'dist', 'umd');

const PAGE = `<!doctype html><meta charset="utf-8"><title>Shop</title><script src="/umd/index.js"></script><script>
const failed = [];
async function start({ server, writeKey, cdnSettings, segment, options }) {
  window.analytics = AnalyticsNext.AnalyticsBrowser.load(
    { writeKey, cdnURL: server, cdnSettings },
    { ...options, integrations: { 'Segment.io': { apiHost: server.replace('http://', '') + '/v1', protocol: 'http', ...segment } } });
  const [instance] = await window.analytics;
  instance.on('error', ({ ctx }) => ctx && failed.push(ctx.event.messageId));
}
</script>`;

export interface StartOptions {
  /** Base URL of the collector; settings come from there too. */
  readonly server: string;
  readonly writeKey: string;
  /** Stands for the settings that would be fetched. */
  readonly cdnSettings?: object;
  /** Beside the address: `deliveryStrategy`, for example. */
  readonly segment?: object;
  /** Options of `AnalyticsBrowser.load`. */
  readonly options?: object;
}

export interface Browser {
  /** A page of another origin, in a profile of its own, with the library started. */
  open(options: StartOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Headless Chromium, and a server that has the shop's page. */
export async function openBrowser(executablePath: string): Promise<Browser> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://page').pathname);
    if (!path.startsWith('/umd/')) return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    readFile(join(BUNDLE, path.slice('/umd/'.length))).then(
      (file) => response.writeHead(200, { 'content-type': 'text/javascript' }).end(file),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Root, as in CI, has no sandbox.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const address = `http://localhost:${(server.address() as AddressInfo).port}/`;
  return {
    async open(options) {
      const page = await (await browser.newContext()).newPage();
      await page.goto(address);
      await page.evaluate(`start(${JSON.stringify(options)})`);
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
