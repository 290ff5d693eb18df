import { labelsOf, ManualClock } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import type { Exemplar, MetricAppender, SeriesRef } from '../metric-writer.ts';
import { createMetricWriter } from './create-metric-writer.ts';
import { DEFAULT_METRIC_LIMITS } from './limits.ts';
import { JOURNAL_IS_FULL, RecordingJournal } from './recording-journal.ts';

const NOW = Date.UTC(2026, 0, 15);
const CALLS = labelsOf({ __name__: 'calls_total', job: 'cart' });
const ofTrace = (trace: string, timestamp = NOW, value = 0.25): Exemplar => ({ labels: ['trace_id', trace], value, timestamp });

function setUp() {
  const journal = new RecordingJournal();
  const clock = new ManualClock(NOW);
  const writer = createMetricWriter({ journal, clock, limits: DEFAULT_METRIC_LIMITS });
  const appender = writer.appender();
  return { journal, clock, writer, appender, ref: refOf(appender) };
}

function refOf(appender: MetricAppender): SeriesRef {
  const ref = appender.series(CALLS);
  if (typeof ref === 'string') throw new Error(`refused: ${ref}`);
  return ref;
}

describe('exemplars', () => {
  test('are journaled with the definition of their series, also when no sample goes with them', async () => {
    const { journal, writer, appender, ref } = setUp();
    expect(appender.exemplar(ref, { labels: ['trace_id', 'ab', 'span_id', 'cd'], value: 0.5, timestamp: NOW })).toBe('written');
    await appender.commit();
    expect(journal.definitions(0)).toEqual([CALLS]);
    expect(journal.exemplars(0)).toEqual([{ labels: ['span_id', 'cd', 'trace_id', 'ab'], value: 0.5, timestamp: NOW }]);
    expect(writer.stats()).toMatchObject({ exemplarsWritten: 1, samplesWritten: 0 });
  });

  test('that repeat the newest one of their series are not written again', async () => {
    const { journal, appender, ref } = setUp();
    appender.exemplar(ref, ofTrace('a'));
    expect(appender.exemplar(ref, ofTrace('a'))).toBe('same');
    await appender.commit();
    expect(appender.exemplar(ref, ofTrace('a'))).toBe('same');
    expect(appender.exemplar(ref, { ...ofTrace('a', NOW + 15_000), untimed: true })).toBe('same');
    expect(appender.exemplar(ref, ofTrace('a', NOW + 15_000))).toBe('written');
    expect(appender.exemplar(ref, { ...ofTrace('b', NOW + 15_000), untimed: true })).toBe('written');
    await appender.commit();
    expect(journal.exemplars(1).map(({ labels }) => labels[1])).toEqual(['a', 'b']);
  });

  test('are sent again after a record that failed', async () => {
    const { journal, writer, appender, ref } = setUp();
    journal.fail = JOURNAL_IS_FULL;
    appender.exemplar(ref, ofTrace('a'));
    await expect(appender.commit()).rejects.toBe(JOURNAL_IS_FULL);
    journal.fail = undefined;
    expect(appender.exemplar(ref, ofTrace('a'))).toBe('written');
    await appender.commit();
    expect(journal.exemplars(0)).toHaveLength(1);
    expect(writer.stats().exemplarsWritten).toBe(1);
  });

  test('are forgotten with their idle series', async () => {
    const { clock, writer, appender, ref } = setUp();
    appender.exemplar(ref, ofTrace('a'));
    await appender.commit();
    await clock.advance(2 * 3_600_000);
    writer.evictIdle();
    const again = refOf(appender);
    expect(appender.exemplar(again, { ...ofTrace('a', clock.now()), untimed: true })).toBe('written');
  });

  test.each<[string, Exemplar, string]>([
    ['older than the newest one', ofTrace('b', NOW - 1), 'out_of_order'],
    ['older than the retention', ofTrace('b', 0), 'too_old'],
    ['in the far future', ofTrace('b', NOW + 1e9), 'too_far_in_future'],
    ['without a time', ofTrace('b', NaN), 'too_far_in_future'],
    ['with a label twice', { ...ofTrace('b'), labels: ['a', 'b', 'a', 'c'] }, 'invalid_labels'],
    ['with a label without a name', { ...ofTrace('b'), labels: ['', 'b'] }, 'invalid_labels'],
    ['with text that is not valid', { ...ofTrace('b'), labels: ['a', '\uD800'] }, 'invalid_labels'],
    ['with 129 characters of labels', ofTrace('x'.repeat(121)), 'too_long'],
  ])('%s are refused and counted', (_what, exemplar, reason) => {
    const { writer, appender, ref } = setUp();
    appender.exemplar(ref, ofTrace('a'));
    expect(appender.exemplar(ref, exemplar)).toBe(reason);
    expect(writer.stats().exemplarsRejected).toMatchObject({ [reason]: 1 });
  });

  test('may have 128 characters of labels, whatever bytes these are', () => {
    const { appender, ref } = setUp();
    expect(appender.exemplar(ref, ofTrace('🔭'.repeat(120)))).toBe('written');
  });

  test('may have no labels, or empty ones, which are none', async () => {
    const { journal, appender, ref } = setUp();
    expect(appender.exemplar(ref, { labels: ['trace_id', ''], value: NaN, timestamp: NOW })).toBe('written');
    await appender.commit();
    expect(journal.exemplars(0)).toEqual([{ labels: [], value: NaN, timestamp: NOW }]);
  });
});
