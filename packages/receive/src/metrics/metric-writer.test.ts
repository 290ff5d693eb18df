import { labelsOf, ManualClock } from '@atalaya/model';
import { expect, test } from 'vitest';
import type { MetricAppender, SeriesRef } from '../metric-writer.ts';
import { createMetricWriter } from './create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS, type MetricLimits } from './limits.ts';
import { LAST_SUCCESS, OUTCOMES } from './raw-series.ts';
import { JOURNAL_IS_FULL, RecordingJournal } from './recording-journal.ts';

const NOW = Date.UTC(2026, 0, 15);
const HOUR = 3_600_000;
const UP = labelsOf({ __name__: 'up', job: 'node' });

function setUp(limits: Partial<MetricLimits> = {}) {
  const journal = new RecordingJournal();
  const clock = new ManualClock(NOW);
  const writer = createMetricWriter({ journal, clock, limits: { ...DEFAULT_METRIC_LIMITS, ...limits } });
  return { journal, clock, writer };
}

function refOf(appender: MetricAppender, labels = UP): SeriesRef {
  const ref = appender.series(labels);
  if (typeof ref === 'string') throw new Error(`refused: ${ref}`);
  return ref;
}

test('a new series is defined in the first record that uses it and only there', async () => {
  const { journal, writer } = setUp();
  const first = writer.appender();
  const ref = refOf(first);
  expect(first.sample(ref, NOW, 1)).toBe('written');
  expect(first.pending).toBe(1);
  await first.commit();
  const second = writer.appender();
  expect(second.series(UP)).toBe(ref);
  second.sample(ref, NOW + 1000, 2);
  await second.commit();

  expect(journal.definitions(0)).toEqual([UP]);
  expect(journal.definitions(1)).toEqual([]);
  expect(journal.rows).toEqual([1, 1]);
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW]: 1, [NOW + 1000]: 2 } });
  expect(writer.stats()).toMatchObject({ activeSeries: 1, seriesCreated: 1, samplesWritten: 2 });
});

test('after a failed record the definition is sent again', async () => {
  const { journal, writer } = setUp();
  const appender = writer.appender();
  const ref = refOf(appender);
  appender.sample(ref, NOW, 1);
  journal.fail = JOURNAL_IS_FULL;
  await expect(appender.commit()).rejects.toBe(JOURNAL_IS_FULL);
  expect(writer.stats().samplesWritten).toBe(0);
  journal.fail = undefined;
  appender.sample(ref, NOW + 1000, 2);
  await appender.commit();
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW + 1000]: 2 } });
});

test('every record under way carries the definition until one of them is on disk', async () => {
  const { journal, writer } = setUp();
  journal.hold = true;
  const one = writer.appender();
  const ref = refOf(one);
  one.sample(ref, NOW, 1);
  const two = writer.appender();
  two.sample(ref, NOW + 1000, 2);
  const failing = one.commit();
  const succeeding = two.commit();
  journal.settle(JOURNAL_IS_FULL);
  await expect(failing).rejects.toBe(JOURNAL_IS_FULL);
  journal.settle();
  await succeeding;
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW + 1000]: 2 } });

  journal.hold = false;
  const three = writer.appender();
  three.sample(ref, NOW + 2000, 3);
  await three.commit();
  expect(journal.definitions(1)).toEqual([]);
});

test('the same sample again is a success that writes nothing', async () => {
  const { journal, writer } = setUp();
  const appender = writer.appender();
  const ref = refOf(appender);
  expect(appender.sample(ref, NOW, 1)).toBe('written');
  expect(appender.sample(ref, NOW, 1)).toBe('same');
  await appender.commit();
  expect(appender.sample(ref, NOW, 1)).toBe('same');
  expect(appender.pending).toBe(0);
  await appender.commit();
  expect(journal.batches).toHaveLength(1);
  expect(appender.sample(ref, NOW, 2)).toBe('duplicate_timestamp');
  expect(writer.stats().rejected.duplicate_timestamp).toBe(1);
});

test('the same sample after a failed record is written, and another value for its time too', async () => {
  const { journal, writer } = setUp();
  const appender = writer.appender();
  const ref = refOf(appender);
  const other = refOf(appender, labelsOf({ __name__: 'other' }));
  appender.sample(ref, NOW, 1);
  appender.sample(other, NOW, 1);
  journal.fail = JOURNAL_IS_FULL;
  await expect(appender.commit()).rejects.toBe(JOURNAL_IS_FULL);
  journal.fail = undefined;
  expect(appender.sample(ref, NOW, 1)).toBe('written');
  expect(appender.sample(other, NOW, 5)).toBe('written');
  await appender.commit();
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW]: 1 }, other: { [NOW]: 5 } });
});

test('a repetition while the first is under way is written too; another value is refused', async () => {
  const { journal, writer } = setUp();
  journal.hold = true;
  const first = writer.appender();
  const ref = refOf(first);
  first.sample(ref, NOW, 1);
  const committing = first.commit();
  const retry = writer.appender();
  expect(retry.sample(ref, NOW, 2)).toBe('duplicate_timestamp');
  expect(retry.sample(ref, NOW, 1)).toBe('written');
  const retrying = retry.commit();
  journal.settle(JOURNAL_IS_FULL);
  await expect(committing).rejects.toBe(JOURNAL_IS_FULL);
  journal.settle();
  await retrying;
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW]: 1 } });
  expect(writer.appender().sample(ref, NOW, 1)).toBe('same');
});

test('what was discarded, or collected and never committed, makes nothing a repetition', async () => {
  const { journal, writer } = setUp();
  const discarded = writer.appender();
  const ref = refOf(discarded);
  discarded.sample(ref, NOW, 1);
  discarded.discard();
  expect(discarded.pending).toBe(0);
  await discarded.commit();
  expect(journal.batches).toHaveLength(0);

  const left = writer.appender();
  expect(left.sample(ref, NOW, 1)).toBe('written');
  const next = writer.appender();
  expect(next.sample(ref, NOW, 2)).toBe('written');
  await next.commit();
  expect(journal.stored()).toEqual({ 'up{job="node"}': { [NOW]: 2 } });
});

test('older samples are taken within the window and the retention, future ones up to the limit', () => {
  const { writer } = setUp({ outOfOrderWindowMs: HOUR, retentionMs: 24 * HOUR, maxFutureMs: 60_000 });
  const appender = writer.appender();
  const ref = refOf(appender);
  expect(appender.sample(ref, NOW, 1)).toBe('written');
  expect(appender.sample(ref, NOW - HOUR, 1)).toBe('written');
  expect(appender.sample(ref, NOW - HOUR - 1, 1)).toBe('too_old');
  expect(appender.sample(ref, NOW + 60_000, 1)).toBe('written');
  expect(appender.sample(ref, NOW + 60_001, 1)).toBe('too_far_in_future');
  expect(appender.sample(ref, NaN, 1)).toBe('too_far_in_future');
  const fresh = refOf(appender, labelsOf({ __name__: 'fresh' }));
  expect(appender.sample(fresh, NOW - 24 * HOUR - 1, 1)).toBe('too_old');
  expect(appender.sample(fresh, NOW - 24 * HOUR, 1)).toBe('written');
  expect(writer.stats().rejected).toMatchObject({ too_old: 2, too_far_in_future: 2 });
});

test('an older sample does not become the newest', async () => {
  const { writer } = setUp();
  const appender = writer.appender();
  const ref = refOf(appender);
  appender.sample(ref, NOW, 1);
  appender.sample(ref, NOW - 1000, 7);
  await appender.commit();
  expect(appender.sample(ref, NOW, 1)).toBe('same');
});

test('a stale marker and every other NaN keep their bits', async () => {
  const { journal, writer } = setUp();
  const appender = writer.rawAppender();
  const ref = refOf(appender);
  expect(appender.stale(ref, NOW)).toBe('written');
  expect(appender.stale(ref, NOW)).toBe('same');
  const outcomes = new Uint8Array(1);
  appender.append(ref, Float64Array.of(NOW + 1), Int32Array.of(0x1234, 0x7ff80001), 0, 1, outcomes);
  expect(OUTCOMES[outcomes[0] as number]).toBe('written');
  expect(outcomes[0]).toBeLessThanOrEqual(LAST_SUCCESS);
  appender.sample(ref, NOW + 2, -Infinity);
  await appender.commit();
  expect(journal.samples(0).map((sample) => sample.bits)).toEqual(['7ff0000000000002', '7ff8000100001234', 'fff0000000000000']);
});

test('at the series limit only new series are refused, and counted', () => {
  const { writer } = setUp({ series: 2 });
  const appender = writer.appender();
  const ref = refOf(appender);
  refOf(appender, labelsOf({ __name__: 'second' }));
  expect(appender.series(labelsOf({ __name__: 'third' }))).toBe('series_limit');
  expect(appender.series(UP)).toBe(ref);
  expect(appender.sample(ref, NOW, 1)).toBe('written');
  expect(writer.stats()).toMatchObject({ activeSeries: 2, seriesLimit: 2, rejected: { series_limit: 1 } });
});

test('series that nobody uses for an hour are forgotten and defined again when they come back', async () => {
  const { journal, clock, writer } = setUp({ series: 2 });
  const appender = writer.appender();
  const idle = refOf(appender, labelsOf({ __name__: 'idle' }));
  const busy = refOf(appender);
  appender.sample(idle, NOW, 1);
  appender.sample(busy, NOW, 1);
  await appender.commit();
  writer.bindKey(1, 2, idle);
  writer.bindKey(3, 4, busy);
  await clock.advance(HOUR / 2);
  appender.sample(busy, clock.now(), 2);
  await appender.commit();
  await clock.advance(HOUR / 2 + 1000);
  writer.evictIdle();

  expect(writer.stats().activeSeries).toBe(1);
  expect(writer.findKey(1, 2)).toBe(-1);
  expect(writer.findKey(3, 4)).toBe(busy);
  expect(() => appender.sample(idle, clock.now(), 1)).toThrow(/not in use/);
  const again = refOf(appender, labelsOf({ __name__: 'idle' }));
  appender.sample(again, clock.now(), 2);
  appender.sample(busy, clock.now(), 3);
  await appender.commit();
  expect(journal.definitions(2)).toEqual([labelsOf({ __name__: 'idle' })]);
  expect(journal.stored()).toMatchObject({ idle: { [NOW]: 1, [NOW + HOUR + 1000]: 2 } });
});

test('told to, every series is defined again with its next sample, and nothing else about it is forgotten', async () => {
  const { journal, writer } = setUp();
  const appender = writer.appender();
  const ref = refOf(appender);
  const other = refOf(appender, labelsOf({ __name__: 'other' }));
  const help = { type: 'gauge', help: 'Whether the target answered.', unit: '' } as const;
  const write = async (timestamp: number): Promise<void> => {
    expect(appender.sample(ref, timestamp, 1)).toBe('written');
    appender.metadata('up', help);
    await appender.commit();
  };
  appender.sample(other, NOW, 1);
  await write(NOW);
  writer.bindKey(1, 2, ref);
  writer.redefineSeries();
  expect(writer.generation).toBe(1);
  expect(writer.findKey(1, 2)).toBe(-1);

  // Who has not heard of it yet goes on writing; the labels come as soon as somebody tells them.
  await write(NOW + 1);
  expect(appender.series(UP)).toBe(ref);
  expect(appender.sample(ref, NOW + 1, 1)).toBe('same');
  await write(NOW + 2);
  await write(NOW + 3);
  expect([0, 1, 2, 3].map((batch) => journal.definitions(batch).length)).toEqual([2, 0, 1, 0]);
  expect(journal.definitions(2)).toEqual([UP]);
  expect(journal.batches.map(({ metadata }) => metadata.length)).toEqual([1, 1, 0, 0]);
  expect(writer.stats()).toMatchObject({ activeSeries: 2, seriesCreated: 2 });
});

test('told to while a definition is under way, it is sent again only when that fails', async () => {
  const { journal, writer } = setUp();
  journal.hold = true;
  const ref = refOf(writer.appender());
  const write = async (timestamp: number): Promise<void> => {
    const appender = writer.appender();
    expect(appender.series(UP)).toBe(ref);
    appender.sample(ref, timestamp, 1);
    await appender.commit();
  };
  const failing = write(NOW);
  writer.redefineSeries();
  const succeeding = write(NOW + 1);
  writer.redefineSeries();
  journal.settle(JOURNAL_IS_FULL);
  await expect(failing).rejects.toBe(JOURNAL_IS_FULL);
  journal.settle();
  await succeeding;
  journal.hold = false;
  await write(NOW + 2);
  expect([0, 1].map((batch) => journal.definitions(batch).length)).toEqual([1, 0]);
  writer.redefineSeries();
  await write(NOW + 3);
  expect(journal.definitions(2)).toEqual([UP]);
});

test('metadata is written once, again when it changes, again after a failure', async () => {
  const { journal, writer } = setUp();
  const appender = writer.appender();
  const help = { type: 'gauge', help: 'Whether the target answered.', unit: '' } as const;
  journal.fail = JOURNAL_IS_FULL;
  appender.metadata('up', help);
  await expect(appender.commit()).rejects.toBe(JOURNAL_IS_FULL);
  journal.fail = undefined;
  for (const text of [help, help, { ...help, unit: 'targets' }]) {
    appender.metadata('up', text);
    await appender.commit();
  }
  expect(journal.batches.map((batch) => batch.metadata)).toEqual([
    [['up', 'gauge', 'Whether the target answered.', '']],
    [['up', 'gauge', 'Whether the target answered.', 'targets']],
  ]);
});

test('a description longer than a label value may be is cut and marked; one of an impossible name is dropped', async () => {
  const { journal, writer } = setUp({ labelValueBytes: 10 });
  const appender = writer.appender();
  const metadata = { type: 'gauge', help: 'a'.repeat(11), unit: '' } as const;
  appender.metadata('m', metadata);
  appender.metadata('', metadata);
  appender.metadata('m'.repeat(11), metadata);
  await appender.commit();
  expect(journal.batches[0]?.metadata).toEqual([['m', 'gauge', 'aaaaaaaaa…', '']]);
});

test('20,000 series keep their refs, their newest samples and their definitions while the registry grows', async () => {
  const { journal, writer } = setUp({ series: 20_000 });
  const appender = writer.appender();
  const labels = Array.from({ length: 20_000 }, (_, i) => ['__name__', 'm', 'i', String(i)]);
  const refs = labels.map((set) => refOf(appender, set));
  refs.forEach((ref, i) => appender.sample(ref, NOW, i));
  await appender.commit();
  expect(new Set(refs).size).toBe(20_000);
  expect(labels.every((set, i) => appender.series(set) === refs[i])).toBe(true);
  expect(refs.every((ref, i) => appender.sample(ref, NOW, i) === 'same')).toBe(true);
  expect(appender.series(labelsOf({ __name__: 'one_more' }))).toBe('series_limit');
  expect(Object.keys(journal.stored())).toHaveLength(20_000);
});
