/** What a service of the shop reports with: OpenTelemetry's SDK for traces, metrics and logs, sent over OTLP. */

import { context, type Counter, type Histogram, propagation, SeverityNumber, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** What all services have sent, for whoever wants to compare it with what arrived. */
export interface Ledger {
  /** Spans that ended, by service. */
  readonly spans: Record<string, number>;
  /** Log records, by service. */
  readonly logs: Record<string, number>;
}

/** One service's telemetry. */
export interface Telemetry {
  readonly tracer: Tracer;
  /** Seconds of each request that was answered, as the semantic conventions for HTTP name it. */
  readonly requestDuration: Histogram;
  counter(name: string, unit: string, description: string): Counter;
  /** Writes a log record within the active span. */
  log(level: 'info' | 'warn' | 'error', message: string, attributes?: Record<string, string | number | boolean>): void;
  /** Sends what waits, and ends. */
  shutdown(): Promise<void>;
}

const SEVERITIES = { info: SeverityNumber.INFO, warn: SeverityNumber.WARN, error: SeverityNumber.ERROR };
const VERSION = '1.4.2';

/** Once per process: contexts follow asynchronous calls, and travel between services in the `traceparent` header. */
export function startPropagation(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
}

/** Starts a service's telemetry; `endpoint` is the base address of OTLP over HTTP. */
export function startTelemetry(service: string, endpoint: string, ledger: Ledger): Telemetry {
  const resource = resourceFromAttributes({
    'service.name': service,
    'service.namespace': 'shop',
    'service.version': VERSION,
    'service.instance.id': `${service}-1`,
    'host.name': 'shop-host',
    'deployment.environment.name': 'demo',
  });
  ledger.spans[service] = 0;
  ledger.logs[service] = 0;
  const counting: SpanProcessor = {
    onStart: () => undefined,
    onEnd: () => void (ledger.spans[service] = (ledger.spans[service] ?? 0) + 1),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces` });
  const batches = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 500, maxQueueSize: 20_000 });
  const traces = new TracerProvider({ resource, spanProcessors: [counting, batches] });
  const logs = new LoggerProvider({
    resource,
    processors: [
      new BatchLogRecordProcessor({
        exporter: new OTLPLogExporter({ url: `${endpoint}/v1/logs` }),
        scheduledDelayMillis: 500,
        maxQueueSize: 20_000,
      }),
    ],
  });
  const metrics = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: `${endpoint}/v1/metrics` }),
        exportIntervalMillis: 5000,
      }),
    ],
  });
  const meter = metrics.getMeter('shop', VERSION);
  const logger = logs.getLogger('shop', VERSION);
  return {
    tracer: traces.getTracer('shop', VERSION),
    requestDuration: meter.createHistogram('http.server.request.duration', {
      unit: 's',
      description: 'Duration of requests that the service has answered.',
    }),
    counter: (name, unit, description) => meter.createCounter(name, { unit, description }),
    log(level, message, attributes = {}) {
      ledger.logs[service] = (ledger.logs[service] ?? 0) + 1;
      logger.emit({
        severityNumber: SEVERITIES[level],
        severityText: level.toUpperCase(),
        body: message,
        attributes,
        context: context.active(),
      });
    },
    async shutdown() {
      await Promise.all([traces.shutdown(), logs.shutdown(), metrics.shutdown()]);
    },
  };
}
