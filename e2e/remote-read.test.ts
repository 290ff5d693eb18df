import { ProtobufWriter, type TestSeries } from '@atalaya/receive/testing';
import { crc32c, readXorChunk } from '@atalaya/server/testing';
import { compressSync, uncompressSync } from 'snappy';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Program } from '../bench/processes.ts';
import { requireProgram } from '../testing/programs.ts';
import { ask, discard, pause, type RunningAtalaya, startAtalaya } from './atalaya.ts';
import { loaded } from './crash-rounds.ts';
import { startPrometheus } from './prometheus-program.ts';
import { write } from './write.ts';

const missing = requireProgram('prometheus', 'apt-get install prometheus');
const STEP = 15_000;
const COUNT = 400;
const END = Math.floor(Date.now() / STEP) * STEP;
const START = END - (COUNT - 1) * STEP;
const STALE = 0x7ff0000000000002n;

const timeOf = (i: number): number => START + i * STEP;
/** Series of every kind: counters, one with gaps and a stale marker, odd values, one name in UTF-8. */
function seriesToWrite(): TestSeries[] {
  const times = Array.from({ length: COUNT }, (_, i) => i);
  const counters = ['a', 'b', 'c'].flatMap((host, factor) =>
    ['200', '500'].map((code) => ({
      labels: ['__name__', 'shop_requests_total', 'code', code, 'host', host],
      samples: times.map((i) => ({ timestamp: timeOf(i), value: i * (factor + 1) * (code === '200' ? 1 : 0.1) })),
    })),
  );
  const values = [Number.NaN, Infinity, -Infinity, -0.5, 1e300];
  return [
    ...counters,
    {
      labels: ['__name__', 'shop_gone', 'host', 'a'],
      samples: [...times.slice(0, 300).map((i) => ({ timestamp: timeOf(i), value: i })), { timestamp: timeOf(300), bits: STALE }],
    },
    { labels: ['__name__', 'shop_odd'], samples: times.map((i) => ({ timestamp: timeOf(i) + (i % 7), value: values[i % 5] as number })) },
    { labels: ['__name__', 'shop.utf8', 'http.status', 'ü"\\'], samples: times.map((i) => ({ timestamp: timeOf(i), value: i })) },
  ];
}

/** A native histogram whose observations grow. */
function histogramSeries(): TestSeries {
  const histograms = Array.from({ length: COUNT }, (_, i) => ({
    timestamp: timeOf(i),
    count: 6 * (i + 1),
    sum: 7.5 * (i + 1),
    zeroThreshold: 0.001,
    zeroCount: i + 1,
    positiveSpans: [{ offset: 0, length: 2 }],
    positiveBuckets: Float64Array.of(2 * (i + 1), 3 * (i + 1)),
  }));
  return { labels: ['__name__', 'latency_seconds', 'host', 'a'], histograms };
}

/** A request for everything that matches, by default for what begins with `shop`. */
function readRequest(accepted: readonly number[], queries = 1, pattern = 'shop.*'): Uint8Array {
  const encoder = new TextEncoder();
  const matcher = new ProtobufWriter().varint(1, 2).bytes(2, encoder.encode('__name__')).bytes(3, encoder.encode(pattern)).finish();
  const query = new ProtobufWriter()
    .varint(1, START)
    .varint(2, END + STEP)
    .bytes(3, matcher)
    .finish();
  const request = new ProtobufWriter();
  for (let i = 0; i < queries; i++) request.bytes(1, query);
  for (const form of accepted) request.bytes(2, Uint8Array.of(form));
  return request.finish();
}

interface Fields {
  readonly [field: number]: (bigint | Buffer)[];
}

/** A message's fields by number, plainly. */
function fieldsOf(bytes: Buffer): Fields {
  const fields: Record<number, (bigint | Buffer)[]> = {};
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++] as number);
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    let value: bigint | Buffer;
    if ((tag & 7) === 0) value = varint();
    else {
      const length = (tag & 7) === 1 ? 8 : Number(varint());
      value = bytes.subarray(at, at + length);
      at += length;
    }
    (fields[tag >> 3] ??= []).push(value);
  }
  return fields;
}

const messages = (fields: Fields, field: number): Fields[] => (fields[field] ?? []).map((bytes) => fieldsOf(bytes as Buffer));
const labelText = (series: Fields): string =>
  messages(series, 1)
    .map((label) => `${String(label[1]?.[0])}=${String(label[2]?.[0])}`)
    .join(',');

type Decoded = Map<string, [number, bigint][]>;

/** What was written, as both forms have to give it back. */
function expected(): Decoded {
  const bitsOf = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0] as bigint;
  const entries = seriesToWrite().map(({ labels, samples = [] }): [string, [number, bigint][]] => {
    const text: string[] = [];
    for (let i = 0; i < labels.length; i += 2) text.push(`${String(labels[i])}=${String(labels[i + 1])}`);
    return [text.join(','), samples.map(({ timestamp, value = 0, bits }) => [timestamp, bits ?? bitsOf(value)])];
  });
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const QUERIES = [
  'shop_requests_total',
  'sum by (code) (rate(shop_requests_total[5m]))',
  'max_over_time(shop_requests_total{host="a"}[10m])',
  'shop_gone',
  'shop_odd',
  'count_over_time(shop_odd[1h])',
  'absent(shop_nothing)',
  'topk(2, shop_requests_total)',
];

describe('remote read and federation', () => {
  let program: RunningAtalaya;

  beforeAll(async () => {
    program = await startAtalaya();
    expect((await write(program.url, [...seriesToWrite(), histogramSeries()])).status).toBe(204);
    await loaded(program);
  });
  afterAll(async () => discard(program));

  const read = (request: Uint8Array): Promise<Response> =>
    fetch(`${program.url}/api/v1/read`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
      body: new Uint8Array(compressSync(Buffer.from(request))),
    });

  test('samples: every series and every bit', async () => {
    const answer = await read(readRequest([]));
    expect([answer.headers.get('content-type'), answer.headers.get('content-encoding')]).toEqual(['application/x-protobuf', 'snappy']);
    const response = fieldsOf(uncompressSync(Buffer.from(await answer.arrayBuffer())) as Buffer);
    const results = messages(response, 1);
    expect(results).toHaveLength(1);
    const decoded: Decoded = new Map();
    for (const series of messages(results[0] as Fields, 1)) {
      const samples = messages(series, 2).map((sample): [number, bigint] => [
        Number(sample[2]?.[0]),
        (sample[1]?.[0] as Buffer | undefined)?.readBigUInt64LE() ?? 0n,
      ]);
      decoded.set(labelText(series), samples);
    }
    expect([...decoded]).toEqual([...expected()]);
  });

  test('streamed chunks: sorted series, whole frames, at most 120 samples in a chunk', async () => {
    const answer = await read(readRequest([1, 0], 2));
    expect(answer.headers.get('content-type')).toBe('application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse');
    const body = Buffer.from(await answer.arrayBuffer());
    const byQuery: Decoded[] = [new Map(), new Map()];
    for (let at = 0; at < body.length;) {
      let length = 0;
      for (let shift = 0, more = true; more; shift += 7) {
        const byte = body[at++] as number;
        length += (byte & 0x7f) * 2 ** shift;
        more = byte >= 0x80;
      }
      const message = body.subarray(at + 4, at + 4 + length);
      expect(body.readUInt32BE(at)).toBe(crc32c(message));
      at += 4 + length;
      const frame = fieldsOf(message);
      const [series, ...others] = messages(frame, 1);
      expect(others).toEqual([]);
      const decoded = byQuery[Number(frame[2]?.[0] ?? 0)] as Decoded;
      const label = labelText(series as Fields);
      for (const chunk of messages(series as Fields, 2)) {
        const samples = readXorChunk(chunk[4]?.[0] as Buffer);
        expect(samples.length).toBeLessThanOrEqual(120);
        expect([Number(chunk[1]?.[0]), Number(chunk[2]?.[0]), Number(chunk[3]?.[0])]).toEqual([samples[0]?.time, samples.at(-1)?.time, 1]);
        decoded.set(label, [...(decoded.get(label) ?? []), ...samples.map(({ time, bits }): [number, bigint] => [time, bits])]);
      }
    }
    for (const decoded of byQuery) expect([...decoded]).toEqual([...expected()]);
  });

  test('native histograms come as samples to whoever takes those too, and are refused as chunks', async () => {
    const either = await read(readRequest([1, 0], 1, 'latency.*'));
    expect([either.status, either.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
    const only = await read(readRequest([1], 1, 'latency.*'));
    expect(await only.json()).toMatchObject({ code: 'NOT_SUPPORTED' });
  });

  test('what is read can be written: a QueryResult has the form of a WriteRequest', async () => {
    const answer = await read(readRequest([0], 1, '(latency|shop).*'));
    const [result] = fieldsOf(uncompressSync(Buffer.from(await answer.arrayBuffer())) as Buffer)[1] as Buffer[];
    const copy = await startAtalaya();
    try {
      const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
      const body = new Uint8Array(compressSync(result as Buffer));
      expect((await fetch(`${copy.url}/api/v1/write`, { method: 'POST', headers, body })).status).toBe(204);
      const time = String(END / 1000 + 1);
      for (const query of ['latency_seconds[2h]', 'shop_gone[2h]', 'shop_odd[2h]', 'count({__name__=~".+"}) by (__name__)']) {
        const [theirs, ours] = await Promise.all(
          [copy, program].map(({ url }) => ask<{ result: unknown[] }>(url, '/api/v1/query', { query, time })),
        );
        expect(theirs?.result.length).toBeGreaterThan(0);
        expect(theirs).toEqual(ours);
      }
    } finally {
      await discard(copy);
    }
  });

  test('what cannot be read is refused', async () => {
    expect((await fetch(`${program.url}/api/v1/read`, { method: 'POST', body: 'no snappy' })).status).toBe(400);
    const unknown = await read(readRequest([7]));
    expect(await unknown.json()).toMatchObject({ error: expect.stringContaining('does not support any of the requested') as string });
  });

  test('federation: the newest samples by name with their times, stale series left out', async () => {
    const url = `${program.url}/federate?match[]=${encodeURIComponent('{__name__=~"shop.*"}')}&match[]=shop_odd`;
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    const last = COUNT - 1;
    expect(text.split('\n').slice(0, 4)).toEqual([
      '# TYPE shop_utf8 untyped',
      `shop_utf8{http_status="ü\\"\\\\",instance=""} ${last} ${END}`,
      '# TYPE shop_odd untyped',
      `shop_odd{instance=""} 1e+300 ${END + (last % 7)}`,
    ]);
    expect(text).toContain(`shop_requests_total{code="200",host="c",instance=""} ${last * 3} ${END}\n`);
    expect(text).not.toContain('shop_gone');
    const accept = 'application/openmetrics-text; version=1.0.0; escaping=allow-utf-8, text/plain;q=0.5';
    const open = await (await fetch(url, { headers: { accept } })).text();
    expect(open.split('\n')[1]).toBe(`{"shop.utf8","http.status"="ü\\"\\\\",instance=""} ${last} ${(END / 1000).toFixed(3)}`);
    expect(open.endsWith('# EOF\n')).toBe(true);
  });

  describe.skipIf(missing)('a real Prometheus', () => {
    let prometheus: Program;
    let url: string;

    beforeAll(async () => {
      const target = new URL(program.url).host;
      prometheus = await startPrometheus(
        program.folder,
        `global: {scrape_interval: 1s}
remote_read:
  - url: ${program.url}/api/v1/read
    read_recent: true
scrape_configs:
  - job_name: federation
    honor_labels: true
    metrics_path: /federate
    params: {'match[]': ['shop_requests_total', 'shop_odd']}
    metric_relabel_configs:
      - {source_labels: [__name__], regex: '(shop_.*)', target_label: __name__, replacement: 'federated_$1'}
    static_configs: [{targets: ['${target}']}]
`,
        '--enable-feature=native-histograms',
      );
      url = prometheus.url;
      for (;;) {
        const answered = await ask<{ result: unknown[] }>(url, '/api/v1/query', { query: 'federated_shop_odd' }).catch(() => undefined);
        if ((answered?.result.length ?? 0) > 0) break;
        await pause(100);
      }
    }, 30_000);
    afterAll(() => prometheus.stop('SIGKILL'));

    test.each(QUERIES)('answers %s through Atalaya as Atalaya does', async (query) => {
      const range = { query, start: String((START + 100) / 1000), end: String(END / 1000), step: '61' };
      const [theirs, ours] = await Promise.all(
        [url, program.url].map((base) => ask<{ result: { metric: unknown }[] }>(base, '/api/v1/query_range', range)),
      );
      expect(comparable(ours?.result ?? [])).toEqual(comparable(theirs?.result ?? []));
      expect(theirs?.result.length).toBeGreaterThan(0);
    });

    test('has what it federates, under the labels that the series have here', async () => {
      const { result } = await ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(url, '/api/v1/query', {
        query: 'federated_shop_requests_total{host="b",code="200"}',
        time: String(END / 1000 + 30),
      });
      expect(result).toEqual([
        {
          metric: { __name__: 'federated_shop_requests_total', code: '200', host: 'b', job: 'federation' },
          value: [END / 1000 + 30, String((COUNT - 1) * 2)],
        },
      ]);
    });
  });
});

function comparable(series: readonly { metric: unknown }[]): string[] {
  return series
    .map((each) => JSON.stringify(each).replaceAll(/\d+\.\d{10,}/g, (number) => String(Number(Number(number).toPrecision(12)))))
    .sort();
}
