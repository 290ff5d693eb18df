import type { MetricBatch } from '@atalaya/journal';
import { encodeLabels, type Hash64, hashBytes, isStaleAt, ManualClock, writeStaleMarker } from '@atalaya/model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { HistogramTable } from '../histograms/histogram-table.ts';
import { resolveSlots, sampleColumns } from '../metrics/batch-columns.ts';
import { decodeSelection } from '../metrics/decode.ts';
import { select, type SelectionSources } from '../metrics/selection.ts';
import { Tail, type TailBatch } from '../metrics/tail.ts';
import { SeriesIndex } from '../series-index/series-index.ts';
import { FakeTables } from './fake-tables.ts';
import { HotCache } from './hot-selection.ts';
import { MAY_DECREASE, MAY_HOLD_STALE } from './hot-series.ts';

const SERIES = 5;
const NOW = 10_000_000;
const KIB = 1024;
const BOUNDS = { series: 100, samples: 100_000 };
const STALE = 'stale';

type Value = number | typeof STALE;
interface Sample {
  readonly series: number;
  readonly time: number;
  readonly value: Value;
}
/** What each series holds: values by time. */
type Model = ReadonlyMap<number, Value>[];

/** A store in small: what `take`, `load` and `read` do of it, over tables that answer when they are told to. */
class SmallStore {
  readonly index = new SeriesIndex();
  readonly tail = new Tail();
  readonly clock = new ManualClock(NOW);
  readonly tables: FakeTables;
  readonly hot: HotCache;
  readonly sources: SelectionSources;
  readonly #fingerprints: Hash64[] = [];
  #waiting: TailBatch[] = [];
  /** All states that there were. */
  readonly states: Model[] = [Array.from({ length: SERIES }, () => new Map())];

  constructor(cacheBytes: number, pause: () => Promise<unknown> = () => Promise.resolve(), first: (choices: number) => number = () => 0) {
    this.tables = new FakeTables(pause, first);
    const engine = this.tables.engine as Engine;
    this.sources = { engine, index: this.index, tail: this.tail, histograms: new HistogramTable(engine, this.index) };
    this.hot = new HotCache(cacheBytes, this.sources, this.clock);
    for (let series = 0; series < SERIES; series++) {
      const labels = encodeLabels(['series', String(series)]);
      const hash: Hash64 = { low: 0, high: 0 };
      hashBytes(labels, 0, labels.length, 0, hash);
      this.#fingerprints.push(hash);
      this.index.begin();
      this.index.labelsOf(labels, 0, labels.length);
      expect(this.index.commit(hash.low, hash.high)).toBe('new');
    }
  }

  get state(): Model {
    return this.states.at(-1) as Model;
  }

  take(samples: readonly Sample[]): void {
    const values = new Float64Array(samples.length);
    samples.forEach(({ value }, i) => (value === STALE ? writeStaleMarker(values, i) : (values[i] = value)));
    const batch: MetricBatch = {
      series: { count: 0, fingerprints: new Uint32Array(0), ends: new Uint32Array(0), labels: new Uint8Array(0) },
      samples: {
        count: samples.length,
        fingerprints: Uint32Array.from(
          samples.flatMap(({ series }) => [this.#fingerprints[series]!.low, this.#fingerprints[series]!.high]),
        ),
        timestamps: Float64Array.from(samples, ({ time }) => time),
        values,
      },
      metadata: [],
    };
    const { slots } = resolveSlots(batch, this.index, new Set(), () => undefined);
    this.#waiting.push(this.tail.add({ batch, slots, histogramSlots: new Uint32Array(0), undefined: 0, removals: 0 }));
    this.hot.take(slots, batch.samples.timestamps, batch.samples.values);
    const next = this.state.map((series) => new Map(series));
    for (const { series, time, value } of samples) next[series]!.set(time, value);
    this.states.push(next);
  }

  async load(): Promise<void> {
    const batches = this.#waiting;
    this.#waiting = [];
    await this.sources.engine.insert('samples', sampleColumns(batches, this.index).block);
    this.tail.inserted(batches);
  }

  /** What a selection answers, and its lease, if it lies in the arena. */
  async read(series: readonly number[], start: number, end: number): Promise<{ answer: Model; view: () => Model; lease?: number }> {
    const slots = this.index.keepActive(Uint32Array.from(series), 0, 1);
    const matched = { slots, start, end };
    const hot = await this.hot.select(matched, { keep: true, bounds: BOUNDS, limits: {}, signal: undefined });
    if (hot === undefined) {
      const raw = await select(this.sources, matched, BOUNDS, {}, undefined);
      const { offsets, timestamps, values, conflicts } = decodeSelection(raw);
      expect(conflicts.length === 0 || raw !== undefined).toBe(true);
      const answer = columnsOf(raw.slots, offsets, offsets.subarray(1), timestamps, values);
      return { answer, view: () => answer };
    }
    const { timestamps, values } = this.hot.arena;
    hot.slots.forEach((_, i) => checkFlags(values, hot.starts[i]!, hot.ends[i]!, hot.flags[i]!));
    const view = (): Model => columnsOf(hot.slots, hot.starts, hot.ends, timestamps, values);
    return { answer: view(), view, lease: hot.lease };
  }
}

function columnsOf(slots: Uint32Array, starts: Uint32Array, ends: Uint32Array, timestamps: Float64Array, values: Float64Array): Model {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const model: Map<number, Value>[] = Array.from({ length: SERIES }, () => new Map());
  slots.forEach((slot, i) => {
    let before = -Infinity;
    for (let at = starts[i]!; at < ends[i]!; at++) {
      expect(timestamps[at]).toBeGreaterThan(before);
      before = timestamps[at]!;
      model[slot]!.set(before, isStaleAt(words, at) ? STALE : values[at]!);
    }
  });
  return model;
}

/** A flag that is not set promises something. */
function checkFlags(values: Float64Array, start: number, end: number, flags: number): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  for (let at = start; at < end; at++) {
    expect(isStaleAt(words, at) && (flags & MAY_HOLD_STALE) === 0).toBe(false);
    expect(Number.isNaN(values[at]) && (flags & MAY_DECREASE) === 0).toBe(false);
    expect(at > start && values[at]! < values[at - 1]! && (flags & MAY_DECREASE) === 0).toBe(false);
  }
}

/** The part of a state that a question is about. */
function within(state: Model, series: readonly number[], start: number, end: number): Model {
  return state.map(
    (samples, i) => new Map([...samples].filter(([time]) => series.includes(i) && time >= start && time <= end).sort(byTime)),
  );
}
const byTime = ([a]: [number, Value], [b]: [number, Value]): number => a - b;
const ALL = Array.from({ length: SERIES }, (_, i) => i);

/** Regular samples of a series. */
const regular = (series: number, from: number, count: number, value = 0): Sample[] =>
  Array.from({ length: count }, (_, i) => ({ series, time: from + i * 1000, value: value + i }));

it('reads a selection once; later ones, within it or up to now, find it and what came since', async () => {
  const store = new SmallStore(256 * KIB);
  store.take(ALL.flatMap((series) => regular(series, NOW - 600_000, 600)));
  await store.load();
  const first = await store.read([0, 1, 2], NOW - 300_000, NOW);
  expect(first.answer).toEqual(within(store.state, [0, 1, 2], NOW - 300_000, NOW));
  const { queries } = store.tables;
  store.take(ALL.map((series) => ({ series, time: NOW + 1000, value: 1 })));
  for (const [start, end] of [
    [NOW - 300_000, NOW + 1000],
    [NOW - 299_500, NOW - 1],
    [NOW, NOW],
    [NOW + 5000, NOW + 9000],
  ] as const) {
    expect((await store.read([2, 1], start, end)).answer).toEqual(within(store.state, [1, 2], start, end));
  }
  expect(store.tables.queries).toBe(queries);
  expect(store.hot.stats).toMatchObject({ series: 3, misses: 3, hits: 8 });
});

it('lets nothing change under a reader, whatever comes in meanwhile', async () => {
  const store = new SmallStore(64 * KIB);
  store.take(regular(0, NOW - 100_000, 100));
  await store.load();
  const { answer, view, lease } = await store.read([0], NOW - 100_000, NOW);
  // One in between, another value for a time that is there, and so many that the series has to move, more than once.
  store.take([{ series: 0, time: NOW - 50_500, value: -1 }]);
  store.take([{ series: 0, time: NOW - 50_000, value: -2 }]);
  const second = await store.read([0], NOW - 100_000, NOW);
  store.take(regular(0, NOW + 1000, 700));
  store.take(regular(1, NOW - 700_000, 700));
  await store.load();
  const others = await store.read([1], NOW - 700_000, NOW);
  expect(view()).toEqual(answer);
  expect(second.view()).toEqual(second.answer);
  expect(others.answer).toEqual(within(store.state, [1], NOW - 700_000, NOW));
  for (const { lease: of } of [{ lease }, second, others]) if (of !== undefined) store.hot.endLease(of);
  expect((await store.read([0], NOW - 100_000, NOW)).answer).toEqual(within(store.state, [0], NOW - 100_000, NOW));
});

it('goes to the tables when a selection is too large to be kept, and drops what is not used for what is', async () => {
  const store = new SmallStore(32 * KIB);
  store.take(ALL.flatMap((series) => regular(series, NOW - 400_000, 400)));
  await store.load();
  const all = await store.read(ALL, NOW - 400_000, NOW);
  expect(all.lease).toBeUndefined();
  expect(all.answer).toEqual(within(store.state, ALL, NOW - 400_000, NOW));
  for (const series of [0, 1, 2, 3, 4, 0]) {
    const { answer, lease } = await store.read([series], NOW - 400_000, NOW);
    expect(answer).toEqual(within(store.state, [series], NOW - 400_000, NOW));
    store.hot.endLease(lease as number);
  }
  expect(store.hot.stats.evictions).toBeGreaterThan(0);
  expect(store.hot.stats.usedBytes).toBeLessThanOrEqual(32 * KIB);
});

it('leaves the past behind when it grows and nobody asks for it any more', async () => {
  const store = new SmallStore(256 * KIB);
  store.take(regular(0, NOW - 1_000_000, 1000));
  await store.load();
  store.hot.endLease((await store.read([0], NOW - 1_000_000, NOW)).lease as number);
  for (let minute = 1; minute < 200; minute++) {
    store.take(regular(0, NOW + minute * 60_000, 60));
    const now = NOW + minute * 60_000 + 59_000;
    const { answer, lease } = await store.read([0], now - 300_000, now);
    expect(answer).toEqual(within(store.state, [0], now - 300_000, now));
    store.hot.endLease(lease as number);
  }
  expect(store.hot.stats.usedBytes).toBeLessThan(64 * KIB);
  await store.load();
  expect((await store.read([0], NOW - 1_000_000, NOW)).answer).toEqual(within(store.state, [0], NOW - 1_000_000, NOW));
});

it('finds out which of several values was written last, before merges do', async () => {
  const store = new SmallStore(256 * KIB, undefined, (choices) => choices - 1);
  for (const value of [3, 1, 2]) {
    store.take([{ series: 0, time: NOW, value }]);
    store.take(regular(1, NOW - 2000, 3, value));
    await store.load();
  }
  expect((await store.read([0, 1], NOW - 5000, NOW)).answer).toEqual(within(store.state, [0, 1], NOW - 5000, NOW));
});

it('tells when a selection holds more samples than allowed', async () => {
  const store = new SmallStore(256 * KIB);
  store.take(regular(0, NOW - 100_000, 100));
  const matched = { slots: Uint32Array.of(0), start: NOW - 100_000, end: NOW };
  const ask = (samples: number): Promise<unknown> =>
    store.hot.select(matched, { keep: true, bounds: { series: 1, samples }, limits: {}, signal: undefined });
  expect(await ask(100)).toBeDefined();
  await expect(ask(99)).rejects.toMatchObject({ code: 'QUERY_LIMIT', details: { setting: 'query.samples', limit: 99 } });
});

it('stops waiting for the read of another selection when nobody wants the answer any more', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const store = new SmallStore(256 * KIB, () => promise);
  store.take(regular(0, NOW - 100_000, 100));
  const reading = store.read([0], NOW - 100_000, NOW);
  const aborter = new AbortController();
  const matched = { slots: Uint32Array.of(0), start: NOW - 100_000, end: NOW };
  const waiting = store.hot.select(matched, { keep: true, bounds: BOUNDS, limits: {}, signal: aborter.signal });
  aborter.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'QUERY_CANCELED' });
  resolve();
  expect((await reading).answer).toEqual(within(store.state, [0], NOW - 100_000, NOW));
});

it('answers in any order of events as the state of one moment since the question', async () => {
  const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constant(NaN), fc.constant<Value>(STALE));
  const series = fc.integer({ min: 0, max: SERIES - 1 });
  const time = fc.integer({ min: 0, max: 20 }).map((step) => NOW - 600_000 + step * 30_000);
  const taken = fc.array(fc.record({ series, time, value }), { minLength: 1, maxLength: 12 });
  /** Many in a row, so that regions are outgrown. */
  const many = fc.tuple(series, time).map(([of, from]) => regular(of, from + 1, 90));
  const range = fc.tuple(time, time).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
  const action = fc.oneof(
    { weight: 5, arbitrary: fc.record({ take: taken }) },
    { weight: 1, arbitrary: fc.record({ take: many }) },
    { weight: 3, arbitrary: fc.record({ load: fc.constant(true) }) },
    { weight: 6, arbitrary: fc.record({ read: fc.uniqueArray(series, { minLength: 1 }), range }) },
    { weight: 2, arbitrary: fc.record({ release: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ invalidate: fc.option(series, { nil: undefined }) }) },
    { weight: 3, arbitrary: fc.record({ settle: fc.constant(true) }) },
  );
  const cacheBytes = fc.constantFrom(8 * KIB, 16 * KIB, 64 * KIB);
  const property = fc.asyncProperty(
    fc.scheduler(),
    cacheBytes,
    fc.array(action, { maxLength: 60 }),
    fc.infiniteStream(fc.nat(7)),
    fc.boolean(),
    async (s, bytes, actions, turns, late) => {
      const store = new SmallStore(
        bytes,
        () => s.schedule(Promise.resolve()),
        (choices) => (turns.next().value as number) % choices,
      );
      // Long after the samples, what is read ends where the question does.
      if (late) await store.clock.advance(5 * 3_600_000);
      // Which series match is decided when a question comes: all do.
      store.take(ALL.map((of) => ({ series: of, time: NOW - 1_000_000, value: 0 })));
      const open: { readonly view: () => Model; readonly answer: Model; readonly lease?: number }[] = [];
      const running: Promise<void>[] = [];
      /** What could be seen at the end of leases, and what the answers had been. */
      const views: [Model, Model][] = [];
      let loading = Promise.resolve();
      const read = async (of: readonly number[], start: number, end: number): Promise<void> => {
        const first = store.states.length - 1;
        const found = await store.read(of, start, end);
        const possible = store.states.slice(first).map((state) => within(state, of, start, end));
        // Outside of the arena differing values for one time may still be told in any order.
        const told = (state: Model): unknown => (found.lease === undefined ? times(state) : state);
        expect(possible.map(told)).toContainEqual(told(found.answer));
        open.push(found);
      };
      for (const action of actions) {
        if ('take' in action) store.take(action.take);
        else if ('load' in action) running.push((loading = loading.then(() => store.load())));
        else if ('read' in action) running.push(read(action.read, action.range.start, action.range.end));
        else if ('invalidate' in action) store.hot.invalidate(action.invalidate === undefined ? undefined : [action.invalidate]);
        else if ('settle' in action) await s.waitNext(Math.min(2, s.count()));
        else if (open.length > 0) {
          const [{ view, answer, lease }] = open.splice(action.release % open.length, 1) as [(typeof open)[0]];
          views.push([view(), answer]);
          if (lease !== undefined) store.hot.endLease(lease);
        }
      }
      for (const [seen, answer] of views) expect(seen).toEqual(answer);
      await s.waitIdle();
      await Promise.all(running);
      for (const { view, answer, lease } of open) {
        expect(view()).toEqual(answer);
        if (lease !== undefined) store.hot.endLease(lease);
      }
      expect(store.hot.arena.leased).toBe(false);
      store.hot.invalidate();
      expect(store.hot.arena.used).toBe(0);
    },
  );
  await fc.assert(property, { numRuns: 1000 });
}, 60_000);

const times = (model: Model): number[][] => model.map((samples) => [...samples.keys()]);
