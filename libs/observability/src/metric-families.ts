/** Of one series, by name; with `service`. */
export type SeriesLabels = Readonly<Record<string, string | number>>;

/** A line of the exposition. */
interface Sample {
  readonly metricName?: string;
  readonly labels: SeriesLabels;
  readonly value: number;
}

/** What prom-client's registry asks a metric for at a scrape. */
interface Exposition {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly values: readonly Sample[];
  readonly aggregator: 'sum';
}

/** Of the families below; prom-client's own are not used, because they check, sort and join the labels at every call: 2 to 4 µs. */
export interface FamilyOptions {
  readonly name: string;
  readonly help: string;
  /** Beside `service`. */
  readonly labels: readonly string[];
}

/** The series of a family, made when first met. */
abstract class Family<S extends { readonly labels: SeriesLabels }> {
  abstract readonly type: string;
  readonly aggregator = 'sum';
  readonly name: string;
  readonly help: string;
  protected readonly series = new Map<string, S>();

  constructor(private readonly options: FamilyOptions) {
    this.name = options.name;
    this.help = options.help;
  }

  get(): Promise<Exposition> {
    const { name, help, type, aggregator } = this;
    return Promise.resolve({ name, help, type, aggregator, values: [...this.series.values()].flatMap((each) => this.samplesOf(each)) });
  }

  protected abstract samplesOf(series: S): Sample[];
  protected abstract create(labels: SeriesLabels): S;

  protected seriesOf(service: string, labels: SeriesLabels | undefined): S {
    let key = service;
    if (labels) for (const name of this.options.labels) key += `\n${labels[name]!}`;
    let series = this.series.get(key);
    if (series === undefined) this.series.set(key, (series = this.create({ ...labels, service })));
    return series;
  }
}

interface CounterSeries {
  readonly labels: SeriesLabels;
  value: number;
}

/** Sums that only grow. */
export class CounterFamily extends Family<CounterSeries> {
  readonly type = 'counter';

  /** @throws RangeError when `value` is negative or no number */
  add(service: string, value: number, labels: SeriesLabels | undefined): void {
    if (!(value >= 0)) throw new RangeError(`counter ${this.name}: ${value} cannot be added`);
    this.seriesOf(service, labels).value += value;
  }

  protected create(labels: SeriesLabels): CounterSeries {
    return { labels, value: 0 };
  }

  protected samplesOf(series: CounterSeries): Sample[] {
    return [{ labels: series.labels, value: series.value }];
  }
}

interface HistogramSeries {
  readonly labels: SeriesLabels;
  /** By bucket, not cumulative; the last one is above all bounds. */
  readonly counts: Float64Array;
  sum: number;
}

/** Counts of observations by upper bound, with their sum. */
export class HistogramFamily extends Family<HistogramSeries> {
  readonly type = 'histogram';

  /** @param bounds ascending */
  constructor(
    options: FamilyOptions,
    private readonly bounds: readonly number[],
  ) {
    super(options);
  }

  /** What is no number is not counted. */
  observe(service: string, value: number, labels: SeriesLabels | undefined): void {
    if (Number.isNaN(value)) return;
    const series = this.seriesOf(service, labels);
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++;
    series.counts[bucket]!++;
    series.sum += value;
  }

  protected create(labels: SeriesLabels): HistogramSeries {
    return { labels, counts: new Float64Array(this.bounds.length + 1), sum: 0 };
  }

  protected samplesOf({ labels, counts, sum }: HistogramSeries): Sample[] {
    let count = 0;
    const buckets = [...this.bounds, '+Inf'].map((le, i) => {
      count += counts[i]!;
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: count };
    });
    return [...buckets, { metricName: `${this.name}_sum`, labels, value: sum }, { metricName: `${this.name}_count`, labels, value: count }];
  }
}
