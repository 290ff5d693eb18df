import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { decodeMetricBatch, encodeMetricBatch, type MetricBatch } from '@atalaya/journal';
import {
  encodeLabels,
  formatLabels,
  type Hash64,
  hashBytes,
  type Labels,
  labelsOf,
  labelValue,
  ManualClock,
  type Matcher,
  silentLogger,
  systemClock,
} from '@atalaya/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEmbeddedEngine } from '../engine/embedded.ts';
import type { Engine } from '../engine/engine.ts';
import { connectReader } from '../reader/connect-reader.ts';
import { serveReader } from '../reader/serve-reader.ts';
import { DAY_MS } from './day.ts';
import { openMetricStore } from './metric-store.ts';
import type { MetricStore } from './store-interface.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const BOUNDS = { series: 1000, samples: 100_000 };

interface Sample {
  readonly labels: Labels;
  readonly at: number;
}

const named = (name: string, host: string): Labels => labelsOf({ __name__: name, host });
const is = (name: string, host?: string): Matcher[] => [
  { name: '__name__', operator: '=', value: name },
  ...(host === undefined ? [] : [{ name: 'host', operator: '=', value: host } as const]),
];

/** Samples whose value is their time, through bytes as they come out of the journal. */
function batchOf(samples: readonly Sample[]): MetricBatch {
  const hash: Hash64 = { low: 0, high: 0 };
  const forms = samples.map(({ labels }) => encodeLabels(labels));
  const fingerprints = Uint32Array.from(
    forms.flatMap((bytes) => {
      hashBytes(bytes, 0, bytes.length, 0, hash);
      return [hash.low, hash.high];
    }),
  );
  let end = 0;
  const timestamps = Float64Array.from(samples, ({ at }) => at);
  const ends = Uint32Array.from(forms, ({ length }) => (end += length));
  const series = { count: samples.length, fingerprints, ends, labels: Buffer.concat(forms) };
  const columns = { count: samples.length, fingerprints, timestamps, values: timestamps };
  return decodeMetricBatch(encodeMetricBatch({ series, samples: columns, metadata: [] }));
}

describe('deleting samples', () => {
  let folder: string;
  let engine: Engine;
  let store: MetricStore;
  const clock = new ManualClock(NOW);
  const open = (): Promise<MetricStore> => openMetricStore({ engine, clock, log: silentLogger, retention: { ageMs: 0, bytes: 0 } });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atalaya-deletion-'));
    engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
    store = await open();
  });
  afterAll(async () => {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  const times = async (matchers: readonly Matcher[], of = store): Promise<Record<string, number[]>> => {
    const { port1, port2 } = new MessageChannel();
    serveReader(of, port1);
    try {
      const question = { matchers, start: NOW - 10 * DAY_MS, end: NOW + DAY_MS };
      const set = await connectReader(port2).select(question, BOUNDS, new AbortController().signal);
      const entries = set.labels.map((labels, i): [string, number[]] => [
        labelValue(labels, 'host'),
        [...set.timestamps.subarray(set.starts[i], set.ends[i])],
      ]);
      return Object.fromEntries(entries);
    } finally {
      port1.close();
    }
  };
  const everything = { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };
  const labelQuestion = { ...everything, limit: undefined };

  test('exactly the samples of the range and the series go, at once and after a start anew', async () => {
    const samples = ['a', 'b'].flatMap((host) => [0, 1, 2, 3].map((i) => ({ labels: named('part', host), at: NOW + i })));
    await store.load([batchOf(samples)]);
    const { version } = store.changes(-1);
    expect(await store.deleteSamples({ matcherSets: [is('part', 'a')], start: NOW + 1, end: NOW + 2 })).toEqual({
      series: 1,
      removedSeries: 0,
    });
    const left = { a: [NOW, NOW + 3], b: [NOW, NOW + 1, NOW + 2, NOW + 3] };
    expect(await times(is('part'))).toEqual(left);
    // What was computed before from samples since then is not to be trusted.
    expect(store.changes(version).oldest).toBe(NOW + 1);
    expect(await times(is('part'), await open())).toEqual(left);
    await store.purgeDeleted();
    expect(await times(is('part'))).toEqual(left);
    expect((await store.stats()).samples).toBe(6);
  });

  test('a series of which nothing is left is in no answer about labels, and comes back with a new sample', async () => {
    const gone = named('gone', 'a');
    await store.load([
      batchOf([
        { labels: gone, at: NOW - DAY_MS },
        { labels: gone, at: NOW },
        { labels: named('stays', 'a'), at: NOW },
      ]),
    ]);
    expect(await store.deleteSamples({ matcherSets: [is('gone'), is('nothing')], ...everything })).toEqual({ series: 1, removedSeries: 1 });
    for (const each of [store, await open()]) {
      expect(await each.series({ matcherSets: [is('gone')], ...labelQuestion })).toEqual([]);
      expect(await each.labelValues('__name__', { matcherSets: [], ...labelQuestion })).not.toContain('gone');
      expect(each.cardinality(100).seriesByMetric.map(({ name }) => name)).not.toContain('gone');
    }
    await store.load([batchOf([{ labels: gone, at: NOW + 5 }])]);
    for (const each of [store, await open()]) {
      expect(await times(is('gone'), each)).toEqual({ a: [NOW + 5] });
      expect((await each.series({ matcherSets: [is('gone')], ...labelQuestion })).map(formatLabels)).toEqual(['gone{host="a"}']);
    }
  });

  test('what was taken in but not loaded stays, and keeps its series', async () => {
    const labels = named('tail', 'a');
    await store.load([batchOf([{ labels, at: NOW }])]);
    const late = batchOf([{ labels, at: NOW + 1 }]);
    store.take(late);
    expect(await store.deleteSamples({ matcherSets: [is('tail')], ...everything })).toEqual({ series: 1, removedSeries: 0 });
    expect(await times(is('tail'))).toEqual({ a: [NOW + 1] });
    await store.load([late]);
    expect(await times(is('tail'))).toEqual({ a: [NOW + 1] });
  });

  test('a snapshot is a data folder of its own, and later changes do not reach it', async () => {
    const snapshot = join(folder, 'snapshot');
    await store.load([batchOf([{ labels: named('kept', 'a'), at: NOW }])]);
    const before = await times(is('kept'));
    const inserting = store.load([batchOf([{ labels: named('kept', 'b'), at: NOW }])]);
    await store.snapshot(join(folder, 'engine'), snapshot);
    await inserting;
    await store.deleteSamples({ matcherSets: [is('kept')], ...everything });
    await store.purgeDeleted();
    expect(await times(is('kept'))).toEqual({});
    await expect(store.snapshot(join(folder, 'engine'), snapshot)).rejects.toThrow('EEXIST');
    // Of one process only one engine folder can be open: the copy takes the place of the first.
    await engine.close();
    await rm(join(folder, 'engine'), { recursive: true });
    await rename(snapshot, join(folder, 'engine'));
    engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
    store = await open();
    expect(await times(is('kept'))).toEqual({ ...before, b: [NOW] });
    expect(store.damagedParts).toBe(0);
    await store.load([batchOf([{ labels: named('kept', 'a'), at: NOW + 1 }])]);
    expect(await times(is('kept', 'a'))).toEqual({ a: [NOW, NOW + 1] });
  });
});
