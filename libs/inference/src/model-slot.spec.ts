import fc from 'fast-check';
import { loadGraph } from '../test/load-graph';
import type { Model, ModelManifest, Tensor } from './model';
import { ModelSlot, type Versioned } from './model-slot';
import { GraphBuilder } from './onnx/graph-builder';

/** Gives the version back at every step and fails when used after close, as a released session does. */
class Probe implements Versioned {
  readonly manifest: ModelManifest;
  closes = 0;
  active = 0;

  constructor(readonly version: string) {
    this.manifest = { version } as ModelManifest;
  }

  async read(steps: number): Promise<string[]> {
    this.active++;
    const seen: string[] = [];
    for (let step = 0; step < steps; step++) {
      if (this.closes > 0) throw new Error(`${this.version} is closed`);
      seen.push(this.version);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.active--;
    return seen;
  }

  async close(): Promise<void> {
    expect(this.active).toBe(0);
    this.closes++;
  }
}

describe('ModelSlot', () => {
  it('holds none, then the swapped one', async () => {
    const slot = new ModelSlot<Probe>('ranker');
    expect(slot.version).toBeNull();
    await expect(slot.use(() => 1)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', retryable: true });
    const [a, b] = [new Probe('a'), new Probe('b')];
    await slot.swap(a);
    await slot.swap(a);
    expect([slot.version, a.closes]).toEqual(['a', 0]);
    await slot.swap(b);
    expect([slot.version, a.closes, b.closes]).toEqual(['b', 1, 0]);
    expect(await slot.use((model) => model.read(2))).toEqual(['b', 'b']);
    await slot.close();
    await slot.close();
    expect([slot.version, b.closes]).toEqual([null, 1]);
    await expect(slot.use(() => 1)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    const late = new Probe('late');
    await expect(slot.swap(late)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(late.closes).toBe(1);
  });

  it('serves the new model at once while the former one ends its work', async () => {
    const slot = new ModelSlot<Probe>('ranker');
    const [a, b] = [new Probe('a'), new Probe('b')];
    await slot.swap(a);
    let finish = (): void => {};
    const old = slot.use(() => new Promise<void>((resolve) => (finish = resolve)));
    const swapped = slot.swap(b);
    expect(await slot.use((model) => model.read(1))).toEqual(['b']);
    expect(a.closes).toBe(0);
    finish();
    await Promise.all([old, swapped]);
    expect(a.closes).toBe(1);
  });

  it('lets go of a model whose use failed', async () => {
    const slot = new ModelSlot<Probe>('ranker');
    const a = new Probe('a');
    await slot.swap(a);
    await expect(slot.use(() => Promise.reject(new Error('bad request')))).rejects.toThrow('bad request');
    await slot.swap(new Probe('b'));
    expect(a.closes).toBe(1);
  });

  it('never fails a use and never mixes versions, whatever the order of uses and swaps', async () => {
    const action = fc.oneof(
      { weight: 8, arbitrary: fc.record({ use: fc.integer({ min: 1, max: 5 }) }) },
      fc.constantFrom('swap' as const, 'turn' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 200 }), async (actions) => {
        const slot = new ModelSlot<Probe>('ranker');
        const probes = [new Probe('0')];
        await slot.swap(probes[0]!);
        const uses: Promise<string[]>[] = [];
        const swaps: Promise<void>[] = [];
        for (const step of actions) {
          if (step === 'swap') {
            probes.push(new Probe(String(probes.length)));
            swaps.push(slot.swap(probes.at(-1)!));
          } else if (step === 'turn') await new Promise((resolve) => setImmediate(resolve));
          else uses.push(slot.use((model) => model.read(step.use)));
        }
        for (const seen of await Promise.all(uses)) expect(new Set(seen).size).toBe(1);
        await Promise.all([...swaps, slot.close()]);
        expect(probes.map((probe) => probe.closes)).toEqual(probes.map(() => 1));
      }),
    );
  });

  it('keeps thousands of real runs whole through dozens of swaps', async () => {
    const slot = new ModelSlot<Model>('constant');
    await slot.swap(await constantModel(0));
    let stop = false;
    let runs = 0;
    const inputs: Record<string, Tensor> = { x: { dtype: 'float32', shape: [4], data: new Float32Array(4) } };
    const client = async (): Promise<void> => {
      while (!stop) {
        const [version, y] = await slot.use(async (model) => [model.manifest.version, (await model.run(inputs))['y']!.data] as const);
        expect(Array.from(y, String)).toEqual([version, version, version, version]);
        runs++;
      }
    };
    const clients = Array.from({ length: 64 }, client);
    for (let version = 1; version <= 40; version++) await slot.swap(await constantModel(version));
    while (runs < 5_000) await new Promise((resolve) => setImmediate(resolve));
    stop = true;
    await Promise.all(clients);
    expect(slot.version).toBe('40');
    await slot.close();
  });
});

/** y = x + version. */
function constantModel(version: number): Promise<Model> {
  const g = new GraphBuilder('constant');
  g.output(g.op('Add', [g.input('x', 'float32', ['n']), g.floats(version)]), 'y', 'float32', ['n']);
  return loadGraph(g.finish(), String(version));
}
