import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { encodeMetricBatch, decodeMetricBatch, type MetadataEntry, type MetricBatch } from '@atalaya/journal';
import {
  encodeLabels,
  formatLabels,
  type Hash64,
  hashBytes,
  isStaleAt,
  type Labels,
  labelsOf,
  ManualClock,
  type Matcher,
  silentLogger,
  systemClock,
  writeStaleMarker,
} from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedEngine } from '../engine/embedded.ts';
import type { Engine } from '../engine/engine.ts';
import { connectReader, type PortReader } from '../reader/connect-reader.ts';
import { serveReader } from '../reader/serve-reader.ts';
import { sql } from '../sql.ts';
import { DAY_MS } from './day.ts';
import { openMetricStore } from './metric-store.ts';
import type { MetricStore } from './store-interface.ts';
import type { Retention } from './retention.ts';

const NOW = Date.UTC(2026, 5, 15, 12);

interface Sample {
  readonly labels: Labels;
  readonly fingerprint?: readonly [number, number];
  readonly at: number;
  readonly value: number | 'stale';
}

function batchOf(samples: readonly Sample[], metadata: readonly MetadataEntry[] = [], define = true): MetricBatch {
  const forms = new Map<string, { bytes: Uint8Array; fp: readonly [number, number] }>();
  const hash: Hash64 = { low: 0, high: 0 };
  for (const { labels, fingerprint } of samples) {
    const bytes = encodeLabels(labels);
    hashBytes(bytes, 0, bytes.length, 0, hash);
    forms.set(formatLabels(labels), { bytes, fp: fingerprint ?? [hash.low, hash.high] });
  }
  const defined = define ? [...forms.values()] : [];
  let end = 0;
  const values = new Float64Array(samples.length);
  samples.forEach(({ value }, i) => (value === 'stale' ? writeStaleMarker(values, i) : (values[i] = value)));
  // Through bytes, as it comes out of the journal.
  return decodeMetricBatch(
    encodeMetricBatch({
      series: {
        count: defined.length,
        fingerprints: Uint32Array.from(defined.flatMap(({ fp }) => fp)),
        ends: Uint32Array.from(defined, ({ bytes }) => (end += bytes.length)),
        labels: Buffer.concat(defined.map(({ bytes }) => bytes)),
      },
      samples: {
        count: samples.length,
        fingerprints: Uint32Array.from(samples.flatMap(({ labels }) => forms.get(formatLabels(labels))?.fp ?? [])),
        timestamps: Float64Array.from(samples, ({ at }) => at),
        values,
      },
      metadata,
    }),
  );
}

const named = (name: string, labels: Record<string, string> = {}): Labels => labelsOf({ __name__: name, ...labels });
const is = (name: string): Matcher[] => [{ name: '__name__', operator: '=', value: name }];
const BOUNDS = { series: 1000, samples: 100_000 };
const never = new AbortController().signal;

describe('metric store', () => {
  let folder: string;
  let engine: Engine;
  let store: MetricStore;
  let reader: PortReader;
  const channels: MessageChannel[] = [];
  const clock = new ManualClock(NOW);

  const openWith = async (retention: Retention): Promise<MetricStore> =>
    openMetricStore({ engine, clock, log: silentLogger, retention, cacheBytes: 4 * 2 ** 20 });
  const readerOf = (of: MetricStore): PortReader => {
    const channel = new MessageChannel();
    channels.push(channel);
    serveReader(of, channel.port1);
    return connectReader(channel.port2);
  };
  /** Series as text with their samples as pairs. */
  const read = async (
    from: PortReader,
    matchers: readonly Matcher[],
    start = NOW - DAY_MS,
    end = NOW,
  ): Promise<Record<string, number[][]>> => {
    const set = await from.select({ matchers, start, end }, BOUNDS, never);
    const answer: Record<string, number[][]> = {};
    set.labels.forEach((labels, i) => {
      const samples: number[][] = [];
      for (let at = set.starts[i] as number; at < (set.ends[i] as number); at++)
        samples.push([set.timestamps[at] as number, set.values[at] as number]);
      answer[formatLabels(labels)] = samples;
    });
    return answer;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-metric-store-'));
    engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
    store = await openWith({ ageMs: 0, bytes: 0 });
    reader = readerOf(store);
  });
  afterAll(async () => {
    for (const { port1 } of channels) port1.close();
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives back what was loaded, in order of time, whatever the order it came in', async () => {
    const a = named('order', { host: 'a' });
    const b = named('order', { host: 'b' });
    const result = await store.load([
      batchOf([
        { labels: a, at: NOW - 1000, value: 2 },
        { labels: b, at: NOW - 500, value: -0.5 },
      ]),
      batchOf([{ labels: a, at: NOW - 2000, value: 1 }], [], false),
    ]);
    expect(result).toEqual({ samples: 3, newSeries: 2, skipped: 0, undefinedSamples: 0 });
    await store.load([batchOf([{ labels: a, at: NOW - 1500, value: 1.5 }], [], false)]);
    expect(await read(reader, is('order'))).toEqual({
      'order{host="a"}': [
        [NOW - 2000, 1],
        [NOW - 1500, 1.5],
        [NOW - 1000, 2],
      ],
      'order{host="b"}': [[NOW - 500, -0.5]],
    });
  });

  it('shows a sample once however often it was loaded, with or without the token', async () => {
    const batch = batchOf([{ labels: named('twice'), at: NOW, value: 7 }]);
    await store.load([batch], { token: 'twice-1' });
    await store.load([batch], { token: 'twice-1' });
    await store.load([batch], { token: 'twice-2' });
    await store.load([batch, batch]);
    expect(await read(reader, is('twice'))).toEqual({ twice: [[NOW, 7]] });
    await engine.execute(sql`OPTIMIZE TABLE samples FINAL`);
    expect(await read(reader, is('twice'))).toEqual({ twice: [[NOW, 7]] });
  });

  it('shows one value where loaded ones differ, after a merge the last', async () => {
    for (const value of [3, 1, 2]) await store.load([batchOf([{ labels: named('differs'), at: NOW, value }])]);
    const before = (await read(reader, is('differs')))['differs'];
    expect(before).toHaveLength(1);
    expect([1, 2, 3]).toContain(before?.[0]?.[1]);
    await engine.execute(sql`OPTIMIZE TABLE samples FINAL`);
    expect(await read(reader, is('differs'))).toEqual({ differs: [[NOW, 2]] });
  });

  it('shows what was taken in before it is loaded, joined with what was, and the same afterwards', async () => {
    const [labels, fresh] = [named('taken'), named('taken', { fresh: 'yes' })];
    await store.load([batchOf([10, 20, 30].map((at) => ({ labels, at: NOW - at, value: at })))]);
    const batches = [
      batchOf([
        { labels, at: NOW - 15, value: 15 },
        { labels, at: NOW - 20, value: -20 },
        { labels: fresh, at: NOW - 5, value: 1 },
        { labels, at: NOW - 5, value: 5 },
      ]),
      batchOf([{ labels, at: NOW - 15, value: 'stale' }]),
    ];
    for (const batch of batches) store.take(batch);
    const expected = {
      taken: [
        [NOW - 30, 30],
        [NOW - 20, -20],
        [NOW - 15, Number.NaN],
        [NOW - 10, 10],
        [NOW - 5, 5],
      ],
      'taken{fresh="yes"}': [[NOW - 5, 1]],
    };
    expect(await read(reader, is('taken'))).toEqual(expected);
    expect(await read(reader, is('taken'), NOW - 15, NOW - 10)).toEqual({
      taken: expected.taken.slice(2, 4),
      'taken{fresh="yes"}': [],
    });
    const set = await reader.select({ matchers: is('taken'), start: NOW - 15, end: NOW - 15 }, BOUNDS, never);
    const words = new Uint32Array(set.values.buffer, set.values.byteOffset, set.values.length * 2);
    expect(isStaleAt(words, set.starts[set.labels.findIndex((of) => of.length === 2)] as number)).toBe(true);
    expect(await store.labelValues('fresh', { matcherSets: [is('taken')], start: NOW, end: NOW, limit: undefined })).toEqual(['yes']);
    const [loading, during] = await Promise.all([store.load(batches), read(reader, is('taken'))]);
    expect(during).toEqual(expected);
    expect(loading).toEqual({ samples: 5, newSeries: 1, skipped: 0, undefinedSamples: 0 });
    await engine.execute(sql`OPTIMIZE TABLE samples FINAL`);
    expect(await read(reader, is('taken'))).toEqual(expected);
  });

  it('keeps the bits of stale markers apart from those of other NaNs', async () => {
    const labels = named('stale');
    await store.load([
      batchOf([
        { labels, at: NOW - 2, value: Number.NaN },
        { labels, at: NOW - 1, value: 'stale' },
        { labels, at: NOW, value: Number.POSITIVE_INFINITY },
      ]),
    ]);
    const set = await reader.select({ matchers: is('stale'), start: NOW - 10, end: NOW }, BOUNDS, never);
    const words = new Uint32Array(set.values.buffer, set.values.byteOffset, set.values.length * 2);
    const first = set.starts[0] as number;
    expect([0, 1, 2].map((i) => isStaleAt(words, first + i))).toEqual([false, true, false]);
    expect(set.values[first]).toBeNaN();
    expect(set.values[first + 2]).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes timestamps from long before the epoch to far ahead', async () => {
    const labels = named('eons');
    const times = [-5 * DAY_MS - 1, -1, 0, 1, DAY_MS, NOW, NOW + 40 * 365 * DAY_MS];
    await store.load([batchOf(times.map((at, value) => ({ labels, at, value })))]);
    expect(await read(reader, is('eons'), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toEqual({
      eons: times.map((at, value) => [at, value]),
    });
    expect(await read(reader, is('eons'), -1, 0)).toEqual({
      eons: [
        [-1, 1],
        [0, 2],
      ],
    });
  });

  it('estimates a selection from the span of its day', async () => {
    await clock.advance(60_000);
    const { series, samples } = await reader.estimate({ matchers: is('order'), start: NOW - DAY_MS, end: NOW }, never);
    expect(series).toBe(2);
    expect(samples).toBeGreaterThan(0);
  });

  it('tells how far back the data has changed', async () => {
    const { version } = await reader.changes(-1);
    expect(await reader.changes(version)).toEqual({ version, oldest: Infinity, horizon: -Infinity });
    await store.load([batchOf([NOW - 5000, NOW - 9000].map((at) => ({ labels: named('changing'), at, value: 1 })))]);
    const changed = await reader.changes(version);
    expect(changed).toMatchObject({ oldest: NOW - 9000 });
    expect(await reader.changes(changed.version)).toMatchObject({ oldest: Infinity });
  });

  it('takes a backfill of more than a hundred days at once', async () => {
    const labels = named('backfill');
    const days = Array.from({ length: 120 }, (_, day) => NOW - (800 - day) * DAY_MS);
    await store.load([batchOf(days.map((at, value) => ({ labels, at, value })))]);
    expect((await read(reader, is('backfill'), 0, NOW))['backfill']).toHaveLength(120);
  });

  it('leaves out samples outside of the range, both ends counting as inside', async () => {
    const labels = named('range');
    await store.load([batchOf([1, 2, 3, 4].map((value) => ({ labels, at: NOW - 10 + value, value })))]);
    expect(await read(reader, is('range'), NOW - 8, NOW - 7)).toEqual({
      range: [
        [NOW - 8, 2],
        [NOW - 7, 3],
      ],
    });
    expect(await read(reader, is('range'), NOW + 5, NOW)).toEqual({});
  });

  it('lists a matching series of the day without samples in the range', async () => {
    await store.load([batchOf([{ labels: named('silent'), at: NOW - 3_600_000, value: 1 }])]);
    expect(await read(reader, is('silent'), NOW - 1000, NOW)).toEqual({ silent: [] });
  });

  it('reads series that were found before in portions', async () => {
    const samples = ['a', 'b', 'c'].map((host, value) => ({ labels: named('portions', { host }), at: NOW, value }));
    await store.load([batchOf(samples)]);
    const question = { matchers: is('portions'), start: NOW - 1, end: NOW };
    const slots = store.matching(question);
    expect(slots).toHaveLength(3);
    const values = await Promise.all(
      Array.from(slots, async (slot) => {
        const set = await reader.select({ ...question, slots: Uint32Array.of(slot) }, BOUNDS, never);
        return Array.from(set.starts, (start) => set.values[start]);
      }),
    );
    expect(values).toEqual([[0], [1], [2]]);
    expect(store.matching({ ...question, start: NOW - 9 * DAY_MS, end: NOW - 8 * DAY_MS })).toHaveLength(0);
  });

  it('refuses to read more series or samples than allowed', async () => {
    await store.load([batchOf(Array.from({ length: 30 }, (_, i) => ({ labels: named('many', { i: String(i) }), at: NOW, value: i })))]);
    const question = { matchers: is('many'), start: NOW - 1000, end: NOW };
    await expect(reader.select(question, { series: 29, samples: 1000 }, never)).rejects.toMatchObject({
      code: 'QUERY_LIMIT',
      details: { setting: 'query.series' },
    });
    await expect(reader.select(question, { series: 30, samples: 29 }, never)).rejects.toMatchObject({
      code: 'QUERY_LIMIT',
      details: { setting: 'query.samples' },
    });
    expect((await reader.select(question, { series: 30, samples: 30 }, never)).labels).toHaveLength(30);
  });

  it('rejects a selection whose signal is aborted', async () => {
    const aborter = new AbortController();
    const waiting = reader.select({ matchers: [], start: 0, end: NOW }, BOUNDS, aborter.signal);
    aborter.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
    await expect(reader.select({ matchers: [], start: 0, end: NOW }, BOUNDS, aborter.signal)).rejects.toMatchObject({
      code: 'QUERY_CANCELED',
    });
  });

  it('rejects what waits when the port closes', async () => {
    const lost = readerOf(store);
    const waiting = lost.select({ matchers: [], start: 0, end: NOW }, BOUNDS, never);
    channels.at(-1)?.port2.close();
    await expect(waiting).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    await expect(lost.select({ matchers: [], start: 0, end: NOW }, BOUNDS, never)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
  });

  it('refuses a second series with the fingerprint of another and mixes nothing', async () => {
    const fingerprint = [7, 0x1000] as const;
    const [first, second] = [named('collides', { a: '1' }), named('collides', { a: '2' })];
    await store.load([batchOf([{ labels: first, fingerprint, at: NOW - 1, value: 1 }])]);
    const before = store.counters;
    const result = await store.load([batchOf([{ labels: second, fingerprint, at: NOW, value: 2 }])]);
    expect(result).toEqual({ samples: 0, newSeries: 0, skipped: 1, undefinedSamples: 0 });
    expect(store.counters.collisions).toBe(before.collisions + 1);
    expect(store.counters.refusedSamples).toBe(before.refusedSamples + 1);
    expect(await read(reader, is('collides'))).toEqual({ 'collides{a="1"}': [[NOW - 1, 1]] });
    // Once the first one is defined again, by a writer that was restarted, its samples count again.
    await store.load([batchOf([{ labels: first, fingerprint, at: NOW, value: 3 }])]);
    expect(await read(reader, is('collides'))).toEqual({
      'collides{a="1"}': [
        [NOW - 1, 1],
        [NOW, 3],
      ],
    });
  });

  it('keeps samples of series that nobody defined until somebody does, over a restart and however often they come', async () => {
    const [lost, other] = [named('lost_labels'), named('lost_labels', { other: 'yes' })];
    const undefinedBatch = batchOf(
      [
        { labels: lost, at: NOW - 3 * DAY_MS, value: 1 },
        { labels: lost, at: NOW - 1, value: 'stale' },
        { labels: other, at: NOW, value: 5 },
      ],
      [],
      false,
    );
    expect(await store.load([undefinedBatch])).toEqual({ samples: 0, newSeries: 0, skipped: 0, undefinedSamples: 3 });
    expect(await read(reader, is('lost_labels'), NOW - 4 * DAY_MS)).toEqual({});
    const again = await openWith({ ageMs: 0, bytes: 0 });
    await again.load([undefinedBatch]);
    const defining = batchOf([{ labels: lost, at: NOW, value: 3 }]);
    expect(await again.load([defining])).toEqual({ samples: 1, newSeries: 1, skipped: 0, undefinedSamples: 0 });
    const from = readerOf(again);
    const expected = [
      [NOW - 3 * DAY_MS, 1],
      [NOW - 1, Number.NaN],
      [NOW, 3],
    ];
    expect(await read(from, is('lost_labels'), NOW - 4 * DAY_MS)).toEqual({ lost_labels: expected });
    const set = await from.select({ matchers: is('lost_labels'), start: NOW - 1, end: NOW - 1 }, BOUNDS, never);
    const words = new Uint32Array(set.values.buffer, set.values.byteOffset, set.values.length * 2);
    expect(isStaleAt(words, set.starts[0] as number)).toBe(true);
    // The other one still waits; the first one is found after a start, with its whole range of days.
    const third = await openWith({ ageMs: 0, bytes: 0 });
    expect(await read(readerOf(third), is('lost_labels'), NOW - 4 * DAY_MS)).toEqual({ lost_labels: expected });
    await third.load([batchOf([{ labels: other, at: NOW + 1, value: 6 }])]);
    expect((await read(readerOf(third), is('lost_labels'), NOW, NOW + 1))['lost_labels{other="yes"}']).toEqual([
      [NOW, 5],
      [NOW + 1, 6],
    ]);
    await store.load([batchOf([{ labels: lost, at: NOW, value: 3 }]), batchOf([{ labels: other, at: NOW + 1, value: 6 }])]);
  });

  it('answers label names, values and series by matchers, time and limit', async () => {
    await store.load([
      batchOf([
        { labels: named('q_old', { zone: 'north', old_only: 'x' }), at: NOW - 20 * DAY_MS, value: 1 },
        { labels: named('q_new', { zone: 'south' }), at: NOW, value: 1 },
        { labels: named('q_new', { zone: 'west', __proto__x: 'y' }), at: NOW, value: 1 },
      ]),
    ]);
    const all = { start: 0, end: NOW, limit: undefined };
    const sets = [is('q_old'), is('q_new')];
    expect(await store.labelNames({ matcherSets: sets, ...all })).toEqual(['__name__', '__proto__x', 'old_only', 'zone']);
    expect(await store.labelValues('zone', { matcherSets: sets, ...all })).toEqual(['north', 'south', 'west']);
    expect(await store.labelValues('zone', { matcherSets: [], start: NOW - DAY_MS, end: NOW, limit: undefined })).toEqual([
      'south',
      'west',
    ]);
    expect(await store.labelValues('zone', { matcherSets: [], ...all, limit: 1 })).toEqual(['north']);
    expect(await store.labelNames({ matcherSets: [], start: NOW - DAY_MS, end: NOW, limit: undefined })).not.toContain('old_only');
    expect(await store.labelValues('no_such_label', { matcherSets: [], ...all })).toEqual([]);
    expect((await store.series({ matcherSets: sets, start: NOW, end: NOW, limit: undefined })).map(formatLabels).sort()).toEqual([
      'q_new{__proto__x="y", zone="west"}',
      'q_new{zone="south"}',
    ]);
    expect(await store.series({ matcherSets: sets, ...all, limit: 2 })).toHaveLength(2);
  });

  it('remembers metadata', async () => {
    await store.load([
      batchOf(
        [],
        [
          ['meta_a', 'counter', 'Counts.', ''],
          ['meta_b', 'gauge', 'Says "x".', 'bytes'],
          ['meta_a', 'counter', 'Counts.', ''],
        ],
      ),
    ]);
    expect({ ...(await store.metadata('meta_a', undefined)) }).toEqual({ meta_a: [{ type: 'counter', help: 'Counts.', unit: '' }] });
    expect(Object.keys(await store.metadata(undefined, 1))).toHaveLength(1);
    expect(Object.keys(await store.metadata('none', undefined))).toEqual([]);
  });

  it('knows after a start what it knew before, from the tables alone', async () => {
    const again = await openWith({ ageMs: 0, bytes: 0 });
    expect(again.seriesCount).toBe(store.seriesCount);
    const everything = { matcherSets: [], start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY, limit: undefined };
    const texts = async (of: MetricStore): Promise<string[]> => (await of.series(everything)).map(formatLabels).sort();
    expect(await texts(again)).toEqual(await texts(store));
    expect(await read(readerOf(again), is('order'))).toEqual(await read(reader, is('order')));
    expect(await again.metadata(undefined, undefined)).toEqual(await store.metadata(undefined, undefined));
  });

  it('tells what is stored', async () => {
    const stats = await store.stats();
    expect(stats.tables.map(({ name }) => name)).toEqual(expect.arrayContaining(['samples', 'series', 'series_activity', 'metadata']));
    expect(stats.oldestSample).toBe(-5 * DAY_MS - 1);
    expect(stats.bytesPerSample).toBeGreaterThan(0);
    expect(stats.diskBytes).toBeGreaterThan(0);
    const { metrics, total } = await store.metricStorage(3);
    expect(metrics[0]).toMatchObject({ metric: 'backfill', series: 1, samples: 120 });
    expect(metrics).toHaveLength(3);
    expect(total).toBeGreaterThan(10);
    const cardinality = store.cardinality(2);
    expect(cardinality.seriesByMetric[0]).toEqual({ name: 'many', value: 30 });
    expect(cardinality.valuesByLabel[0]).toMatchObject({ name: 'i', value: 30 });
    expect(cardinality.seriesByPair).toHaveLength(2);
  });

  it('drops by age: hidden at once, gone after the next round, series too', async () => {
    const kept = await openWith({ ageMs: 30 * DAY_MS, bytes: 0 });
    const from = readerOf(kept);
    expect((await read(from, is('eons'), 0, NOW + 50 * 365 * DAY_MS))['eons']?.map(([, value]) => value)).toEqual([5, 6]);
    const late = named('defined_late');
    const undefinedBatch = batchOf(
      [40 * DAY_MS, 1].map((age, value) => ({ labels: late, at: NOW - age, value })),
      [],
      false,
    );
    await kept.load([undefinedBatch]);
    const result = await kept.enforceRetention();
    expect(result.droppedDays).toBeGreaterThan(120);
    expect(result.removedSeries).toBe(1); // the backfill
    expect((await kept.stats()).oldestSample).toBeGreaterThanOrEqual(NOW - 31 * DAY_MS);
    expect(await kept.series({ matcherSets: [is('backfill')], start: 0, end: NOW, limit: undefined })).toEqual([]);
    expect((await openWith({ ageMs: 0, bytes: 0 })).seriesCount).toBe(kept.seriesCount);
    // Of the samples that waited for their labels only the recent one is still there to be seen.
    await kept.load([batchOf([{ labels: late, at: NOW, value: 2 }])]);
    const all = readerOf(await openWith({ ageMs: 0, bytes: 0 }));
    expect((await read(all, is('defined_late'), 0))['defined_late']?.map(([, value]) => value)).toEqual([1, 2]);
    expect(await kept.enforceRetention()).toEqual({ droppedDays: 0, droppedBytes: 0, removedSeries: 0 });
    // It comes back without its labels being told again: the writer still knows it.
    await kept.load([batchOf([{ labels: named('backfill'), at: NOW, value: 1 }], [], false)]);
    expect(await read(from, is('backfill'))).toEqual({ backfill: [[NOW, 1]] });
    expect((await openWith({ ageMs: 0, bytes: 0 })).seriesCount).toBe(kept.seriesCount);
  }, 60_000);

  it('drops by size: the oldest days first, never today', async () => {
    const tight = await openWith({ ageMs: 0, bytes: 1 });
    const result = await tight.enforceRetention();
    expect(result.droppedDays).toBeGreaterThan(0);
    expect(result.droppedBytes).toBeGreaterThan(0);
    expect((await tight.stats()).oldestSample).toBeGreaterThanOrEqual(Math.floor(NOW / DAY_MS) * DAY_MS);
    expect(await read(readerOf(tight), is('order'))).toEqual(await read(reader, is('order')));
  });
});
