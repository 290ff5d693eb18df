/** The real OpenTelemetry SDK sends metrics of all kinds, by every exporter and in both temporalities; PromQL has their values. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonExporter,
  type OTLPMetricExporterOptions,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationType, MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, discard, otlpGrpcAddress, type RunningAtalaya, startAtalaya } from './atalaya.ts';

const { CUMULATIVE, DELTA } = AggregationTemporalityPreference;
const compression = 'gzip' as never;

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya();
});
afterAll(async () => discard(program));

const grpcUrl = async (): Promise<string> => `http://${await otlpGrpcAddress(program)}`;

type MakeExporter = (options: OTLPMetricExporterOptions) => Promise<PushMetricExporter>;
const json: MakeExporter = async (options) => new JsonExporter({ url: `${program.url}/v1/metrics`, ...options });
const protobuf: MakeExporter = async (options) => new ProtobufExporter({ url: `${program.url}/v1/metrics`, ...options });
const prometheus: MakeExporter = async (options) =>
  new ProtobufExporter({ url: `${program.url}/api/v1/otlp/v1/metrics`, compression, ...options });
const grpc: MakeExporter = async (options) => new GrpcExporter({ url: await grpcUrl(), ...options });
const grpcGzip: MakeExporter = async (options) => new GrpcExporter({ url: await grpcUrl(), compression, ...options });

const EXPORTERS: [string, AggregationTemporalityPreference, MakeExporter][] = [
  ['json-cumulative', CUMULATIVE, json],
  ['json-delta', DELTA, json],
  ['protobuf-cumulative', CUMULATIVE, protobuf],
  ['prometheus-gzip-delta', DELTA, prometheus],
  ['grpc-cumulative', CUMULATIVE, grpc],
  ['grpc-gzip-delta', DELTA, grpcGzip],
];

interface Vector {
  readonly result: readonly {
    readonly metric: Record<string, string>;
    readonly value?: [number, string];
    readonly histogram?: [number, { count: string; sum: string; buckets: [number, string, string, string][] }];
  }[];
}

async function query(promql: string): Promise<Vector['result']> {
  return (await ask<Vector>(program.url, '/api/v1/query', { query: promql })).result;
}

/** Values by what is left of the labels without those of the service. */
async function values(promql: string): Promise<Record<string, string>> {
  const found = await query(promql);
  return Object.fromEntries(
    found.map(({ metric: { __name__: _name, job: _job, instance: _instance, ...labels }, value }) => [
      Object.values(labels).sort().join(','),
      value?.[1] ?? '',
    ]),
  );
}

describe.each(EXPORTERS)('the OpenTelemetry SDK, exporter %s', (name, temporalityPreference, makeExporter) => {
  const job = `eu/${name}`;
  const selector = `{job="${job}",instance="i-1"}`;

  test('every kind of metric has the values that were measured', async () => {
    const reader = new PeriodicExportingMetricReader({
      exporter: await makeExporter({ temporalityPreference }),
      exportIntervalMillis: 3_600_000,
    });
    const provider = new MeterProvider({
      resource: resourceFromAttributes({
        'service.name': name,
        'service.namespace': 'eu',
        'service.instance.id': 'i-1',
        'host.name': 'h1',
        'process.pid': 4242,
      }),
      readers: [reader],
      views: [{ instrumentName: 'payload.size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
    });
    const meter = provider.getMeter('shop', '1.0');
    const orders = meter.createCounter('orders', { unit: '{order}', description: 'Orders placed.' });
    const sold = meter.createCounter('sold.bytes', { unit: 'By' });
    const waiting = meter.createUpDownCounter('queue.waiting');
    const temperature = meter.createGauge('temperature', { unit: 'Cel' });
    const duration = meter.createHistogram('request.duration', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 0.5, 2] } });
    const size = meter.createHistogram('payload.size', { unit: 'By' });
    let load = 0.25;
    let cpu = 10;
    meter.createObservableGauge('load', { unit: '1' }).addCallback((result) => result.observe(load, { core: 'all' }));
    meter.createObservableCounter('cpu.time', { unit: 's' }).addCallback((result) => result.observe(cpu, { mode: 'user' }));
    meter.createObservableUpDownCounter('threads').addCallback((result) => result.observe(7));

    orders.add(3, { 'payment.method': 'card' });
    orders.add(1, { 'payment.method': 'cash' });
    sold.add(1024.5);
    waiting.add(5);
    temperature.record(-3.75);
    for (const value of [0.05, 0.3, 0.3, 1, 5]) duration.record(value, { route: '/' });
    for (const value of [1, 1, 4, 100]) size.record(value);
    await provider.forceFlush();
    orders.add(4, { 'payment.method': 'card' });
    waiting.add(-2);
    temperature.record(21.5);
    duration.record(0.05, { route: '/' });
    for (const value of [0, 1, 4000]) size.record(value);
    [load, cpu] = [0.5, 12.5];
    await provider.forceFlush();
    await provider.shutdown();

    expect(await values(`orders_total${selector}`)).toEqual({ card: '7', cash: '1' });
    expect(await values(`sold_bytes_total${selector}`)).toEqual({ '': '1024.5' });
    expect(await values(`queue_waiting${selector}`)).toEqual({ '': '3' });
    expect(await values(`temperature_celsius${selector}`)).toEqual({ '': '21.5' });
    expect(await values(`request_duration_seconds_bucket${selector}`)).toEqual({
      '/,0.1': '2',
      '/,0.5': '4',
      '/,2': '5',
      '+Inf,/': '6',
    });
    expect(await values(`request_duration_seconds_count${selector}`)).toEqual({ '/': '6' });
    expect(Number((await values(`request_duration_seconds_sum${selector}`))['/'])).toBeCloseTo(6.7, 9);
    expect(await values(`load_ratio${selector}`)).toEqual({ all: '0.5' });
    expect(await values(`cpu_time_seconds_total${selector}`)).toEqual({ user: '12.5' });
    expect(await values(`threads${selector}`)).toEqual({ '': '7' });
    expect(await values(`histogram_count(payload_size_bytes${selector})`)).toEqual({ '': '7' });
    expect(await values(`histogram_sum(payload_size_bytes${selector})`)).toEqual({ '': '4107' });
    const [sizes] = await query(`payload_size_bytes${selector}`);
    const buckets = sizes?.histogram?.[1].buckets ?? [];
    const countOf = (value: number): number =>
      buckets
        .filter(([, lower, upper]) => Number(lower) < value && value <= Number(upper))
        .reduce((sum, [, , , count]) => sum + Number(count), 0);
    expect([1, 4, 100, 4000].map(countOf)).toEqual([3, 1, 1, 1]);
    expect(await values(`increase(orders_total${selector}[5m]) > 0`)).toHaveProperty('card');
  });

  test('its resource is target_info, with which other series can be joined', async () => {
    const [target] = await query(`target_info${selector}`);
    expect(target?.metric).toEqual({ __name__: 'target_info', job, instance: 'i-1', host_name: 'h1', process_pid: '4242' });
    const joined = await query(`queue_waiting${selector} * on (job, instance) group_left (host_name) target_info`);
    expect(joined.map(({ metric, value }) => [metric['host_name'], value?.[1]])).toEqual([['h1', '3']]);
  });
});

describe('the section otlp of prometheus.yml', () => {
  test('is acted on, and a reload makes other names', async () => {
    const config = (otlp: string): string => `scrape_configs: []\notlp: ${otlp}\n`;
    const other = await startAtalaya({ scrape: config('{promote_resource_attributes: [host.name], convert_histograms_to_nhcb: true}') });
    try {
      const resource = resourceFromAttributes({ 'service.name': 'named', 'host.name': 'h1' });
      const send = async (): Promise<void> => {
        const exporter = new ProtobufExporter({ url: `${other.url}/v1/metrics` });
        const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
        const provider = new MeterProvider({ resource, readers: [reader] });
        provider.getMeter('lib').createHistogram('time.taken', { unit: 's' }).record(1, { 'http.route': '/' });
        await provider.shutdown();
      };
      const names = async (): Promise<unknown> =>
        (await ask<Record<string, string>[]>(other.url, '/api/v1/series', { 'match[]': '{job="named",__name__!="target_info"}' })).map(
          ({ job: _job, ...labels }) => labels,
        );
      await send();
      const first = { __name__: 'time_taken_seconds', http_route: '/', host_name: 'h1' };
      expect(await names()).toEqual([first]);
      writeFileSync(
        path.join(other.folder, 'config', 'prometheus.yml'),
        config('{translation_strategy: NoTranslation, convert_histograms_to_nhcb: true}'),
      );
      expect((await fetch(`${other.url}/-/reload`, { method: 'POST' })).status).toBe(200);
      await send();
      expect(await names()).toEqual(expect.arrayContaining([first, { __name__: 'time.taken', 'http.route': '/' }]));
    } finally {
      await discard(other);
    }
  });
});

describe('the OpenTelemetry SDK', () => {
  test('type, help and unit are metadata', async () => {
    const found = await ask<Record<string, unknown>>(program.url, '/api/v1/metadata', { metric: 'orders_total' });
    expect(found).toEqual({ orders_total: [{ type: 'counter', help: 'Orders placed.', unit: '' }] });
    const size = await ask<Record<string, unknown>>(program.url, '/api/v1/metadata', { metric: 'payload_size_bytes' });
    expect(size).toEqual({ payload_size_bytes: [{ type: 'histogram', help: '', unit: 'bytes' }] });
  });

  test('exemplars are found by the series of their bucket', async () => {
    const now = Date.now();
    const traceId = '5b8efff798038103d269b633813fc60c';
    const exemplars = [{ timeUnixNano: `${now}000000`, asDouble: 0.7, traceId, spanId: 'eee19b7ec3c1b174' }];
    const dataPoints = [
      { timeUnixNano: `${now}000000`, count: '2', sum: 1, bucketCounts: ['1', '1', '0'], explicitBounds: [0.5, 1], exemplars },
    ];
    const metrics = [{ name: 'traced', unit: 's', histogram: { aggregationTemporality: 2, dataPoints } }];
    const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    const headers = { 'Content-Type': 'application/json' };
    expect((await fetch(`${program.url}/v1/metrics`, { method: 'POST', headers, body })).status).toBe(200);
    const found = await ask<unknown[]>(program.url, '/api/v1/query_exemplars', {
      query: 'histogram_quantile(0.9, rate(traced_seconds_bucket[5m]))',
      start: String(now / 1000 - 60),
      end: String(now / 1000 + 60),
    });
    expect(found).toEqual([
      {
        seriesLabels: { __name__: 'traced_seconds_bucket', le: '1' },
        exemplars: [{ labels: { trace_id: traceId, span_id: 'eee19b7ec3c1b174' }, value: '0.7', timestamp: now / 1000 }],
      },
    ]);
  });

  test('is told of what was refused, and goes on', async () => {
    const body = {
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                { name: 'kept', gauge: { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asInt: '1' }] } },
                { name: 'ancient', gauge: { dataPoints: [{ timeUnixNano: '1', asInt: '1' }] } },
                { name: 'neither', sum: { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asInt: '1' }] } },
              ],
            },
          ],
        },
      ],
    };
    const answer = await fetch(`${program.url}/otlp/v1/metrics`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(await answer.json()).toMatchObject({
      partialSuccess: {
        rejectedDataPoints: '2',
        errorMessage: expect.stringMatching(/^2 of 3 data points .* too_old .* no_temporality/) as string,
      },
    });
    expect(await values('kept')).toEqual({ '': '1' });
  });
});
