import { Gauge as PromGauge, Registry, collectDefaultMetrics, type Metric } from 'prom-client';
import { CounterFamily, HistogramFamily } from './metric-families';

/** A value for each label that the metric declared, beside `service`, which is added. */
export type Labels<L extends string> = Readonly<Record<L, string | number>>;
type LabelArguments<L extends string> = [L] extends [never] ? [] : [labels: Labels<L>];

export interface Counter<L extends string = never> {
  /** @param value at least 0 */
  add(value: number, ...labels: LabelArguments<L>): void;
}

export interface Gauge<L extends string = never> {
  set(value: number, ...labels: LabelArguments<L>): void;
  /** Drops a series that has no meaning any more, e.g. of a partition that was lost. */
  remove(...labels: LabelArguments<L>): void;
}

export interface Histogram<L extends string = never> {
  observe(value: number, ...labels: LabelArguments<L>): void;
}

export interface MetricOptions<L extends string> {
  /** `tradewind_…` in Prometheus base units: `_seconds`, `_bytes`, `_ratio`; counters end with `_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly L[];
}

export interface GaugeOptions<L extends string> extends MetricOptions<L> {
  /** Called at each scrape, to set values that are read rather than kept, e.g. lag. */
  readonly collect?: (gauge: Gauge<L>) => void;
}

export interface HistogramOptions<L extends string> extends MetricOptions<L> {
  /** Upper bounds, ascending. @default 0.5 ms to 10 s, in seconds */
  readonly buckets?: readonly number[];
}

/** The metrics of a process. The same name gives the same metric, so services in one process share families and differ by `service`. */
export interface Metrics {
  counter<L extends string = never>(options: MetricOptions<L>): Counter<L>;
  gauge<L extends string = never>(options: GaugeOptions<L>): Gauge<L>;
  histogram<L extends string = never>(options: HistogramOptions<L>): Histogram<L>;
  /** The same registry with another `service` label. */
  forService(service: string): Metrics;
  /** Prometheus text exposition format, see `contentType`. */
  text(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsOptions {
  readonly service: string;
  /** CPU, memory, event loop lag and garbage collection of this process. @default true */
  readonly processMetrics?: boolean;
}

const SECONDS_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WRONG_UNIT = /_(ms|millis|milliseconds|us|microseconds|minutes|hours|kb|mb|percent)(_total)?$/;

/** A registry of its own, so that two in one process (tests) never meet. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  return new PrometheusMetrics(registry, options.service);
}

/** @throws Error when the name breaks the rules: that is a bug of the caller. */
function checkName(name: string, isCounter: boolean): void {
  if (!/^tradewind_[a-z0-9_]+$/.test(name)) throw new Error(`metric ${name}: names are tradewind_ and lower-case words`);
  if (WRONG_UNIT.test(name)) throw new Error(`metric ${name}: use Prometheus base units (seconds, bytes, ratio)`);
  if (isCounter !== name.endsWith('_total')) throw new Error(`metric ${name}: counters, and only they, end with _total`);
}

class PrometheusMetrics implements Metrics {
  readonly contentType: string;

  constructor(
    private readonly registry: Registry,
    private readonly service: string,
  ) {
    this.contentType = registry.contentType;
  }

  counter<L extends string = never>(options: MetricOptions<L>): Counter<L> {
    checkName(options.name, true);
    const { service } = this;
    const family = this.shared(options, CounterFamily, () => this.registered(new CounterFamily(familyOf(options))));
    return { add: (value, ...[labels]) => family.add(service, value, labels) };
  }

  gauge<L extends string = never>(options: GaugeOptions<L>): Gauge<L> {
    checkName(options.name, false);
    const metric = this.shared(options, CollectedGauge, () => new CollectedGauge(this.settings(options)));
    const { service } = this;
    const gauge: Gauge<L> = {
      set: (value, ...[labels]) => metric.set({ ...labels, service }, value),
      remove: (...[labels]) => metric.remove({ ...labels, service }),
    };
    const { collect } = options;
    if (collect) metric.collectors.push(() => collect(gauge));
    return gauge;
  }

  histogram<L extends string = never>(options: HistogramOptions<L>): Histogram<L> {
    checkName(options.name, false);
    const buckets = [...(options.buckets ?? SECONDS_BUCKETS)];
    const { service } = this;
    const family = this.shared(options, HistogramFamily, () => this.registered(new HistogramFamily(familyOf(options), buckets)));
    return { observe: (value, ...[labels]) => family.observe(service, value, labels) };
  }

  forService(service: string): Metrics {
    return new PrometheusMetrics(this.registry, service);
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  private registered<T extends CounterFamily | HistogramFamily>(family: T): T {
    this.registry.registerMetric(family as unknown as Metric);
    return family;
  }

  private settings(options: MetricOptions<string>) {
    return { name: options.name, help: options.help, labelNames: ['service', ...(options.labels ?? [])], registers: [this.registry] };
  }

  private shared<T>(options: MetricOptions<string>, kind: abstract new (...args: never[]) => T, create: () => T): T {
    const present: unknown = this.registry.getSingleMetric(options.name);
    if (present === undefined) return create();
    if (present instanceof kind) return present;
    throw new Error(`metric ${options.name} is already of another kind`);
  }
}

function familyOf({ name, help, labels = [] }: MetricOptions<string>) {
  return { name, help, labels };
}

/** A gauge that several services of one process can fill at a scrape. */
class CollectedGauge extends PromGauge<string> {
  readonly collectors: (() => void)[];

  constructor(settings: ConstructorParameters<typeof PromGauge<string>>[0]) {
    const collectors: (() => void)[] = [];
    super({ ...settings, collect: () => collectors.forEach((collect) => collect()) });
    this.collectors = collectors;
  }
}
