import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** One address in front of replicas, as an orchestrator's service is: each connection goes to the next replica that takes it. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

/** Balances connections over ports of 127.0.0.1; a client is refused only when no replica listens. */
export async function openBalancer(ports: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let next = 0;
  const server = createServer({ pauseOnConnect: true }, (client) => {
    keep(client);
    const order = ports.map((_, i) => ports[(next + i) % ports.length]!);
    next = (next + 1) % ports.length;
    tryNext(client, order);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => close(server, sockets) };

  function keep(socket: Socket): void {
    sockets.add(socket);
    // What broke is told to the other side by 'close'.
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  }

  function tryNext(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) {
      client.resetAndDestroy();
      return;
    }
    const replica = connect(port, '127.0.0.1');
    const onRefused = () => tryNext(client, others);
    replica.once('error', onRefused);
    replica.once('connect', () => {
      replica.off('error', onRefused);
      keep(replica);
      client.pipe(replica).pipe(client);
      client.once('close', () => replica.destroy());
      replica.once('close', (hadError) => (hadError ? client.resetAndDestroy() : client.end()));
      client.resume();
    });
  }
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.destroy();
  await closed;
}
