/**
 * The data that both programs answer over: always the same, with what real data has: counters that are reset, gauges, gaps, series
 * that end with a stale marker and come back, series that begin late, NaN and infinities, classic histograms.
 */

import type { TestSample, TestSeries } from '@atalaya/receive/testing';

/** When the data begins: 2026-01-15T00:00:00Z, in milliseconds. */
export const BEGIN = Date.UTC(2026, 0, 15);
/** Distance of samples, and how many each series has. */
const INTERVAL_MS = 15_000;
const COUNT = 400;

const STALE = 0x7ff0000000000002n;

/** A value for each sample; `undefined` where there is none. */
type Shape = (index: number) => number | 'stale' | undefined;

/** Evenly distributed numbers from 0 to 1, the same on every run (Mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Grows by up to `pace` a sample, and begins anew wherever `resets` says so. */
function counter(seed: number, pace: number, whole: boolean, resets: (index: number) => boolean = () => false): Shape {
  const random = randomNumbers(seed);
  let value = 1000 * pace;
  const values = Array.from({ length: COUNT }, (_, index) => {
    value = resets(index) ? 0 : value + random() * pace;
    return whole ? Math.round(value) : value;
  });
  return (index) => values[index];
}

/** Moves up and down around a level. */
function gauge(seed: number, level: number, swing: number): Shape {
  const random = randomNumbers(seed);
  const values = Array.from({ length: COUNT }, (_, index) => level + swing * Math.sin(index / 20) + swing * (random() - 0.5));
  return (index) => values[index];
}

/** The shape, but for some samples. */
function except(shape: Shape, at: (index: number) => boolean, instead: number | 'stale' | undefined): Shape {
  return (index) => (at(index) ? instead : shape(index));
}

const between = (from: number, to: number) => (index: number) => index >= from && index < to;

function* shapes(): Generator<[Record<string, string>, Shape]> {
  let seed = 0;
  for (const job of ['api', 'web']) {
    for (const instance of ['a', 'b', 'c']) {
      yield [{ __name__: 'up', job, instance }, (index) => (seed % 4 === 0 && index % 37 === 0 ? 0 : 1)];
      for (const code of ['200', '404', '500']) {
        const resets = instance === 'b' ? (index: number) => index % 97 === 50 : () => false;
        let shape = counter(++seed, code === '200' ? 50 : 3, true, resets);
        if (instance === 'c') shape = except(shape, between(0, 120), undefined);
        if (code === '404') shape = except(shape, between(200, 235), undefined);
        if (job === 'web' && code === '500') shape = except(except(shape, between(261, 300), undefined), (index) => index === 260, 'stale');
        yield [{ __name__: 'requests_total', job, instance, code }, shape];
      }
      if (instance === 'c') continue;
      const buckets = ['0.1', '0.5', '1', '2.5', '+Inf'].map((le, rank) => ({ le, shape: counter(++seed, rank === 4 ? 1 : 4, true) }));
      for (const [rank, { le }] of buckets.entries()) {
        const sum: Shape = (index) => buckets.slice(0, rank + 1).reduce((total, bucket) => total + Number(bucket.shape(index)), 0);
        yield [{ __name__: 'latency_seconds_bucket', job, instance, le }, sum];
        if (le === '+Inf') yield [{ __name__: 'latency_seconds_count', job, instance }, sum];
      }
      yield [{ __name__: 'latency_seconds_sum', job, instance }, counter(++seed, 7, false)];
    }
  }
  for (const instance of ['a', 'b', 'c']) {
    for (const mode of ['idle', 'user']) yield [{ __name__: 'cpu_seconds_total', instance, mode }, counter(++seed, 15, false)];
    yield [{ __name__: 'memory_bytes', job: 'api', instance }, gauge(++seed, 4e9, 5e8)];
    yield [{ __name__: 'build_info', job: 'api', instance, version: instance === 'a' ? '1.2' : '1.10' }, () => 1];
    yield [{ __name__: 'limit', job: 'api', instance, owner: `team-${instance}` }, () => 5e9];
  }
  for (const room of ['attic', 'cellar', 'hall']) yield [{ __name__: 'temperature', room }, gauge(++seed, room === 'attic' ? -3 : 18, 6)];
  yield [{ __name__: 'temperature', room: 'odd' }, (index) => [1, NaN, Infinity, -2.5, -Infinity, 0, 7][Math.floor(index / 9) % 7]];
  yield [{ __name__: 'broken', room: 'odd' }, except(gauge(++seed, 10, 3), (index) => index % 11 === 0, NaN)];
  yield [{ __name__: 'flat' }, () => 5];
  yield [{ __name__: 'moments' }, (index) => 1_700_000_000 + index * 54_321];
  // It began less than one distance of samples before its first sample.
  yield [{ __name__: 'young_total' }, (index) => (index < 300 ? undefined : 4 + 5 * (index - 300))];
}

/** Every series with its samples. No sample lies on a whole second, so that none lies on the border of a window. */
export function dataset(): TestSeries[] {
  return [...shapes()].map(([labels, shape], number) => {
    const samples: TestSample[] = [];
    for (let index = 0; index < COUNT; index++) {
      const value = shape(index);
      if (value === undefined) continue;
      const timestamp = BEGIN + index * INTERVAL_MS + 123 + number * 7;
      samples.push(value === 'stale' ? { timestamp, bits: STALE } : { timestamp, value });
    }
    return {
      labels: Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flat(),
      samples,
    };
  });
}
