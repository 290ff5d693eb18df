import { AtalayaError, labelsOf, ManualClock, silentLogger } from '@atalaya/model';
import { expect, test } from 'vitest';
import type { Exemplar } from '../metric-writer.ts';
import { createMetricWriter } from '../metrics/create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS, type MetricLimits } from '../metrics/limits.ts';
import { JOURNAL_IS_FULL, RecordingJournal } from '../metrics/recording-journal.ts';
import { createRemoteWrite } from './create-remote-write.ts';
import { encodeV1, encodeV2, ProtobufWriter, requestOf, type TestSeries } from './encode-for-tests.ts';

const NOW = Date.UTC(2026, 0, 15);
const MEBIBYTE = 1 << 20;
const STALE = 0x7ff0000000000002n;

function setUp(limits: Partial<MetricLimits> = {}) {
  const journal = new RecordingJournal();
  const clock = new ManualClock(NOW);
  const writer = createMetricWriter({ journal, clock, limits: { ...DEFAULT_METRIC_LIMITS, ...limits } });
  const receiver = createRemoteWrite({
    writer,
    clock,
    limits: { bodyBytes: MEBIBYTE, decompressedBytes: 32 * MEBIBYTE },
    log: silentLogger,
  });
  const send = (version: '1.0' | '2.0', series: readonly TestSeries[]) =>
    receiver.handle(requestOf(version, version === '1.0' ? encodeV1(series) : encodeV2(series)));
  return { journal, clock, writer, receiver, send };
}

/** `count` series `m{i="…"}` with one sample each. */
function manySeries(count: number, value = 1): TestSeries[] {
  return Array.from({ length: count }, (_, i) => ({
    labels: ['__name__', 'm', 'i', String(i)],
    samples: [{ timestamp: NOW, value }],
  }));
}

const UP: TestSeries = { labels: ['__name__', 'up', 'job', 'node'], samples: [{ timestamp: NOW, value: 1 }] };

const written = (samples: number): object => ({
  'X-Prometheus-Remote-Write-Samples-Written': String(samples),
  'X-Prometheus-Remote-Write-Histograms-Written': '0',
  'X-Prometheus-Remote-Write-Exemplars-Written': '0',
});

test.for(['1.0', '2.0'] as const)('%s: a good body is stored and answered 204', async (version) => {
  const { journal, send, receiver } = setUp();
  const answer = await send(version, [
    UP,
    { labels: ['__name__', 'temperature'], samples: [{ timestamp: NOW - 1, value: -0.5 }, { timestamp: NOW }] },
  ]);
  expect(answer).toEqual({ status: 204, headers: written(3), body: '' });
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW]: 1 }, temperature: { [NOW - 1]: -0.5, [NOW]: 0 } });
  expect(receiver.stats()).toMatchObject({ requests: { [version]: 1 }, answers: { 204: 1 }, samplesReceived: 3, samplesAcknowledged: 3 });
});

test('any order of labels and either version lead to one series', async () => {
  const { journal, writer, send } = setUp();
  const pairs = [
    ['job', 'node'],
    ['__name__', 'up'],
    ['zone', 'a'],
    ['gone', ''],
  ];
  let time = NOW - 100_000;
  for (const version of ['1.0', '2.0', '1.0', '2.0'] as const) {
    for (const labels of [pairs, pairs.toReversed()]) {
      const answer = await send(version, [{ labels: labels.flat(), samples: [{ timestamp: time++, value: 1 }] }]);
      expect(answer.status).toBe(204);
    }
  }
  expect(writer.stats().activeSeries).toBe(1);
  expect(journal.definitions(0)).toEqual([labelsOf({ __name__: 'up', job: 'node', zone: 'a' })]);
  expect(Object.keys(journal.stored()['up{job="node", zone="a"}'] ?? {})).toHaveLength(8);
});

test('labels that come after the samples, or in two places, are understood', async () => {
  const { journal, receiver } = setUp();
  const label = (name: string, value: string) => new ProtobufWriter().bytes(1, Buffer.from(name)).bytes(2, Buffer.from(value)).finish();
  const sample = new ProtobufWriter().fixed64(1, 0x3ff0000000000000n).varint(2, NOW).finish();
  for (const [first, second] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const series = new ProtobufWriter().bytes(1, label('__name__', first)).bytes(2, sample).bytes(1, label('late', second));
    await receiver.handle(requestOf('1.0', new ProtobufWriter().bytes(1, series.finish()).finish()));
  }
  expect(journal.stored()).toEqual({ 'a{late="b"}': { [NOW]: 1 }, 'b{late="a"}': { [NOW]: 1 } });
});

test.for(['1.0', '2.0'] as const)(
  '%s: one invalid of 2,000 samples: 400, the others are stored, sent again nothing changes',
  async (version) => {
    const { journal, send, receiver } = setUp();
    const series = manySeries(1999);
    series.push({ labels: ['__name__', 'from_the_future'], samples: [{ timestamp: NOW + 10 * 365 * 86_400_000, value: 1 }] });
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await send(version, series);
      expect(answer.status).toBe(400);
      expect(answer.headers).toMatchObject(written(1999));
      expect(answer.body).toMatch(/^1 of 2000 samples refused \(too_far_in_future: 1\); invalid sample: series from_the_future: 2036-/);
    }
    expect(journal.rows).toEqual([1999]);
    expect(Object.keys(journal.stored())).toHaveLength(1999);
    expect(receiver.stats().samplesRefused).toEqual({ too_far_in_future: 3 });
  },
);

test('a client that did not hear the answer may send again and again', async () => {
  const { journal, send } = setUp();
  for (let attempt = 0; attempt < 5; attempt++) {
    expect(await send('2.0', manySeries(100))).toEqual({ status: 204, headers: written(100), body: '' });
  }
  expect(journal.rows).toEqual([100]);
});

test('out of order is taken; another value for a stored timestamp is a 400', async () => {
  const { journal, send } = setUp();
  await send('1.0', [UP]);
  expect((await send('1.0', [{ ...UP, samples: [{ timestamp: NOW - 60_000, value: 3 }] }])).status).toBe(204);
  expect((await send('1.0', [UP])).status).toBe(204);
  const answer = await send('1.0', [{ ...UP, samples: [{ timestamp: NOW, value: 2 }] }]);
  expect(answer.status).toBe(400);
  expect(answer.body).toBe(
    '1 of 1 samples refused (duplicate_timestamp: 1); invalid sample: series up{job="node"} has another value at 2026-01-15T00:00:00.000Z (1768435200000) already',
  );
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW]: 1, [NOW - 60_000]: 3 } });
});

test('a failing journal: 503 with Retry-After, nothing claimed, and the retry is stored', async () => {
  const { journal, send } = setUp();
  journal.fail = JOURNAL_IS_FULL;
  const refused = await send('2.0', manySeries(10));
  expect(refused).toMatchObject({ status: 503, headers: { ...written(0), 'Retry-After': '7' } });
  expect(refused.body).toBe('the journal cannot take more: the disk is full');
  journal.fail = new AtalayaError('JOURNAL_FAILED', { reason: 'EIO' });
  expect(await send('2.0', manySeries(10))).toMatchObject({ status: 503, headers: { 'Retry-After': '5' } });
  journal.fail = undefined;
  expect(await send('2.0', manySeries(10))).toEqual({ status: 204, headers: written(10), body: '' });
  expect(Object.keys(journal.stored())).toHaveLength(10);
});

test('a retry that overtakes the first attempt is stored although the first one fails', async () => {
  const { journal, send } = setUp();
  journal.hold = true;
  const first = send('1.0', [UP]);
  const retry = send('1.0', [UP]);
  journal.settle(JOURNAL_IS_FULL);
  journal.settle();
  expect((await first).status).toBe(503);
  expect((await retry).status).toBe(204);
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW]: 1 } });
});

test.for(['1.0', '2.0'] as const)('%s: stale markers and odd NaNs arrive bit by bit', async (version) => {
  const { journal, send } = setUp();
  const bits = [STALE, 0x7ff8000000000001n, 0xfff8dead0000beefn, 0x7ff0000000000000n, 0x8000000000000000n, 1n];
  const answer = await send(version, [{ labels: UP.labels, samples: bits.map((value, i) => ({ timestamp: NOW + i, bits: value })) }]);
  expect(answer.status).toBe(204);
  expect(journal.samples(0).map((sample) => sample.bits)).toEqual(bits.map((value) => value.toString(16).padStart(16, '0')));
});

test('metadata of 1.0 belongs to families', async () => {
  const { journal, receiver } = setUp();
  const body = encodeV1([], [{ metric: 'http_requests', type: 'counter', help: 'Requests seen.', unit: 'requests' }]);
  expect((await receiver.handle(requestOf('1.0', body))).status).toBe(204);
  expect(journal.batches[0]?.metadata).toEqual([['http_requests', 'counter', 'Requests seen.', 'requests']]);
  expect(journal.rows).toEqual([0]);
});

test('metadata of 2.0 comes with series and is taken once per family', async () => {
  const { journal, send } = setUp();
  const histogram = { type: 'histogram', help: 'Sizes.', unit: 'bytes' } as const;
  const series = ['size_bucket', 'size_sum', 'size_count'].map((name) => ({
    labels: ['__name__', name],
    samples: [{ timestamp: NOW, value: 1 }],
    metadata: histogram,
  }));
  const plain = { ...UP, metadata: { type: 'gauge', help: 'Whether it answers.' } as const };
  await send('2.0', [...series, plain, { ...plain, labels: ['__name__', 'up', 'job', 'other'] }]);
  await send('2.0', [plain]);
  expect(new Set(journal.batches.flatMap((batch) => batch.metadata.map((entry) => entry.join('|'))))).toEqual(
    new Set(['size|histogram|Sizes.|bytes', 'up|gauge|Whether it answers.|']),
  );
  expect(journal.batches).toHaveLength(1);
});

test.for(['1.0', '2.0'] as const)(
  '%s: exemplars are stored, with samples and without; one that is refused does no harm',
  async (version) => {
    const { send, receiver, journal } = setUp();
    const first: Exemplar = { labels: ['trace_id', 'ab', 'span_id', 'cd'], value: 0.25, timestamp: NOW - 5 };
    const second: Exemplar = { labels: [], value: 0, timestamp: NOW - 4 };
    const answer = await send(version, [
      { ...UP, exemplars: [first, second, { ...first, timestamp: NOW - 6 }, { ...second, labels: ['a', 'x'.repeat(200)] }] },
      { labels: ['__name__', 'only_exemplars'], exemplars: [first] },
    ]);
    expect(answer).toEqual({ status: 204, headers: { ...written(1), 'X-Prometheus-Remote-Write-Exemplars-Written': '3' }, body: '' });
    const stored = { ...first, labels: ['span_id', 'cd', 'trace_id', 'ab'] };
    expect(journal.exemplars(0)).toEqual([stored, second, stored]);
    expect(receiver.stats()).toMatchObject({ exemplarsAcknowledged: 3, exemplarsRefused: 2 });
  },
);

test('hostile labels are refused series by series with a sentence each, never with a crash', async () => {
  const cases: [labels: (string | Uint8Array)[], reason: string, text: RegExp][] = [
    [['job', 'node'], 'invalid_labels', /it has no metric name/],
    [[], 'invalid_labels', /it has no metric name/],
    [['__name__', ''], 'invalid_labels', /it has no metric name/],
    [['__name__', 'm', '', 'x'], 'invalid_labels', /a label name is empty \(its value is "x"\)/],
    [['__name__', 'm', 'a', '1', 'a', '2'], 'invalid_labels', /the label name "a" occurs twice/],
    [['b', '1', '__name__', 'm', 'b', '1'], 'invalid_labels', /the label name "b" occurs twice/],
    [['__name__', 'm', 'a', Uint8Array.of(0xff, 0xfe)], 'invalid_labels', /the value of label "a" is not valid UTF-8/],
    [['__name__', 'm', Uint8Array.of(0xc0, 0x80), 'v'], 'invalid_labels', /the label name .* is not valid UTF-8/],
    [['__name__', 'm', 'a'.repeat(1025), 'v'], 'label_limit', /has 1025 bytes; the limit is 1024/],
    [['__name__', 'm', 'a', 'é'.repeat(5 * MEBIBYTE)], 'label_limit', /the value of label "a" has 10485760 bytes; the limit is 16384/],
    [
      ['__name__', 'm', ...Array.from({ length: 5000 }, (_, i) => [`l${i}`, 'v']).flat()],
      'label_limit',
      /it has 5001 labels; the limit is 64/,
    ],
  ];
  for (const version of ['1.0', '2.0'] as const) {
    for (const [labels, reason, text] of cases) {
      const { journal, send, writer } = setUp();
      const answer = await send(version, [{ labels, samples: [{ timestamp: NOW, value: 1 }] }, UP]);
      expect(answer.status).toBe(400);
      expect(answer.headers).toMatchObject(written(1));
      expect(answer.body).toContain(`1 of 2 samples refused (${reason}: 1)`);
      expect(answer.body).toMatch(text);
      expect(answer.body.length).toBeLessThan(1024);
      expect(answer.body).not.toContain('\n');
      expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW]: 1 } });
      expect(writer.stats().rejected).toMatchObject({ [reason]: 1 });
    }
  }
});

test('labels called __proto__, constructor or toString, and NUL bytes and a byte order mark in values, are data', async () => {
  const { journal, send } = setUp();
  const labels = ['__name__', 'm', '__proto__', 'a', 'constructor', 'b\0', 'toString', '\uFEFFc'];
  for (const version of ['1.0', '2.0'] as const) expect((await send(version, [{ ...UP, labels }])).status).toBe(204);
  expect(journal.definitions(0)).toEqual([labels]);
  expect(journal.batches).toHaveLength(1);
  expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test('at the series limit new series are refused and known ones go on', async () => {
  const { send, writer } = setUp({ series: 5 });
  const answer = await send('2.0', manySeries(8));
  expect(answer.status).toBe(400);
  expect(answer.headers).toMatchObject(written(5));
  expect(answer.body).toContain('3 of 8 samples refused (series_limit: 3); the limit of 5 series is reached');
  expect(
    (
      await send(
        '1.0',
        manySeries(5).map((series) => ({ ...series, samples: [{ timestamp: NOW + 1 }] })),
      )
    ).status,
  ).toBe(204);
  expect(writer.stats().activeSeries).toBe(5);
});

test('after an idle hour the series is defined anew', async () => {
  const { journal, clock, send, writer } = setUp();
  await send('1.0', [UP]);
  await clock.advance(3_700_000);
  writer.evictIdle();
  expect(writer.stats().activeSeries).toBe(0);
  await send('1.0', [{ ...UP, samples: [{ timestamp: clock.now(), value: 2 }] }]);
  expect(journal.definitions(1)).toEqual([labelsOf({ __name__: 'up', job: 'node' })]);
});

test('2.0: references that lead nowhere make the whole body untrustworthy', async () => {
  const { journal, receiver } = setUp();
  const sample = new ProtobufWriter().fixed64(1, 1n).varint(2, NOW).finish();
  const body = (refs: number[], symbols: string[]) => {
    const request = new ProtobufWriter();
    for (const symbol of symbols) request.bytes(4, Buffer.from(symbol));
    return request.bytes(5, new ProtobufWriter().bytes(1, Uint8Array.from(refs)).bytes(2, sample).finish()).finish();
  };
  const cases: [Uint8Array, RegExp][] = [
    [body([1, 3], ['', '__name__', 'm']), /reference to symbol 3, but there are 3 symbols/],
    [body([1, 2, 1], ['', '__name__', 'm']), /3 label references; names and values alternate/],
    [body([1, 2], ['x', '__name__', 'm']), /the first symbol is not the empty string/],
    [body([], []), /there are series but no symbols/],
  ];
  for (const [content, reason] of cases) {
    const answer = await receiver.handle(requestOf('2.0', content));
    expect(answer).toMatchObject({ status: 400, headers: written(0) });
    expect(answer.body).toMatch(reason);
  }
  expect((await receiver.handle(requestOf('2.0', body([1, 2], ['', '__name__', 'm'])))).status).toBe(204);
  expect(journal.batches).toHaveLength(1);
});

test('what is neither 1.0 nor 2.0 nor snappy is a 415 that names what is', async () => {
  const { receiver } = setUp();
  const { body } = requestOf('1.0', encodeV1([UP]));
  const accepted: Record<string, string>[] = [
    {},
    { 'content-type': 'application/x-protobuf' },
    { 'content-type': 'application/x-protobuf; proto=prometheus.WriteRequest', 'content-encoding': 'snappy' },
    { 'content-type': 'Application/X-Protobuf;proto="prometheus.WriteRequest"', 'content-encoding': 'Snappy' },
  ];
  for (const headers of accepted) expect((await receiver.handle({ headers, body })).status).toBe(204);
  const refused: Record<string, string>[] = [
    { 'content-type': 'application/json' },
    { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v3.Request' },
    { 'content-type': 'application/x-protobuf;proto=__proto__' },
    { 'content-encoding': 'gzip' },
    { 'content-encoding': 'snappy, gzip' },
  ];
  for (const headers of refused) {
    const answer = await receiver.handle({ headers, body });
    expect(answer.status).toBe(415);
    expect(answer.body).toMatch(/supported: application\/x-protobuf/);
  }
});

test('bombs are refused by what they declare, before anything is allocated', async () => {
  const { receiver } = setUp();
  const send = (body: Uint8Array) => receiver.handle({ headers: {}, body });
  const bomb = await send(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01));
  expect(bomb).toMatchObject({ status: 413, headers: written(0) });
  expect(bomb.body).toBe('the request body is larger than 33554432 bytes after decompression; send less at once or raise limits.body');
  expect((await send(Uint8Array.of(0x80, 0x80, 0x80, 0x10, 0x00))).body).toMatch(
    /declares 33554432 bytes, more than 5 compressed bytes can hold/,
  );
  expect((await send(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x01))).status).toBe(400);
  expect((await send(new Uint8Array(0))).status).toBe(400);
  expect((await send(Uint8Array.of(0x80))).status).toBe(400);
  expect((await send(Buffer.from('plain text'))).status).toBe(400);
  expect((await send(new Uint8Array(MEBIBYTE + 1))).status).toBe(413);
  expect((await send(Uint8Array.of(0))).status).toBe(204);
});

test('large bodies are walked in slices, small ones pass them meanwhile, and neither disturbs the other', async () => {
  const { journal, receiver, send } = setUp();
  const filler = 'x'.repeat(1000);
  const large = Array.from({ length: 4000 }, (_, i) => ({
    labels: ['__name__', 'large', 'filler', filler, 'i', String(i)],
    samples: [{ timestamp: NOW, value: i }],
  }));
  const answers: string[] = [];
  const note = (name: string) => (answer: { status: number }) => answers.push(`${name} ${answer.status}`);
  const both = [receiver.handle(requestOf('1.0', encodeV1(large))).then(note('large')), send('1.0', manySeries(3000)).then(note('small'))];
  await Promise.all(both);
  expect(answers).toEqual(['small 204', 'large 204']);
  const stored = journal.stored();
  expect(large.every(({ labels, samples }) => stored[`large{filler="${filler}", i="${labels[5]}"}`]?.[NOW] === samples[0]?.value)).toBe(
    true,
  );
  expect(Object.keys(stored)).toHaveLength(7000);
});

test('floods of tiny messages are refused or dropped', async () => {
  const { receiver, journal } = setUp();
  const metadata = new ProtobufWriter().bytes(3, new ProtobufWriter().varint(1, 1).bytes(2, Buffer.from('m')).finish()).finish();
  const many = Buffer.alloc(metadata.length * 70_000);
  for (let at = 0; at < many.length; at += metadata.length) many.set(metadata, at);
  expect((await receiver.handle(requestOf('1.0', many))).status).toBe(204);
  expect(receiver.stats().metadataDropped).toBe(70_000 - 65_536);
  const symbols = Buffer.alloc(2 * (1 << 20) + 2);
  for (let at = 0; at < symbols.length; at += 2) symbols[at] = 0x22;
  const answer = await receiver.handle(requestOf('2.0', symbols));
  expect(answer).toMatchObject({ status: 400, headers: written(0) });
  expect(answer.body).toContain('more than 1048576 series or symbols');
  expect(journal.rows).toEqual([0]);
});

test('a malformed tail changes nothing: what was before it is neither stored nor taken for stored', async () => {
  const { journal, receiver, send } = setUp({ outOfOrderWindowMs: 1000 });
  // Were it remembered, the sample five minutes ahead would put the next one out of the window.
  const good = encodeV1([UP, { ...UP, samples: [{ timestamp: NOW + 300_000, value: 1 }] }]);
  const answer = await receiver.handle(requestOf('1.0', Buffer.concat([good, Uint8Array.of(0x0a, 0x7f)])));
  expect(answer).toMatchObject({ status: 400, headers: written(0) });
  expect(answer.body).toMatch(/^cannot decode the request body: malformed protobuf: /);
  expect(journal.batches).toHaveLength(0);
  expect((await send('1.0', [UP])).status).toBe(204);
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW]: 1 } });
});
