import { type Context, ROOT_CONTEXT, SeverityNumber, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import pino from 'pino';
import { pinoLoki } from 'pino-loki';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import winston from 'winston';
import LokiTransport from 'winston-loki';
import { discard, otlpGrpcAddress, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { readLines } from './read-logs.ts';

const HOUR = 3_600_000_000_000n;
const NOW = Date.now();
const START = BigInt(NOW) * 1_000_000n - HOUR;
const END = START + 2n * HOUR;
const RECORDS = 1000;

let program: RunningAtalaya;
beforeAll(async () => {
  program = await startAtalaya();
});
afterAll(async () => discard(program));

const grpcUrl = async (): Promise<string> => `http://${await otlpGrpcAddress(program)}`;

const compression = 'gzip' as never;
const EXPORTERS: [string, () => Promise<LogRecordExporter>][] = [
  ['json', async () => new JsonExporter({ url: `${program.url}/v1/logs` })],
  ['json-gzip', async () => new JsonExporter({ url: `${program.url}/v1/logs`, compression })],
  ['protobuf', async () => new ProtobufExporter({ url: `${program.url}/v1/logs` })],
  ['protobuf-gzip', async () => new ProtobufExporter({ url: `${program.url}/otlp/v1/logs`, compression })],
  ['grpc', async () => new GrpcExporter({ url: await grpcUrl() })],
  ['grpc-gzip', async () => new GrpcExporter({ url: await grpcUrl(), compression })],
];

const TRACE_ID = '5b8efff798038103d269b633813fc60c';
const SPAN_ID = 'eee19b7ec3c1b174';
const spanContext: Context = trace.setSpanContext(ROOT_CONTEXT, { traceId: TRACE_ID, spanId: SPAN_ID, traceFlags: TraceFlags.SAMPLED });

describe.each(EXPORTERS)('the OpenTelemetry SDK, exporter %s', (name, makeExporter) => {
  const service = `sdk-${name}`;
  const resource = resourceFromAttributes({
    'service.name': service,
    'service.namespace': 'shop',
    'k8s.pod.name': 'pod-1',
    'host.name': 'h1',
    'process.pid': 4242,
  });

  test('all records arrive, complete and once', async () => {
    const exporter = await makeExporter();
    const provider = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter, maxExportBatchSize: 100 })] });
    const logger = provider.getLogger('lib', '1.2.3');
    for (let i = 0; i < RECORDS; i++) {
      logger.emit({ timestamp: NOW + i / 1000, severityNumber: SeverityNumber.INFO, severityText: 'INFO', body: `line ${i}` });
      if (i % 100 === 99) await provider.forceFlush();
    }
    await provider.shutdown();
    const lines = await readLines(program.url, `{service_name="${service}"} |= "line "`, START, END);
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: RECORDS }, (_, i) => `line ${i}`));
    expect(lines[0]?.labels).toMatchObject({ service_name: service, service_namespace: 'shop', k8s_pod_name: 'pod-1', scope_name: 'lib' });
  });

  test('attributes of every type are what they were', async () => {
    const exporter = await makeExporter();
    const provider = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter })] });
    provider.getLogger('types', '2').emit({
      timestamp: NOW,
      observedTimestamp: NOW + 5,
      severityNumber: SeverityNumber.WARN2,
      severityText: 'Warnung',
      eventName: 'typed',
      body: { message: 'a map', list: [1, 'zwei', true, null] },
      context: spanContext,
      attributes: {
        'a.text': 'grüße "quoted"\n\u0000',
        'an.int': 9_007_199_254_740_991,
        negative: -3,
        double: 0.125,
        yes: true,
        no: false,
        bytes: Uint8Array.of(0, 255, 16),
        list: ['a', 2, 1.5, false, ['deep']],
        map: { method: 'GET', nested: { status: 200 } },
        __proto__x: 'plain',
      },
    });
    await provider.shutdown();
    const [line, ...more] = await readLines(program.url, `{service_name="${service}"} | scope_name="types"`, START, END);
    expect(more).toEqual([]);
    expect(line?.time).toBe(`${NOW}000000`);
    expect(JSON.parse(line?.text ?? '')).toEqual({ message: 'a map', list: [1, 'zwei', true, null] });
    expect(line?.labels).toEqual({
      service_name: service,
      service_namespace: 'shop',
      k8s_pod_name: 'pod-1',
      host_name: 'h1',
      process_pid: '4242',
      scope_name: 'types',
      scope_version: '2',
      severity_number: '14',
      severity_text: 'Warnung',
      detected_level: 'warn',
      event_name: 'typed',
      observed_timestamp: `${NOW + 5}000000`,
      trace_id: TRACE_ID,
      span_id: SPAN_ID,
      flags: '1',
      a_text: 'grüße "quoted"\n\u0000',
      an_int: '9007199254740991',
      negative: '-3',
      double: '0.125',
      yes: 'true',
      no: 'false',
      bytes: 'AP8Q',
      list: '["a",2,1.5,false,["deep"]]',
      map_method: 'GET',
      map_nested_status: '200',
      __proto__x: 'plain',
    });
  });
});

describe('the OpenTelemetry SDK', () => {
  test('is told of what was refused, and goes on', async () => {
    const exporter = new JsonExporter({ url: `${program.url}/v1/logs` });
    const resource = resourceFromAttributes({ 'service.name': 'refused' });
    const provider = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter })] });
    const logger = provider.getLogger('lib');
    logger.emit({ timestamp: NOW - 400 * 86_400_000, body: 'ancient' });
    logger.emit({ timestamp: NOW, body: 'x'.repeat(2_000_000) });
    logger.emit({ timestamp: NOW, body: 'kept' });
    await provider.shutdown();
    const lines = await readLines(program.url, '{service_name="refused"}', START, END);
    expect(lines.map(({ text }) => text)).toEqual(['kept']);
  });
});

describe('clients of Loki', () => {
  test.each([
    ['json', true],
    ['protobuf', false],
  ])('winston-loki as %s: all lines arrive, complete and once', async (name, json) => {
    const failures: unknown[] = [];
    const transport = new LokiTransport({
      host: program.url,
      json,
      labels: { app: `winston-${name}` },
      interval: 1,
      replaceTimestamp: false,
      onConnectionError: (error) => failures.push(error),
    });
    const logger = winston.createLogger({ format: winston.format.json(), transports: [transport] });
    for (let i = 0; i < RECORDS; i++) logger.info(`line ${i}`, { count: i });
    await transport.flush();
    expect(failures).toEqual([]);
    const read = async (): Promise<string[]> =>
      (await readLines(program.url, `{app="winston-${name}"}`, START, END)).map(({ text }) => text);
    await expect.poll(read, { timeout: 20_000, interval: 200 }).toHaveLength(RECORDS);
    const counts = (await read()).map((text) => Number(/^line (\d+) /.exec(text)?.[1]));
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: RECORDS }, (_, i) => i));
    await transport.close();
  });

  test('pino-loki: all lines arrive, complete and once', async () => {
    const stream = pinoLoki({ host: program.url, labels: { app: 'pino' }, batching: { interval: 1 }, structuredMetaKey: 'meta' });
    const logger = pino(stream);
    for (let i = 0; i < RECORDS; i++) logger.info({ count: i, meta: { line: String(i) } }, `line ${i}`);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.end();
    await closed;
    const lines = await readLines(program.url, '{app="pino"}', START, END);
    const counts = lines.map(({ text }) => (JSON.parse(text) as { count: number }).count);
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: RECORDS }, (_, i) => i));
    expect(new Set(lines.map(({ labels }) => labels['line'])).size).toBe(RECORDS);
  });
});

describe('what the program logs itself', () => {
  test('is a stream, with level and details', async () => {
    const read = async (): Promise<string[]> => (await readLines(program.url, '{job="atalaya"}', START, END)).map(({ text }) => text);
    await expect.poll(read, { timeout: 20_000 }).toContain('engine ready');
    const [line] = await readLines(program.url, '{job="atalaya"} |= "OTLP over gRPC listens"', START, END);
    expect(line?.labels).toMatchObject({ service_name: 'atalaya', level: 'info', address: await otlpGrpcAddress(program) });
  });

  test('is there after a restart, up to the last line, and the engine process’ lines are in it', async () => {
    const { folder } = program;
    await program.kill('SIGTERM');
    const logged = program
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{"level"'));
    program = await startAtalaya({ folder });
    const expected = logged.map((line) => {
      const { time, msg } = JSON.parse(line) as { time: number; msg: string };
      return `${time}000000 ${msg}`;
    });
    expect(expected).not.toEqual([]);
    const stored = async (): Promise<string[]> =>
      (await readLines(program.url, '{job="atalaya"}', START, END)).map(({ time, text }) => `${time} ${text}`);
    await expect.poll(stored, { timeout: 20_000 }).toEqual(expect.arrayContaining(expected));
    expect(await readLines(program.url, '{job="atalaya"} | process="engine"', START, END)).not.toEqual([]);
  });
});
