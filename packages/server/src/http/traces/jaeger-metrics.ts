/**
 * What Jaeger tells of services from metrics, as PromQL over the series that are derived from spans: who calls whom
 * (`/api/dependencies`), and rates, errors and latencies (`/api/metrics/…`, Jaeger's Service Performance Monitoring).
 */

import type { DependenciesRange, PerformanceRange } from './jaeger-parameters.ts';

/** What a query of the Prometheus API answers, as far as it is read here. */
export interface MatrixAnswer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      /** Of an instant query. */
      readonly value?: readonly [number, string];
      /** Of a range query. */
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

const CALLS = 'traces_spanmetrics_calls_total';
const BUCKETS = 'traces_spanmetrics_duration_seconds_bucket';
const REQUESTS = 'traces_service_graph_request_total';

/** Calls between services within the range, as an instant query at its end. Where the syntax is on, nothing is extrapolated. */
export function dependenciesQuery({ lookbackMs }: DependenciesRange, features: readonly string[]): string {
  const anchored = features.includes('promql-extended-range-selectors') ? ' anchored' : '';
  return `sum by (client, server) (increase(${REQUESTS}[${lookbackMs}ms]${anchored}))`;
}

/** The links, without those that were not used; only those of one service when it is named. */
export function dependenciesJson({ data }: MatrixAnswer, service: string): string {
  const links = data.result.flatMap(({ metric, value }) => {
    const { client: parent = '', server: child = '' } = metric;
    const callCount = Math.round(Number(value?.[1] ?? 0));
    const isWanted = callCount > 0 && (service === '' || parent === service || child === service);
    return isWanted ? [{ parent, child, callCount }] : [];
  });
  return JSON.stringify(links);
}

/** What is measured; a latency by its quantile. */
export type Measure = { readonly kind: 'calls' | 'errors' } | { readonly kind: 'latencies'; readonly quantile: number };

/** The range query that computes it. Latencies are milliseconds. */
export function performanceQuery(measure: Measure, range: PerformanceRange): string {
  const any = (values: readonly string[]): string => JSON.stringify(values.map(escapeRegex).join('|'));
  const selector = (more = ''): string => `{service_name=~${any(range.services)},span_kind=~${any(range.spanKinds)}${more}}`;
  const by = range.byOperation ? 'service_name, span_name' : 'service_name';
  const rate = (metric: string, more = '', also = ''): string =>
    `sum by (${by}${also}) (rate(${metric}${selector(more)}[${range.ratePerMs}ms]))`;
  switch (measure.kind) {
    case 'calls':
      return rate(CALLS);
    case 'errors': {
      // A service without errors has none, not nothing.
      const errors = rate(CALLS, ',status_code="STATUS_CODE_ERROR"');
      return `(${errors} or 0 * ${rate(CALLS)}) / ${rate(CALLS)}`;
    }
    case 'latencies':
      return `1000 * histogram_quantile(${measure.quantile}, ${rate(BUCKETS, '', ', le')})`;
  }
}

const NAMES = { calls: 'call_rate', errors: 'error_rate', latencies: 'latencies' } as const;

/** The answer as a `MetricFamily` of Jaeger's metrics API. Points that are no numbers are left out. */
export function performanceJson({ data }: MatrixAnswer, measure: Measure, { byOperation }: PerformanceRange): string {
  const grouping = `grouped by service${byOperation ? ' & operation' : ''}`;
  const what = {
    calls: 'calls/sec',
    errors: 'error rate, computed as a fraction of errors/sec over calls/sec',
    latencies: measure.kind === 'latencies' ? `${measure.quantile}th quantile latency` : '',
  }[measure.kind];
  return JSON.stringify({
    name: `service_${byOperation ? 'operation_' : ''}${NAMES[measure.kind]}`,
    type: 'GAUGE',
    help: `${what}, ${grouping}`,
    metrics: data.result.map(({ metric, values = [] }) => ({
      labels: [
        ...(metric['span_name'] === undefined ? [] : [{ name: 'operation', value: metric['span_name'] }]),
        { name: 'service_name', value: metric['service_name'] ?? '' },
      ],
      metricPoints: values.flatMap(([seconds, text]) => {
        const doubleValue = Number(text);
        return Number.isFinite(doubleValue) ? [{ gaugeValue: { doubleValue }, timestamp: new Date(seconds * 1000).toISOString() }] : [];
      }),
    })),
  });
}

const escapeRegex = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
