import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeMetricBatch, encodeMetricBatch, type MetricBatch } from '@atalaya/journal';
import {
  encodeLabels,
  formatLabels,
  type Hash64,
  hashBytes,
  type Labels,
  labelsOf,
  ManualClock,
  silentLogger,
  systemClock,
} from '@atalaya/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEmbeddedEngine } from '../engine/embedded.ts';
import type { Engine } from '../engine/engine.ts';
import { DAY_MS } from '../metrics/day.ts';
import { openMetricStore } from '../metrics/metric-store.ts';
import type { MetricStore } from '../metrics/store-interface.ts';

const NOW = Date.UTC(2026, 5, 15, 12);
const CALLS = labelsOf({ __name__: 'calls_total', job: 'cart' });
const OTHER = labelsOf({ __name__: 'calls_total', job: 'pay' });

interface GivenExemplar {
  readonly series: Labels;
  readonly trace: string;
  readonly at: number;
  readonly value?: number;
}

/** Exemplars with the definitions of their series, through bytes as they come out of the journal. */
function batchOf(given: readonly GivenExemplar[], defined = true): MetricBatch {
  const hash: Hash64 = { low: 0, high: 0 };
  const fingerprintsOf = (forms: readonly Uint8Array[]): Uint32Array =>
    Uint32Array.from(
      forms.flatMap((bytes) => {
        hashBytes(bytes, 0, bytes.length, 0, hash);
        return [hash.low, hash.high];
      }),
    );
  const endsOf = (forms: readonly Uint8Array[]): Uint32Array => {
    let end = 0;
    return Uint32Array.from(forms, ({ length }) => (end += length));
  };
  const forms = given.map(({ series }) => encodeLabels(series));
  const labels = given.map(({ trace }) => encodeLabels(labelsOf({ trace_id: trace })));
  const none = { count: 0, fingerprints: new Uint32Array(), ends: new Uint32Array(), labels: new Uint8Array() };
  return decodeMetricBatch(
    encodeMetricBatch({
      series: defined
        ? { count: forms.length, fingerprints: fingerprintsOf(forms), ends: endsOf(forms), labels: Buffer.concat(forms) }
        : none,
      samples: {
        count: defined ? forms.length : 0,
        fingerprints: fingerprintsOf(forms),
        timestamps: Float64Array.from(given, ({ at }) => at),
        values: Float64Array.from(given, () => 1),
      },
      exemplars: {
        count: given.length,
        fingerprints: fingerprintsOf(forms),
        timestamps: Float64Array.from(given, ({ at }) => at),
        values: Float64Array.from(given, ({ value }) => value ?? 0.5),
        ends: endsOf(labels),
        labels: Buffer.concat(labels),
      },
      metadata: [],
    }),
  );
}

let folder: string;
let engine: Engine;
let store: MetricStore;
const clock = new ManualClock(NOW);
const open = (ageMs = 0): Promise<MetricStore> => openMetricStore({ engine, clock, log: silentLogger, retention: { ageMs, bytes: 0 } });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-exemplars-'));
  engine = await openEmbeddedEngine({ dataDir: folder, memoryBytes: 600_000_000, clock: systemClock });
  store = await open();
});
afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

async function found({ of = store, name = 'calls_total', most = 1000, start = 0, end = NOW + DAY_MS } = {}): Promise<
  Record<string, string[]>
> {
  const matcherSets = [[{ name: '__name__', operator: '=' as const, value: name }]];
  const { series } = await of.exemplars({ matcherSets, start, end, most });
  return Object.fromEntries(
    series.map(({ seriesLabels, exemplars }) => [
      formatLabels(seriesLabels),
      exemplars.map(({ labels, value, timestamp }) => `${labels.join('=')} ${value} @${timestamp - NOW}`),
    ]),
  );
}

test('exemplars are found by their series and time, from the moment they are taken in', async () => {
  const first = batchOf([
    { series: CALLS, trace: 'a', at: NOW },
    { series: OTHER, trace: 'b', at: NOW + 1 },
  ]);
  const second = batchOf([{ series: CALLS, trace: 'c', at: NOW + 5, value: 2 }]);
  const all = {
    'calls_total{job="cart"}': ['trace_id=a 0.5 @0', 'trace_id=c 2 @5'],
    'calls_total{job="pay"}': ['trace_id=b 0.5 @1'],
  };
  store.take(first);
  store.take(second);
  expect(await found()).toEqual(all);
  await store.load([first]);
  expect(await found()).toEqual(all);
  await store.load([second]);
  expect(await found()).toEqual(all);
  expect(await found({ start: NOW + 1, end: NOW + 4 })).toEqual({ 'calls_total{job="pay"}': ['trace_id=b 0.5 @1'] });
  expect(await found({ name: 'up' })).toEqual({});
  expect(await found({ of: await open() })).toEqual(all);
});

test('an exemplar that is loaded again is told once', async () => {
  const batch = batchOf([{ series: CALLS, trace: 'a', at: NOW }]);
  await store.load([batch]);
  await store.load([batchOf([{ series: CALLS, trace: 'a', at: NOW }])]);
  expect(await found()).toEqual({ 'calls_total{job="cart"}': ['trace_id=a 0.5 @0'] });
});

test('of one moment there may be several', async () => {
  await store.load([
    batchOf([
      { series: CALLS, trace: 'a', at: NOW },
      { series: CALLS, trace: 'b', at: NOW },
      { series: CALLS, trace: 'a', at: NOW, value: NaN },
    ]),
  ]);
  expect((await found())['calls_total{job="cart"}']?.sort()).toEqual(['trace_id=a 0.5 @0', 'trace_id=a NaN @0', 'trace_id=b 0.5 @0']);
});

test('of more than may be told every so many-th is', async () => {
  await store.load([batchOf(Array.from({ length: 400 }, (_, i) => ({ series: CALLS, trace: `t${i}`, at: NOW + i })))]);
  const matcherSets = [[{ name: '__name__', operator: '=' as const, value: 'calls_total' }]];
  const { series, oneOf } = await store.exemplars({ matcherSets, start: 0, end: NOW + DAY_MS, most: 100 });
  expect(oneOf).toBe(4);
  const told = series[0]?.exemplars.length ?? 0;
  expect(told).toBeGreaterThan(40);
  expect(told).toBeLessThan(200);
});

test('exemplars of series that nobody has defined are passed over', async () => {
  const batch = batchOf([{ series: CALLS, trace: 'a', at: NOW }], false);
  store.take(batch);
  expect(await found()).toEqual({});
  await store.load([batch]);
  expect(await found()).toEqual({});
});

test('exemplars go with the samples of their series', async () => {
  const old = NOW - 10 * DAY_MS;
  await store.load([
    batchOf([
      { series: CALLS, trace: 'a', at: NOW },
      { series: CALLS, trace: 'old', at: old },
      { series: OTHER, trace: 'b', at: NOW },
    ]),
  ]);
  await store.deleteSamples({ matcherSets: [[{ name: 'job', operator: '=', value: 'pay' }]], start: 0, end: NOW + 1 });
  expect(await found()).toEqual({ 'calls_total{job="cart"}': [`trace_id=old 0.5 @${old - NOW}`, 'trace_id=a 0.5 @0'] });
  const aged = await open(DAY_MS);
  expect(await found({ of: aged })).toEqual({ 'calls_total{job="cart"}': ['trace_id=a 0.5 @0'] });
  expect((await aged.enforceRetention()).droppedDays).toBe(1);
  expect(await found()).toEqual({ 'calls_total{job="cart"}': ['trace_id=a 0.5 @0'] });
});
