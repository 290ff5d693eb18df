import { context, type Span, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { discard, otlpGrpcAddress, type RunningAtalaya, startAtalaya } from './atalaya.ts';

const SPANS = 1000;

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya();
});
afterAll(async () => discard(program));

const grpcUrl = async (): Promise<string> => `http://${await otlpGrpcAddress(program)}`;

const compression = 'gzip' as never;
const EXPORTERS: [string, () => Promise<SpanExporter>][] = [
  ['json', async () => new JsonExporter({ url: `${program.url}/v1/traces` })],
  ['json-gzip', async () => new JsonExporter({ url: `${program.url}/v1/traces`, compression })],
  ['protobuf', async () => new ProtobufExporter({ url: `${program.url}/v1/traces` })],
  ['protobuf-gzip', async () => new ProtobufExporter({ url: `${program.url}/otlp/v1/traces`, compression })],
  ['grpc', async () => new GrpcExporter({ url: await grpcUrl() })],
  ['grpc-gzip', async () => new GrpcExporter({ url: await grpcUrl(), compression })],
];

interface JaegerTag {
  readonly key: string;
  readonly type: string;
  readonly value: unknown;
}
interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { refType: string; traceID: string; spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { timestamp: number; fields: readonly JaegerTag[] }[];
  readonly processID: string;
}
interface JaegerTrace {
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { serviceName: string; tags: readonly JaegerTag[] }>>;
}

async function readTrace(id: string): Promise<JaegerTrace> {
  const answer = await fetch(`${program.url}/api/traces/${id}`);
  expect(answer.status).toBe(200);
  const { data } = (await answer.json()) as { data: JaegerTrace[] };
  expect(data).toHaveLength(1);
  return data[0] as JaegerTrace;
}

const valuesOf = (tags: readonly JaegerTag[] = []): Record<string, unknown> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));

describe.each(EXPORTERS)('the OpenTelemetry SDK, exporter %s', (name, makeExporter) => {
  const service = `sdk-${name}`;
  const resource = resourceFromAttributes({ 'service.name': service, 'host.name': 'h1', 'process.pid': 4242 });
  const start = async (batch = 512): Promise<TracerProvider> =>
    new TracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor({ exporter: await makeExporter(), maxQueueSize: 10_000, maxExportBatchSize: batch })],
    });

  test('all spans of a trace arrive, complete and once', async () => {
    const provider = await start(100);
    const tracer = provider.getTracer('lib', '1.2.3');
    const root = tracer.startSpan('root');
    const within = trace.setSpan(context.active(), root);
    for (let i = 1; i < SPANS; i++) tracer.startSpan(`span ${i}`, { attributes: { i } }, within).end();
    root.end();
    await provider.shutdown();
    const { traceId, spanId } = root.spanContext();
    const { spans, processes } = await readTrace(traceId);
    expect(spans.map(({ operationName }) => operationName).sort()).toEqual(
      ['root', ...Array.from({ length: SPANS - 1 }, (_, i) => `span ${i + 1}`)].sort(),
    );
    const childOfRoot = [{ refType: 'CHILD_OF', traceID: traceId, spanID: spanId }];
    for (const { spanID, references } of spans) expect(references).toEqual(spanID === spanId ? [] : childOfRoot);
    expect(Object.values(processes)).toEqual([{ serviceName: service, tags: expect.any(Array) as unknown[] }]);
    expect(valuesOf(Object.values(processes)[0]?.tags)).toMatchObject({ 'host.name': 'h1', 'process.pid': 4242 });
  });

  test('attributes of every type, events, links, exceptions and status are what they were', async () => {
    const provider = await start();
    const tracer = provider.getTracer('types', '2');
    const begin = Date.now();
    const attributes = {
      'a.text': 'grüße "quoted"\n\u0000',
      empty: '',
      'an.int': 9_007_199_254_740_991,
      negative: -3,
      zero: 0,
      double: 0.125,
      huge: 1e300,
      yes: true,
      no: false,
      texts: ['a', 'b"c'],
      numbers: [1, 2.5],
      switches: [true, false],
      __proto__x: 'plain',
    };
    const linked = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: TraceFlags.SAMPLED };
    const span: Span = tracer.startSpan('typed', {
      kind: SpanKind.PRODUCER,
      startTime: begin,
      attributes,
      links: [{ context: linked, attributes: { why: 'test' } }],
    });
    span.addEvent('a thing', { n: 1, list: ['x'] }, begin + 5);
    span.recordException(new TypeError('broken'), begin + 6);
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'it failed' });
    span.end(begin + 250);
    await provider.shutdown();

    const { traceId, spanId } = span.spanContext();
    const { spans } = await readTrace(traceId);
    expect(spans).toHaveLength(1);
    const [read] = spans as [JaegerSpan];
    expect([read.spanID, read.operationName, read.startTime, read.duration]).toEqual([spanId, 'typed', begin * 1000, 250_000]);
    expect(read.references).toEqual([{ refType: 'FOLLOWS_FROM', traceID: linked.traceId, spanID: linked.spanId }]);
    expect(valuesOf(read.tags)).toEqual({
      ...attributes,
      texts: '["a","b\\"c"]',
      numbers: '[1,2.5]',
      switches: '[true,false]',
      'span.kind': 'producer',
      'otel.scope.name': 'types',
      'otel.scope.version': '2',
      'otel.status_code': 'ERROR',
      'otel.status_description': 'it failed',
      error: true,
    });
    const typeOf = Object.fromEntries(read.tags.map(({ key, type }) => [key, type]));
    expect(typeOf).toMatchObject({ 'a.text': 'string', 'an.int': 'int64', zero: 'int64', double: 'float64', yes: 'bool', texts: 'string' });
    expect(read.logs.map(({ timestamp }) => timestamp)).toEqual([(begin + 5) * 1000, (begin + 6) * 1000]);
    expect(valuesOf(read.logs[0]?.fields)).toEqual({ event: 'a thing', n: 1, list: '["x"]' });
    expect(valuesOf(read.logs[1]?.fields)).toMatchObject({
      event: 'exception',
      'exception.type': 'TypeError',
      'exception.message': 'broken',
      'exception.stacktrace': expect.stringContaining('trace-clients.test.ts') as string,
    });
  });
});

describe('the OpenTelemetry SDK', () => {
  test('is told of what was refused, and goes on', async () => {
    const exporter = new JsonExporter({ url: `${program.url}/v1/traces` });
    const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
    const tracer = provider.getTracer('lib');
    const root = tracer.startSpan('kept');
    const within = trace.setSpan(context.active(), root);
    const ancient = Date.now() - 400 * 86_400_000;
    tracer.startSpan('ancient', { startTime: ancient }, within).end(ancient + 1);
    tracer.startSpan('too large', { attributes: { x: 'x'.repeat(3_000_000) } }, within).end();
    root.end();
    await provider.shutdown();
    const { spans } = await readTrace(root.spanContext().traceId);
    expect(spans.map(({ operationName }) => operationName)).toEqual(['kept']);
  });
});
