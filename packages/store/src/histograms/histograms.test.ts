import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { decodeMetricBatch, encodeMetricBatch, type MetricBatch } from '@atalaya/journal';
import {
  AtalayaError,
  encodeLabels,
  encodeNativeHistogram,
  formatLabels,
  type Hash64,
  hashBytes,
  type Labels,
  labelsOf,
  ManualClock,
  type Matcher,
  type NativeHistogram,
  silentLogger,
  STALE_HISTOGRAM,
  systemClock,
} from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedEngine } from '../engine/embedded.ts';
import type { Engine } from '../engine/engine.ts';
import { DAY_MS } from '../metrics/day.ts';
import { openMetricStore } from '../metrics/metric-store.ts';
import type { MetricStore } from '../metrics/store-interface.ts';
import type { Retention } from '../metrics/retention.ts';
import { column, readNative } from '../native/read.ts';
import { connectReader, type PortReader } from '../reader/connect-reader.ts';
import { serveReader } from '../reader/serve-reader.ts';
import { sql, type Sql } from '../sql.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const BOUNDS = { series: 1000, samples: 100_000 };
const never = new AbortController().signal;

/** A float or a histogram at a time. */
interface Sample {
  readonly labels: Labels;
  readonly at: number;
  readonly value: number | NativeHistogram;
}

const histogramOf = (count: number): NativeHistogram => ({
  schema: 3,
  counterReset: 'unknown',
  zeroThreshold: 2 ** -128,
  zeroCount: 0,
  count,
  sum: count / 3,
  positiveSpans: [{ offset: -7, length: 1 }],
  positiveBuckets: Float64Array.of(count),
  negativeSpans: [],
  negativeBuckets: new Float64Array(0),
  customBounds: new Float64Array(0),
});

/** Fingerprint words of a label set. */
function fingerprint(labels: Labels): [number, number] {
  const hash: Hash64 = { low: 0, high: 0 };
  const bytes = encodeLabels(labels);
  hashBytes(bytes, 0, bytes.length, 0, hash);
  return [hash.low, hash.high];
}

function ends(parts: readonly Uint8Array[]): Uint32Array {
  let end = 0;
  return Uint32Array.from(parts, ({ length }) => (end += length));
}

function batchOf(samples: readonly Sample[], define = true): MetricBatch {
  const series = define ? [...new Map(samples.map(({ labels }) => [formatLabels(labels), labels])).values()] : [];
  const forms = series.map(encodeLabels);
  const floats = samples.filter(({ value }) => typeof value === 'number');
  const histograms = samples.filter(({ value }) => typeof value !== 'number');
  const payloads = histograms.map(({ value }) => encodeNativeHistogram(value as NativeHistogram));
  const columns = (some: readonly Sample[]) => ({
    count: some.length,
    fingerprints: Uint32Array.from(some.flatMap(({ labels }) => fingerprint(labels))),
    timestamps: Float64Array.from(some, ({ at }) => at),
  });
  return decodeMetricBatch(
    encodeMetricBatch({
      series: {
        count: series.length,
        fingerprints: Uint32Array.from(series.flatMap(fingerprint)),
        ends: ends(forms),
        labels: Buffer.concat(forms),
      },
      samples: { ...columns(floats), values: Float64Array.from(floats, ({ value }) => value as number) },
      histograms: { ...columns(histograms), ends: ends(payloads), bytes: Buffer.concat(payloads) },
      metadata: [],
    }),
  );
}

const named = (name: string, labels: Record<string, string> = {}): Labels => labelsOf({ __name__: name, ...labels });
const is = (name: string): Matcher[] => [{ name: '__name__', operator: '=', value: name }];

describe('native histograms in the store', () => {
  let folder: string;
  let engine: Engine;
  let store: MetricStore;
  let reader: PortReader;
  const channels: MessageChannel[] = [];
  const clock = new ManualClock(NOW);

  const openWith = (retention: Retention): Promise<MetricStore> =>
    openMetricStore({ engine, clock, log: silentLogger, retention, cacheBytes: 4 * 2 ** 20 });
  const readerOf = (of: MetricStore): PortReader => {
    const channel = new MessageChannel();
    channels.push(channel);
    serveReader(of, channel.port1);
    return connectReader(channel.port2);
  };
  /** Series as text, with their samples and histograms by time. */
  const read = async (from: PortReader, name: string, start = NOW - DAY_MS, end = NOW) => {
    const set = await from.select({ matchers: is(name), start, end }, BOUNDS, never);
    const answer: Record<string, [number, number | NativeHistogram][]> = {};
    set.labels.forEach((labels, i) => {
      const samples: [number, number | NativeHistogram][] = [];
      for (let at = set.starts[i]!; at < set.ends[i]!; at++) samples.push([set.timestamps[at]!, set.values[at]!]);
      const { histograms } = set;
      if (histograms !== undefined) {
        for (let at = histograms.starts[i]!; at < histograms.ends[i]!; at++)
          samples.push([histograms.timestamps[at]!, histograms.values[at]!]);
      }
      answer[formatLabels(labels)] = samples.sort(([a], [b]) => a - b);
    });
    return answer;
  };

  const count = async (statement: Sql): Promise<number | undefined> => {
    const [block] = readNative((await engine.query(statement)).bytes);
    return block && column(block, 'rows', 'UInt32').values[0];
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-histograms-'));
    engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
    store = await openWith({ ageMs: 0, bytes: 0 });
    reader = readerOf(store);
  });
  afterAll(async () => {
    for (const { port1 } of channels) port1.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('come back in order of time beside floats, and only series that have some are read twice', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((host) => named('order', { host })) as [Labels, Labels, Labels];
    const first = batchOf([
      { labels: a, at: NOW - 10, value: histogramOf(2) },
      { labels: b, at: NOW - 10, value: 5 },
      { labels: c, at: NOW - 10, value: STALE_HISTOGRAM },
      { labels: a, at: NOW - 30, value: histogramOf(1) },
      { labels: a, at: NOW - 20, value: 1.5 },
    ]);
    expect(await store.load([first])).toEqual({ samples: 5, newSeries: 3, skipped: 0, undefinedSamples: 0 });
    const found = await read(reader, 'order');
    expect(found).toEqual({
      'order{host="a"}': [
        [NOW - 30, histogramOf(1)],
        [NOW - 20, 1.5],
        [NOW - 10, histogramOf(2)],
      ],
      'order{host="b"}': [[NOW - 10, 5]],
      'order{host="c"}': [[NOW - 10, STALE_HISTOGRAM]],
    });
    expect(found['order{host="c"}']?.[0]?.[1]).toBe(STALE_HISTOGRAM);
    await store.load([batchOf([{ labels: named('floats_only'), at: NOW, value: 1 }])]);
    const floats = await reader.select({ matchers: is('floats_only'), start: NOW, end: NOW }, BOUNDS, never);
    expect(floats.histograms).toBeUndefined();
  });

  it('are shown as soon as they are taken in, joined with what was loaded', async () => {
    const labels = named('taken');
    const [one, two, three] = [1, 2, 3].map(histogramOf) as [NativeHistogram, NativeHistogram, NativeHistogram];
    await store.load([
      batchOf([
        { labels, at: NOW - 30, value: one },
        { labels, at: NOW - 10, value: one },
      ]),
    ]);
    const batch = batchOf([
      { labels, at: NOW - 20, value: two },
      { labels, at: NOW - 10, value: three },
      { labels, at: NOW - 5, value: 5 },
      { labels: named('taken', { fresh: 'yes' }), at: NOW, value: two },
    ]);
    store.take(batch);
    const expected = {
      taken: [
        [NOW - 30, one],
        [NOW - 20, two],
        [NOW - 10, three],
        [NOW - 5, 5],
      ],
      'taken{fresh="yes"}': [[NOW, two]],
    };
    expect(await read(reader, 'taken')).toEqual(expected);
    await store.load([batch]);
    await engine.execute(sql`OPTIMIZE TABLE histogram_samples FINAL`);
    expect(await read(reader, 'taken')).toEqual(expected);
  });

  it('show once however often they were loaded, with or without the token', async () => {
    const batch = batchOf([{ labels: named('twice'), at: NOW, value: histogramOf(7) }]);
    await store.load([batch], { token: 'h-twice-1' });
    await store.load([batch], { token: 'h-twice-1' });
    await store.load([batch, batch], { token: 'h-twice-2' });
    expect(await read(reader, 'twice')).toEqual({ twice: [[NOW, histogramOf(7)]] });
    await engine.execute(sql`OPTIMIZE TABLE histogram_samples FINAL`);
    expect(await read(reader, 'twice')).toEqual({ twice: [[NOW, histogramOf(7)]] });
  });

  it('are loaded once and not lost when only the floats beside them could be inserted', async () => {
    let failing = true;
    const faulty: Engine = {
      ...engine,
      kind: engine.kind,
      query: (...args) => engine.query(...args),
      execute: (...args) => engine.execute(...args),
      insert: (table, ...args) =>
        failing && table === 'histogram_samples'
          ? Promise.reject(new AtalayaError('ENGINE_UNAVAILABLE', { reason: 'as told' }))
          : engine.insert(table, ...args),
    };
    const half = await openMetricStore({ engine: faulty, clock, log: silentLogger, retention: { ageMs: 0, bytes: 0 } });
    const batch = batchOf([
      { labels: named('half'), at: NOW - 1, value: 4 },
      { labels: named('half'), at: NOW, value: histogramOf(4) },
    ]);
    await expect(half.load([batch], { token: 'half-1' })).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    failing = false;
    await half.load([batch], { token: 'half-1' });
    const expected = {
      half: [
        [NOW - 1, 4],
        [NOW, histogramOf(4)],
      ],
    };
    expect(await read(readerOf(half), 'half')).toEqual(expected);
    expect(await read(readerOf(await openWith({ ageMs: 0, bytes: 0 })), 'half')).toEqual(expected);
  });

  it('win over a float of the same time, and no other float is touched', async () => {
    const labels = named('both');
    const other = named('both', { other: 'yes' });
    const times = [50, 40, 30, 20, 10].map((before) => NOW - before);
    await store.load([
      batchOf([
        ...times.map((at, value) => ({ labels, at, value })),
        ...times.map((at, value) => ({ labels: other, at, value: value * 10 })),
        { labels, at: NOW - 40, value: histogramOf(4) },
        { labels, at: NOW - 10, value: histogramOf(9) },
        { labels, at: NOW - 25, value: histogramOf(8) },
      ]),
    ]);
    expect(await read(reader, 'both')).toEqual({
      both: [
        [NOW - 50, 0],
        [NOW - 40, histogramOf(4)],
        [NOW - 30, 2],
        [NOW - 25, histogramOf(8)],
        [NOW - 20, 3],
        [NOW - 10, histogramOf(9)],
      ],
      'both{other="yes"}': times.map((at, value) => [at, value * 10]),
    });
  });

  it('outside of the range stay out, both ends counting as inside', async () => {
    await store.load([batchOf([1, 2, 3, 4].map((count) => ({ labels: named('range'), at: NOW - 10 + count, value: histogramOf(count) })))]);
    expect(await read(reader, 'range', NOW - 8, NOW - 7)).toEqual({
      range: [
        [NOW - 8, histogramOf(2)],
        [NOW - 7, histogramOf(3)],
      ],
    });
  });

  it('count as many samples against the limit', async () => {
    await store.load([batchOf(Array.from({ length: 10 }, (_, i) => ({ labels: named('much'), at: NOW - i, value: histogramOf(i) })))]);
    const question = { matchers: is('much'), start: NOW - 1000, end: NOW };
    await expect(reader.select(question, { series: 10, samples: 225 }, never)).rejects.toMatchObject({
      code: 'QUERY_LIMIT',
      details: { setting: 'query.samples', limit: 225, reason: expect.stringContaining('native histograms') as string },
    });
    expect((await reader.select(question, { series: 10, samples: 500 }, never)).histograms?.values).toHaveLength(10);
  });

  it('of series that nobody defined are kept until somebody does, over a restart and however often they come', async () => {
    const labels = named('late');
    const batch = batchOf([{ labels, at: NOW - 5, value: histogramOf(5) }], false);
    expect(await store.load([batch])).toMatchObject({ samples: 0, undefinedSamples: 1 });
    const again = await openWith({ ageMs: 0, bytes: 0 });
    await again.load([batch]);
    await again.load([batchOf([{ labels, at: NOW, value: 1 }])]);
    expect(await read(readerOf(again), 'late')).toEqual({
      late: [
        [NOW - 5, histogramOf(5)],
        [NOW, 1],
      ],
    });
    expect(await count(sql`SELECT toUInt32(count()) AS rows FROM undefined_histograms`)).toBe(0);
  });

  it('are known after a start from the tables alone, and counted', async () => {
    const again = await openWith({ ageMs: 0, bytes: 0 });
    const before = await read(reader, 'order');
    expect(await read(readerOf(again), 'order')).toEqual(before);
    const { metrics } = await again.metricStorage(100);
    const order = metrics.find(({ metric }) => metric === 'order');
    expect(order).toMatchObject({ series: 3, samples: 5 });
    expect(order?.bytes).toBeGreaterThan(0);
    const { samples, tables } = await again.stats();
    const rows = (name: string): number => tables.find((table) => table.name === name)?.rows ?? 0;
    expect(samples).toBe(rows('samples') + rows('histogram_samples'));
    expect(rows('histogram_samples')).toBeGreaterThan(20);
  });

  it('are dropped by age, their series with them', async () => {
    const kept = await openWith({ ageMs: 3 * DAY_MS, bytes: 0 });
    const labels = named('aged');
    await kept.load([
      batchOf([
        { labels, at: NOW - 10 * DAY_MS, value: histogramOf(1) },
        { labels: named('fresh'), at: NOW, value: histogramOf(2) },
      ]),
    ]);
    expect(await kept.enforceRetention()).toMatchObject({ droppedDays: 1, removedSeries: 1 });
    expect(await count(sql`SELECT toUInt32(count()) AS rows FROM histogram_samples WHERE ts < ${NOW - 5 * DAY_MS}`)).toBe(0);
    // A removed series that comes back has histograms again.
    await kept.load([batchOf([{ labels, at: NOW, value: histogramOf(3) }], false)]);
    expect(await read(readerOf(kept), 'aged')).toEqual({ aged: [[NOW, histogramOf(3)]] });
    expect(await read(readerOf(await openWith({ ageMs: 0, bytes: 0 })), 'aged')).toEqual({ aged: [[NOW, histogramOf(3)]] });
  });
});
