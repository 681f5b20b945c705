import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Body, Controller, Get, Module, Post, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '@tradewind/contracts';
import { eventually } from '@tradewind/testing';
import { z } from 'zod';
import { FakeStrategy, createFakePlatform } from '../test/fakes';
import { BODY_LIMIT_BYTES } from './http-app';
import { runServices, type RunOptions, type RunningServices } from './run-services';
import { defineService, type ServiceDefinition } from './service-definition';

const gate = { held: [] as (() => void)[], order: [] as string[] };

@Controller('echo')
class EchoController implements OnModuleDestroy {
  @Post()
  echo(@Body() body: unknown) {
    return { isBuffer: Buffer.isBuffer(body), text: Buffer.isBuffer(body) ? body.toString() : null };
  }

  @Get('wait')
  async wait() {
    await new Promise<void>((resolve) => gate.held.push(resolve));
    gate.order.push('answered');
    return { ok: true };
  }

  @Get('away')
  away(): never {
    throw new AppError('LOG_UNAVAILABLE', 'publish', { retryable: true });
  }

  @Get('bug')
  bug(): never {
    throw new TypeError('secret detail');
  }

  onModuleDestroy() {
    gate.order.push('modules');
  }
}

@Module({})
class EchoModule {}

@Controller('other')
class OtherController {
  @Get()
  other() {
    return { other: true };
  }
}

@Module({ controllers: [OtherController] })
class OtherModule {}

const echo = defineService({
  name: 'echo',
  settings: z.object({ ECHO_LIMIT: z.coerce.number({ error: 'not a number' }).default(1) }),
  createModule: (): DynamicModule => ({ module: EchoModule, controllers: [EchoController] }),
});
const other = defineService({ name: 'other', settings: z.object({}), createModule: () => ({ module: OtherModule }) });

describe('runServices', () => {
  let running: RunningServices | null = null;
  const start = async (options: RunOptions = {}, definitions: readonly ServiceDefinition[] = [echo, other]) => {
    const platform = createFakePlatform(gate.order);
    const createStrategy: RunOptions['createStrategy'] = (_platform, fail) => new FakeStrategy(fail, gate.order);
    running = await runServices(definitions, { env: { PORT: '0' }, platform, createStrategy, ...options });
    return running;
  };
  beforeEach(() => {
    gate.held.length = 0;
    gate.order.length = 0;
  });
  afterEach(async () => {
    gate.held.forEach((release) => release());
    await running?.close();
    running = null;
  });

  describe('HTTP', () => {
    it.each(['application/json', 'text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded', 'weird/type; x=y', ''])(
      'hands over the body of content type "%s" as bytes',
      async (contentType) => {
        const { url } = await start();
        const body = Buffer.from('{"broken json');
        const response = await fetch(`${url}/echo`, { method: 'POST', body, headers: contentType ? { 'content-type': contentType } : {} });
        expect(await response.json()).toEqual({ isBuffer: true, text: '{"broken json' });
      },
    );

    it('serves every service on one server', async () => {
      const { url } = await start();
      expect(await (await fetch(`${url}/other`)).json()).toEqual({ other: true });
    });

    it('refuses a body above the limit with 413', async () => {
      const { url } = await start();
      const response = await fetch(`${url}/echo`, { method: 'POST', body: Buffer.alloc(BODY_LIMIT_BYTES + 1) });
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ error: { code: 'REQUEST_TOO_LARGE' } });
    });

    it.each([
      ['/echo/away', 503, 'LOG_UNAVAILABLE'],
      ['/echo/bug', 500, 'INTERNAL'],
      ['/nowhere', 404, 'NOT_FOUND'],
    ])('answers %s with %i %s', async (path, status, code) => {
      const { url } = await start();
      const response = await fetch(url + path);
      const text = await response.text();
      expect(response.status).toBe(status);
      expect(JSON.parse(text)).toMatchObject({ error: { code } });
      expect(text).not.toContain('secret detail');
      expect(response.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    });
  });

  describe('operations', () => {
    it('tells liveness and readiness with the reason', async () => {
      const { url, platform } = await start();
      const liveness = await fetch(`${url}/livez`);
      expect([liveness.status, await liveness.json()]).toEqual([200, { status: 'ok', checks: {} }]);
      platform.health.register('readiness', 'model', () => ({ reason: 'no release yet' }));
      const readiness = await fetch(`${url}/readyz`);
      expect([readiness.status, await readiness.json()]).toEqual([503, { status: 'failing', checks: { model: 'no release yet' } }]);
    });

    it.each([
      ['is ready without a backing that none of its services needs, and tells of it', [{ ...echo, needs: [] }], 200],
      ['is not ready without a backing that one of its services needs', [{ ...echo, needs: [] }, other], 503],
    ])('%s', async (_, definitions, status) => {
      const { url, platform } = await start({}, definitions);
      platform.health.register('readiness', 'state', () => ({ reason: 'away' }));
      const readiness = await fetch(`${url}/readyz`);
      expect([readiness.status, await readiness.json()]).toMatchObject([status, { checks: { state: 'away' } }]);
    });

    it('exposes metrics by route pattern', async () => {
      const { url } = await start();
      await (await fetch(`${url}/other?x=1`)).text();
      const response = await fetch(`${url}/metrics`);
      expect(response.headers.get('content-type')).toContain('text/plain');
      expect(await response.text()).toMatch(/tradewind_http_request_seconds_count\{.*route="\/other",status="200".*} 1/);
    });
  });

  describe('start', () => {
    it('reports a port in use with the remedy and closes what it opened', async () => {
      const holder: Server = createServer().listen(0, '127.0.0.1');
      await eventually(() => expect(holder.address()).not.toBeNull());
      const { port } = holder.address() as AddressInfo;
      const starting = start({ env: { PORT: String(port) } });
      await expect(starting).rejects.toMatchObject({
        code: 'PORT_IN_USE',
        message: expect.stringContaining(`port ${port} on 127.0.0.1 is in use; stop`),
      });
      expect(gate.order).toEqual(['consumers', 'modules', 'platform']);
      await new Promise((resolve) => holder.close(resolve));
    });

    it('reports a host that is not ours', async () => {
      await expect(start({ env: { PORT: '0', HOST: '192.0.2.1' } })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('HOST=192.0.2.1'),
      });
    });

    it('lists wrong settings of the platform and of every service at once', async () => {
      const starting = start({ env: { PORT: 'x', ECHO_LIMIT: 'y' } });
      await expect(starting).rejects.toThrow(/PORT="x"[\s\S]*ECHO_LIMIT="y"/);
    });

    it('fails with what consuming failed with', async () => {
      const error = new AppError('LOG_UNAVAILABLE', 'join');
      await expect(start({ createStrategy: (_platform, fail) => new FakeStrategy(fail, [], error) })).rejects.toBe(error);
    });
  });

  describe('close', () => {
    it('answers requests under way, then ends consumers, modules and platform, in this order', async () => {
      const { url, platform, close } = await start();
      const request = fetch(`${url}/echo/wait`);
      await eventually(() => expect(gate.held).toHaveLength(1));
      const closing = Promise.all([close(), close()]);
      await eventually(async () =>
        expect(await platform.health.report('readiness')).toEqual({ status: 'failing', checks: { shutdown: 'shutting down' } }),
      );
      await eventually(() => expect(fetch(`${url}/other`)).rejects.toThrow());
      expect(gate.order).toEqual([]);
      gate.held[0]!();
      expect((await request).status).toBe(200);
      await closing;
      expect(gate.order).toEqual(['answered', 'consumers', 'modules', 'platform']);
    });

    it('cuts a request that outlives the drain time, and then goes on', async () => {
      const { url, close } = await start({ env: { PORT: '0', HTTP_DRAIN_MS: '50' } });
      const request = fetch(`${url}/echo/wait`);
      await eventually(() => expect(gate.held).toHaveLength(1));
      const cut = expect(request).rejects.toThrow();
      await close();
      await cut;
      expect(gate.order).toEqual(['consumers', 'modules', 'platform']);
    });

    it('gives up after the grace period and names the step', async () => {
      const { url, close } = await start({ env: { PORT: '0', SHUTDOWN_GRACE_MS: '100' } });
      const request = fetch(`${url}/echo/wait`);
      await eventually(() => expect(gate.held).toHaveLength(1));
      await expect(close()).rejects.toMatchObject({ code: 'SHUTTING_DOWN', message: expect.stringContaining('100 ms, at the step: http') });
      gate.held[0]!();
      await request;
      running = null;
    });
  });

  it('tells once that consuming failed', async () => {
    const failures: unknown[] = [];
    let strategy: FakeStrategy | undefined;
    await start({ onFailure: (error) => failures.push(error), createStrategy: (_platform, fail) => (strategy = new FakeStrategy(fail)) });
    strategy!.fail(new Error('one'));
    strategy!.fail(new Error('two'));
    expect(failures).toEqual([new Error('one')]);
  });
});
