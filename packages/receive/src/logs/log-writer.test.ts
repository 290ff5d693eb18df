import * as fc from 'fast-check';
import { AtalayaError, labelsOf, ManualClock } from '@atalaya/model';
import { describe, expect, it } from 'vitest';
import type { LogAppenderOptions, LogLimits } from '../log-writer.ts';
import { createLogWriter } from './create-log-writer.ts';
import { RecordingLogJournal } from './read-batch-for-tests.ts';

const NOW = 1_700_000_000_000;
const SECONDS = NOW / 1000;
const STREAM = labelsOf({ app: 'shop', env: 'prod' });

function start(limits: Partial<LogLimits> = {}, options: Partial<LogAppenderOptions> = {}) {
  const journal = new RecordingLogJournal();
  const clock = new ManualClock(NOW);
  const writer = createLogWriter({ journal, clock, limits });
  const appender = writer.appender({ mayRepeat: false, truncates: false, ...options });
  const origin = (labels: Record<string, string> = { app: 'shop', env: 'prod' }): number => appender.origin(labelsOf(labels)) as number;
  return { journal, clock, writer, appender, origin };
}

describe('log writer', () => {
  it('journals the lines of an appender as one batch, each with its stream, time and attributes', async () => {
    const { journal, appender, origin, writer } = start();
    const [shop, other] = [origin(), origin({ job: 'db' })];
    appender.line(shop, SECONDS, 5, 'hello', { attributes: ['b', '1', 'a', '2'] });
    appender.line(other, SECONDS - 1, 999_999_999, new TextEncoder().encode('héllo 👌'));
    appender.line(shop, SECONDS, 5, '', {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      traceFlags: 1,
      severityNumber: 17,
      severityText: 'Boom',
    });
    expect(origin()).toBe(shop);
    expect(appender.pending).toBe(3);
    await appender.commit();
    expect(journal.batches).toHaveLength(1);
    const plain = {
      details: null,
      severityNumber: 0,
      severityText: '',
      traceId: '',
      spanId: '',
      traceFlags: 0,
      level: 'unknown',
      attributes: [],
    };
    const labels = { app: 'shop', env: 'prod' };
    expect(journal.lines).toEqual([
      { ...plain, labels, timestamp: 1_700_000_000_000_000_005n, body: 'hello', attributes: ['b', '1', 'a', '2'] },
      { ...plain, labels: { job: 'db' }, timestamp: 1_699_999_999_999_999_999n, body: 'héllo 👌' },
      {
        ...plain,
        labels,
        timestamp: 1_700_000_000_000_000_005n,
        body: '',
        traceId: 'a'.repeat(32),
        spanId: 'b'.repeat(16),
        traceFlags: 1,
        severityNumber: 17,
        severityText: 'Boom',
        level: 'error',
      },
    ]);
    expect(writer.stats()).toMatchObject({ linesWritten: 3, activeStreams: 2 });
    expect(appender.pending).toBe(0);
  });

  it('keeps times to the nanosecond, from 1970 to 2106', async () => {
    const { journal, appender, origin } = start({ retentionMs: Infinity, maxFutureMs: Infinity });
    const time = fc.tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 999_999_999 }));
    const times = fc.sample(time, { numRuns: 2000, seed: 4 });
    const ref = origin();
    for (const [seconds, nanoseconds] of times) expect(appender.line(ref, seconds, nanoseconds, 'x')).toBe('written');
    await appender.commit();
    expect(journal.lines.map(({ timestamp }) => timestamp)).toEqual(
      times.map(([seconds, nanoseconds]) => BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)),
    );
  });

  it('keeps texts of all lengths, whether they come as strings or as bytes', async () => {
    const { journal, appender, origin } = start();
    const lengths = [0, 1, 42, 43, 127, 128, 129, 5461, 5462, 16_383, 16_384, 50_000, 300_000];
    const texts = lengths.flatMap((length) => ['x'.repeat(length), 'é'.repeat(length), '世'.repeat(length), '👌'.repeat(length / 2)]);
    const ref = origin();
    for (const text of texts) appender.line(ref, SECONDS, 0, text);
    for (const text of texts) appender.line(ref, SECONDS, 0, Buffer.from(text));
    await appender.commit();
    const bodies = journal.lines.map(({ body }) => body);
    expect(bodies.length).toBe(texts.length * 2);
    expect(bodies.every((body, i) => body === texts[i % texts.length])).toBe(true);
  });

  it('refuses what is older than the retention or too far ahead, and counts it', () => {
    const { appender, origin, writer } = start({ retentionMs: 86_400_000, maxFutureMs: 600_000 });
    const ref = origin();
    expect(appender.line(ref, SECONDS - 86_401, 0, 'x')).toBe('too_old');
    expect(appender.line(ref, SECONDS - 86_399, 0, 'x')).toBe('written');
    expect(appender.line(ref, SECONDS + 599, 0, 'x')).toBe('written');
    expect(appender.line(ref, SECONDS + 601, 0, 'x')).toBe('too_far_in_future');
    expect(appender.line(ref, Number.NaN, 0, 'x')).toBe('too_far_in_future');
    expect(writer.stats().rejected).toMatchObject({ too_old: 1, too_far_in_future: 2 });
    expect(appender.pending).toBe(2);
  });

  it('takes lines of now after it has rested, however long, and whatever came of what it had before', async () => {
    const { clock, appender, origin } = start({ maxFutureMs: 600_000 });
    appender.line(origin(), SECONDS, 0, 'x');
    await appender.commit();
    for (let days = 1; days < 4; days++) {
      await clock.advance(86_400_000);
      expect(appender.line(origin(), SECONDS + days * 86_400, 0, 'x')).toBe('written');
      expect(appender.line(origin(), SECONDS + days * 86_400 + 601, 0, 'x')).toBe('too_far_in_future');
      appender.discard();
    }
  });

  it('refuses streams without labels, with bad or too many labels, and too many streams', async () => {
    const { writer, clock, appender } = start({ streams: 2, labels: 3, labelNameBytes: 10, labelValueBytes: 10 });
    expect(appender.origin([])).toBe('missing_labels');
    expect(appender.origin(['a-b', 'x'])).toBe('invalid_labels');
    expect(appender.origin(['b', 'x', 'a', 'x'])).toBe('invalid_labels');
    expect(appender.origin(['a', 'x\u0000'])).toBe('invalid_labels');
    expect(appender.origin(['a', '\uD800'])).toBe('invalid_labels');
    expect(appender.origin(['a'.repeat(11), 'x'])).toBe('label_limit');
    expect(appender.origin(['a', 'é'.repeat(6)])).toBe('label_limit');
    expect(appender.origin(['a', '1', 'b', '1', 'c', '1', 'd', '1'])).toBe('label_limit');
    expect(appender.origin(['a', '1'])).toBe(0);
    expect(appender.origin(['a', '2'])).toBe(1);
    expect(appender.origin(['a', '3'])).toBe('stream_limit');
    await clock.advance(3_600_001);
    expect(writer.appender({ mayRepeat: false, truncates: false }).origin(['a', '3'])).toBe(0);
    expect(writer.stats().activeStreams).toBe(1);
  });

  it('takes labels called __proto__ as data', async () => {
    const { journal, appender } = start();
    const ref = appender.origin(
      labelsOf([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]),
    ) as number;
    appender.line(ref, SECONDS, 0, 'z', { attributes: ['__proto__', '1', 'toString', '2'] });
    await appender.commit();
    const [line] = journal.lines;
    expect(Object.entries(line?.labels ?? {})).toContainEqual(['constructor', 'y']);
    expect(line?.attributes).toEqual(['__proto__', '1', 'toString', '2']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('refuses lines and attributes beyond the limits, or cuts and marks them where the receiver says so', async () => {
    const limits = { lineBytes: 10, attributes: 3, attributeBytes: 100 };
    const strict = start(limits);
    const many = ['a', '1', 'b', '2', 'c', '3', 'd', '4'];
    expect(strict.appender.line(strict.origin(), SECONDS, 0, 'x'.repeat(11))).toBe('line_too_long');
    expect(strict.appender.line(strict.origin(), SECONDS, 0, 'x', { attributes: many })).toBe('attribute_limit');
    expect(strict.appender.line(strict.origin(), SECONDS, 0, 'x', { attributes: ['a', 'x'.repeat(200)] })).toBe('attribute_limit');
    expect(strict.appender.line(strict.origin(), SECONDS, 0, 'x'.repeat(10))).toBe('written');
    await strict.appender.commit();
    expect(strict.journal.lines.map(({ body }) => body)).toEqual(['x'.repeat(10)]);

    const lenient = start(limits, { truncates: true });
    lenient.appender.line(lenient.origin(), SECONDS, 0, 'éééééééé');
    lenient.appender.line(lenient.origin(), SECONDS, 0, `x${'é'.repeat(8)}`);
    lenient.appender.line(lenient.origin(), SECONDS, 0, 'short', { attributes: many });
    await lenient.appender.commit();
    expect(lenient.journal.lines.map(({ body, attributes }) => [body, attributes])).toEqual([
      ['ééééé', ['truncated', '16']],
      ['xéééé', ['truncated', '17']],
      ['short', ['a', '1', 'b', '2', 'truncated', '5']],
    ]);
    expect(lenient.writer.stats().linesTruncated).toBe(3);
  });

  it('keeps of equal attributes the last, and none without a name', async () => {
    const { journal, appender, origin } = start();
    appender.line(origin(), SECONDS, 0, 'x', { attributes: ['a', '1', '', '9', 'a', '2'] });
    appender.line(origin(), SECONDS, 0, 'x', { attributes: ['', '9'] });
    await appender.commit();
    expect(journal.lines.map(({ attributes }) => attributes)).toEqual([['a', '2'], []]);
  });

  it('acknowledges nothing when the journal fails, and counts only what it took', async () => {
    const { journal, appender, writer } = start();
    appender.line(appender.origin(STREAM) as number, SECONDS, 0, 'x');
    journal.fail = new AtalayaError('JOURNAL_FULL', { reason: 'disk' });
    await expect(appender.commit()).rejects.toThrow('the journal cannot take more');
    expect(writer.stats().linesWritten).toBe(0);
    expect(appender.pending).toBe(0);
    await expect(appender.commit()).resolves.toBeUndefined();
  });

  it('puts the note of a receiver into the record of its lines', async () => {
    const { journal, appender, origin } = start();
    appender.line(origin(), SECONDS, 0, 'x');
    await appender.commit(Uint8Array.of(1, 2, 3));
    expect(journal.batches[0]?.note).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('finds the level in severity, attributes and labels before it looks at the text', async () => {
    const { journal, appender, origin } = start();
    appender.line(origin(), SECONDS, 0, 'level=debug', { severityNumber: 13, attributes: ['level', 'fatal'] });
    appender.line(origin(), SECONDS, 0, 'level=debug', { severityText: 'Warning' });
    appender.line(origin(), SECONDS, 0, 'level=debug', { attributes: ['Level', 'CRIT'] });
    appender.line(origin({ app: 'x', level: 'error' }), SECONDS, 0, 'level=debug');
    appender.line(origin(), SECONDS, 0, 'level=debug');
    await appender.commit();
    expect(journal.lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'critical', 'error', 'debug']);
  });

  it('lifts trace and span ids from attributes, else from the text, and leaves both as they were', async () => {
    const { journal, appender, origin } = start();
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    appender.line(origin(), SECONDS, 0, 'x', { attributes: ['traceID', id.toUpperCase(), 'span.id', '00f067aa0ba902b7'] });
    appender.line(origin(), SECONDS, 0, `msg="x" trace_id=${id} span_id=00f067aa0ba902b7`);
    appender.line(origin(), SECONDS, 0, 'x', { attributes: ['trace_id', 't2'] });
    await appender.commit();
    expect(journal.lines.map(({ traceId, spanId }) => [traceId, spanId])).toEqual([
      [id, '00f067aa0ba902b7'],
      [id, '00f067aa0ba902b7'],
      ['', ''],
    ]);
    expect(journal.lines[2]?.attributes).toEqual(['trace_id', 't2']);
  });
});
