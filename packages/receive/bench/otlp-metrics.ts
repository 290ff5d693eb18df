/**
 * CPU time per data point of OTLP metrics, beside remote write of the same series, without journal and network: requests of 2,000 points with
 * 8 attributes, of counters and of exponential histograms, and of 100 classic histograms with 17 buckets. `node packages/receive/bench/otlp-metrics.ts`
 */

import { silentLogger, systemClock } from '@atalaya/model';
import { createMetricWriter } from '../src/metrics/create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS } from '../src/metrics/limits.ts';
import { textAttribute, type TestAttribute } from '../src/otlp/encode-for-tests.ts';
import { encodeMetrics, type TestMetricsRequest, type TestOtlpMetric } from '../src/otlp/metrics/encode-for-tests.ts';
import { createOtlpMetrics } from '../src/otlp/metrics/otlp-metrics.ts';
import { DEFAULT_OTLP_TRANSLATION } from '../src/otlp/metrics/translation.ts';
import { createRemoteWrite } from '../src/remote-write/create-remote-write.ts';
import { encodeV1, requestOf } from '../src/remote-write/encode-for-tests.ts';
import { repeatFor } from './cpu-time.ts';

const POINTS = 2000;
const PER_METRIC = 50;
/** Bodies with times of their own, sent in turn. */
const TIMES = 20;
const SECONDS = 1;
const ROUNDS = 3;
const START = Date.now() - 3_600_000;

const attributesOf = (i: number): [string, string][] => [
  ['http.request.method', ['GET', 'POST', 'PUT'][i % 3] as string],
  ['http.route', `/api/orders/{id}/items/${i}`],
  ['http.response.status_code', String([200, 201, 404, 500][i % 4])],
  ['server.address', `host-${i % 40}.example.org`],
  ['network.protocol.version', '1.1'],
  ['url.scheme', 'https'],
  ['k8s.node.name', `node-${i % 12}`],
  ['zone', 'eu-south-2'],
];
const attributes = (i: number): TestAttribute[] => attributesOf(i).map(([key, value]) => textAttribute(key, value));

function otlpRequest(metrics: TestOtlpMetric[]): TestMetricsRequest {
  const resource = [
    ['service.name', 'shop'],
    ['service.instance.id', 'shop-1'],
    ['host.name', 'h1'],
  ] as const;
  return {
    resourceMetrics: [
      {
        resource: { attributes: resource.map(([key, value]) => textAttribute(key, value)) },
        scopeMetrics: [{ scope: { name: 'http' }, metrics }],
      },
    ],
  };
}

const timeOf = (turn: number): number => START + turn * 15_000;
const nanos = (turn: number): { timeUnixNano: string; startTimeUnixNano: string } => ({
  timeUnixNano: `${timeOf(turn)}000000`,
  startTimeUnixNano: `${START}000000`,
});
const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
const groups = (points: number): number[][] =>
  range(points / PER_METRIC).map((group) => range(PER_METRIC).map((i) => group * PER_METRIC + i));

const counters = (turn: number): TestMetricsRequest =>
  otlpRequest(
    groups(POINTS).map((group, at) => ({
      name: `http.server.requests.${at}`,
      unit: '{request}',
      description: 'Requests that were answered.',
      sum: {
        isMonotonic: true,
        aggregationTemporality: 2,
        dataPoints: group.map((i) => ({ ...nanos(turn), attributes: attributes(i), asDouble: i * 1.5 + turn })),
      },
    })),
  );
const exponentials = (turn: number): TestMetricsRequest =>
  otlpRequest([
    {
      name: 'http.server.request.duration',
      unit: 's',
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: range(POINTS).map((i) => ({
          ...nanos(turn),
          attributes: attributes(i),
          count: String(40 + turn),
          sum: i,
          scale: 5,
          zeroCount: String(turn),
          positive: { offset: -60, bucketCounts: range(40).map(() => '1') },
        })),
      },
    },
  ]);
const histograms = (turn: number): TestMetricsRequest =>
  otlpRequest([
    {
      name: 'http.server.request.duration',
      unit: 's',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: range(100).map((i) => ({
          ...nanos(turn),
          attributes: attributes(i),
          count: String(17 + turn),
          sum: i,
          explicitBounds: range(16).map((bound) => bound / 10),
          bucketCounts: range(17).map((bucket) => String(bucket === 16 ? 1 + turn : 1)),
        })),
      },
    },
  ]);
const remoteWrite = (turn: number): Uint8Array => {
  const series = range(POINTS).map((i) => {
    const labels = [
      ['__name__', `http_server_requests_${Math.floor(i / PER_METRIC)}_total`],
      ...attributesOf(i).map(([name, value]) => [name.replaceAll('.', '_'), value]),
      ['instance', 'shop-1'],
      ['job', 'shop'],
    ];
    return {
      labels: labels.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)).flat(),
      samples: [{ timestamp: timeOf(turn), value: i * 1.5 + turn }],
    };
  });
  return requestOf('1.0', encodeV1(series)).body;
};

const writer = createMetricWriter({ journal: { append: async () => undefined }, clock: systemClock, limits: DEFAULT_METRIC_LIMITS });
const common = { writer, clock: systemClock, log: silentLogger };
const otlp = createOtlpMetrics({
  ...common,
  convertDelta: true,
  translation: () => DEFAULT_OTLP_TRANSLATION,
  limits: { bodyBytes: 1 << 30, ...DEFAULT_METRIC_LIMITS, deltaSeries: 100_000 },
});
const remote = createRemoteWrite({ ...common, limits: { bodyBytes: 1 << 30, decompressedBytes: 1 << 30 } });

const post =
  (contentType: string) =>
  async (body: Uint8Array): Promise<number> =>
    (await otlp.handle({ contentType, contentEncoding: undefined, body })).status;
const json = (request: TestMetricsRequest): Buffer => Buffer.from(JSON.stringify(request));
const protobuf = post('application/x-protobuf');
const asDeltas = (turn: number): TestMetricsRequest =>
  JSON.parse(JSON.stringify(counters(turn)).replaceAll('"aggregationTemporality":2', '"aggregationTemporality":1')) as TestMetricsRequest;

const REMOTE = requestOf('1.0', new Uint8Array());

const WAYS: [name: string, points: number, body: (turn: number) => Uint8Array, send: (body: Uint8Array) => Promise<number>][] = [
  ['remote write 1.0', POINTS, remoteWrite, async (body) => (await remote.handle({ ...REMOTE, body })).status],
  ['counters, protobuf', POINTS, (turn) => encodeMetrics(counters(turn)), protobuf],
  ['counters, JSON', POINTS, (turn) => json(counters(turn)), post('application/json')],
  ['deltas, protobuf', POINTS, (turn) => encodeMetrics(asDeltas(turn)), protobuf],
  ['exponential, protobuf', POINTS, (turn) => encodeMetrics(exponentials(turn)), protobuf],
  ['exponential, JSON', POINTS, (turn) => json(exponentials(turn)), post('application/json')],
  ['classic, protobuf', 100, (turn) => encodeMetrics(histograms(turn)), protobuf],
  ['classic, JSON', 100, (turn) => json(histograms(turn)), post('application/json')],
];

const bodies = new Map(WAYS.map(([name, , body]) => [name, range(TIMES).map(body)]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, points, , send] of WAYS) {
    const own = bodies.get(name) as Uint8Array[];
    let bytes = 0;
    const { turns, cpu } = await repeatFor(SECONDS, async (turn) => {
      const body = own[turn % TIMES] as Uint8Array;
      const status = await send(body);
      if (status !== 200 && status !== 204) throw new Error(`${name}: ${status}`);
      bytes += body.length;
    });
    const micros = (cpu * 1e6) / (turns * points);
    process.stdout.write(
      `${name.padEnd(22)} ${micros.toFixed(2).padStart(6)} µs a point, ${Math.round(bytes / turns / points)} bytes a point\n`,
    );
  }
  process.stdout.write('\n');
}
