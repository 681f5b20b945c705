/** Jest's globalTeardown: stops the containers of globalSetup. */
export default async function stopServers(): Promise<void> {
  await globalThis.tradewindContainers?.stop();
}
