import { createMetrics } from './metrics';

describe('createMetrics', () => {
  const create = () => createMetrics({ service: 'ingest', processMetrics: false });

  it('exposes counters, gauges and histograms with the service label', async () => {
    const metrics = create();
    metrics.counter({ name: 'tradewind_events_total', help: 'Events', labels: ['outcome'] }).add(3, { outcome: 'accepted' });
    metrics.gauge({ name: 'tradewind_lag_seconds', help: 'Lag' }).set(1.5);
    metrics.histogram({ name: 'tradewind_batch_seconds', help: 'Batch', buckets: [0.1, 1] }).observe(0.5);
    const text = await metrics.text();
    expect(text).toContain('tradewind_events_total{outcome="accepted",service="ingest"} 3');
    expect(text).toContain('tradewind_lag_seconds{service="ingest"} 1.5');
    expect(text).toContain('tradewind_batch_seconds_bucket{le="1",service="ingest"} 1');
  });

  it('counts observations up to each bound, and their sum', async () => {
    const metrics = create();
    const seconds = metrics.histogram({ name: 'tradewind_answer_seconds', help: 'Answers', labels: ['route'], buckets: [0.1, 1] });
    for (const value of [0.05, 0.1, 0.5, 3, NaN]) seconds.observe(value, { route: '/a' });
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('tradewind_answer'));
    expect(lines.map((line) => line.replace('route="/a",service="ingest"', '…'))).toEqual([
      'tradewind_answer_seconds_bucket{le="0.1",…} 2',
      'tradewind_answer_seconds_bucket{le="1",…} 3',
      'tradewind_answer_seconds_bucket{le="+Inf",…} 4',
      'tradewind_answer_seconds_sum{…} 3.65',
      'tradewind_answer_seconds_count{…} 4',
    ]);
  });

  it.each([[-1], [NaN]])('does not count %d', (value) => {
    const counter = create().counter({ name: 'tradewind_events_total', help: 'Events' });
    expect(() => counter.add(value)).toThrow(RangeError);
  });

  it('shares a family among the services of a process', async () => {
    const metrics = create();
    const name = 'tradewind_lag_seconds';
    metrics.gauge({ name, help: 'Lag', labels: ['topic'], collect: (gauge) => gauge.set(1, { topic: 'a' }) });
    metrics.forService('trainer').gauge({ name, help: 'Lag', labels: ['topic'], collect: (gauge) => gauge.set(2, { topic: 'a' }) });
    const text = await metrics.text();
    expect(text).toContain('{topic="a",service="ingest"} 1');
    expect(text).toContain('{topic="a",service="trainer"} 2');
  });

  it('removes a series', async () => {
    const gauge = create().gauge({ name: 'tradewind_lag_seconds', help: 'Lag', labels: ['topic'] });
    const metrics = create();
    const own = metrics.gauge({ name: 'tradewind_lag_seconds', help: 'Lag', labels: ['topic'] });
    gauge.set(1, { topic: 'a' });
    own.set(1, { topic: 'b' });
    own.remove({ topic: 'b' });
    expect(await metrics.text()).not.toContain('topic=');
  });

  it.each(['tradewind_latency_ms', 'latency_seconds', 'tradewind_events'])('refuses the counter name %s', (name) => {
    expect(() => create().counter({ name, help: '' })).toThrow(name);
  });

  it('has process metrics unless told otherwise', async () => {
    expect(await createMetrics({ service: 'x' }).text()).toContain('process_cpu_seconds_total');
  });
});
