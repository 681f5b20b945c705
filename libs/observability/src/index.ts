export {
  LOG_LEVELS,
  SILENT_LOGGER,
  createLogger,
  type LogDestination,
  type LogFields,
  type LogLevel,
  type Logger,
  type LoggerOptions,
} from './logger';
export { REDACTED, isSecretName, redact, redactText, type Redacted } from './redact';
export {
  createMetrics,
  type Counter,
  type Gauge,
  type GaugeOptions,
  type Histogram,
  type HistogramOptions,
  type Labels,
  type MetricOptions,
  type Metrics,
  type MetricsOptions,
} from './metrics';
export { createHealth, type CheckOutcome, type Health, type HealthCheck, type HealthKind, type HealthReport } from './health';
