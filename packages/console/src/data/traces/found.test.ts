import { describe, expect, test } from 'vitest';

import { rankCommands } from '../commands.ts';
import { durationAt, durationTicks, pointNear, pointsOf, scaleOf, timeAt, timeTicks, yOf } from './scatter.ts';
import { sendingSnippets } from './sending.ts';
import { sortTraces } from './sort.ts';
import { type FoundTrace, readFound, readSeries } from './tempo.ts';
import { pastedTraceId } from './trace-id.ts';
import { compareSearch, tracesSearch, traceViewSearch } from './url.ts';
import { draggedPart, isWhole, movedPart, readPart, rulerTicks, stretchesOnScreen, writePart } from './view.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('a pasted id', () => {
  test.each([
    ID,
    ` ${ID.toUpperCase()}\n`,
    `00-${ID}-00f067aa0ba902b7-01`,
    `traceparent: 00-${ID}-00f067aa0ba902b7-01`,
    '4bf92f35-77b3-4da6-a3ce-929d0e0e4736',
    `${ID}-00f067aa0ba902b7-1`,
    `https://atalaya.lan/traces/${ID}?span=1`,
    `"${ID}"`,
    `trace_id=${ID}`,
    '1-4bf92f35-77b34da6a3ce929d0e0e4736',
  ])('is found in %s', (text) => expect(pastedTraceId(text)).toBe(ID));

  test('of 64 bits is filled up; other texts are none', () => {
    expect(pastedTraceId('a3ce929d0e0e4736')).toBe(`${'0'.repeat(16)}a3ce929d0e0e4736`);
    for (const text of ['', 'checkout', ID.slice(1), '0'.repeat(32), `${ID}0`]) expect(pastedTraceId(text)).toBeUndefined();
  });

  test('is the first that the palette offers', () => {
    expect(rankCommands([], ID)[0]).toMatchObject({ kind: 'trace', commands: [{ to: `/traces/${ID}` }] });
    expect(rankCommands([], 'up').map(({ kind }) => kind)).toEqual(['logs']);
  });
});

describe('found traces', () => {
  const found = readFound({
    traces: [
      {
        traceID: 'abc',
        rootServiceName: 'web',
        rootTraceName: 'GET /',
        startTimeUnixNano: '1700000000123456789',
        durationMs: 1200,
        spanSets: [
          { matched: 2, spans: [{ spanID: '1', name: 'x', startTimeUnixNano: '1700000000123456789', durationNanos: '5000' }] },
          { matched: 1 },
        ],
        serviceStats: { pay: { spanCount: 2, errorCount: 1 }, web: { spanCount: 7 } },
      },
      { traceID: 'd'.repeat(32), rootServiceName: '<root span not yet received>', startTimeUnixNano: '1700000001000000000' },
    ],
    metrics: { inspectedBytes: '42' },
  });

  test('are read with their services and errors', () => {
    expect(found.traces[0]).toMatchObject({
      id: 'abc'.padStart(32, '0'),
      start: 1_700_000_000_123.456,
      spans: 9,
      errors: 1,
      matched: 3,
      services: [
        { service: 'web', spans: 7, errors: 0 },
        { service: 'pay', spans: 2, errors: 1 },
      ],
      examples: [{ id: '1'.padStart(16, '0'), duration: 5000 }],
    });
    expect(found.traces[1]).toMatchObject({ service: '', operation: '', duration: 0, spans: 0 });
    expect(found.inspectedBytes).toBe(42);
  });

  test('are sorted', () => {
    const order = (by: Parameters<typeof sortTraces>[1]) => sortTraces(found.traces, by).map(({ service }) => service);
    expect(order('start')).toEqual(['', 'web']);
    expect(order('duration')).toEqual(['web', '']);
  });

  test('give series', () => {
    const series = readSeries({
      series: [
        {
          labels: [
            { key: 'resource.service.name', value: { stringValue: 'web' } },
            { key: 'code', value: { intValue: '200' } },
          ],
          samples: [{ timestampMs: '60000', value: 1.5 }, { timestampMs: '120000' }],
        },
      ],
    });
    expect(series).toEqual([
      {
        metric: { 'resource.service.name': 'web', code: '200' },
        values: [
          [60, '1.5'],
          [120, '0'],
        ],
      },
    ]);
  });
});

describe('the plot', () => {
  const trace = (start: number, duration: number, spans = 8): FoundTrace => ({
    id: `${start}`,
    service: '',
    operation: '',
    start,
    duration,
    spans,
    services: [],
    errors: 0,
    matched: 0,
    examples: [],
  });
  const box = { left: 50, top: 0, width: 1000, height: 200 };
  const traces = [trace(1000, 10), trace(6000, 1000, 400), trace(9000, 0)];
  const scale = scaleOf(traces, { start: 0, end: 10_000 });

  test('puts traces by time and by the logarithm of their duration; back it is the same', () => {
    const points = pointsOf(traces, scale, box);
    expect(points.map(({ x }) => Math.round(x))).toEqual([650, 150, 950]);
    expect(points[0]?.radius).toBeGreaterThan(points[1]?.radius ?? 0);
    const high = yOf(1000, scale, box);
    expect(high).toBeLessThan(yOf(10, scale, box));
    expect(durationAt(high, scale, box)).toBeCloseTo(1000, 6);
    expect(timeAt(650, scale, box)).toBe(6000);
    expect(pointNear(points, 651, high + 2)?.trace.duration).toBe(1000);
    expect(pointNear(points, 300, 100)).toBeUndefined();
  });

  test('has round marks', () => {
    expect(durationTicks(scale, 6)).toEqual([1, 10, 100, 1000]);
    expect(durationTicks({ ...scale, least: 90, most: 1100 }, 6)).toEqual([100, 200, 500, 1000]);
    expect(timeTicks(scale, 5)).toEqual([0, 5000, 10_000]);
  });
});

describe('the part on show', () => {
  const whole = { from: 0, to: 1e9 };

  test('lives in the address', () => {
    expect(readPart(undefined, 1e9)).toEqual(whole);
    expect(readPart('nonsense', 1e9)).toEqual(whole);
    expect(readPart('500-100', 1e9)).toEqual(whole);
    expect(readPart('1000-2000.5', 1e9)).toEqual({ from: 1e6, to: 2_000_500 });
    expect(writePart({ from: 1e6, to: 2_000_500 }, 1e9)).toBe('1000-2000.5');
    expect(writePart(whole, 1e9)).toBeUndefined();
  });

  test('is dragged, moved and made larger within the trace', () => {
    expect(draggedPart(5e8, 2e8, 1e9)).toEqual({ from: 2e8, to: 5e8 });
    expect(draggedPart(-5, 2e9, 1e9)).toEqual(whole);
    expect(movedPart(whole, 1e9, 0.5)).toEqual({ from: 2.5e8, to: 7.5e8 });
    expect(movedPart({ from: 0, to: 1e8 }, 1e9, 1, -0.5)).toEqual({ from: 0, to: 1e8 });
    expect(isWhole(movedPart({ from: 3e8, to: 9e8 }, 1e9, 4), 1e9)).toBe(true);
  });

  test('has a ruler, and joins stretches that touch on the screen', () => {
    expect(rulerTicks({ from: 0, to: 1e9 }, 5)).toEqual({ step: 2e8, ticks: [0, 2e8, 4e8, 6e8, 8e8, 1e9] });
    expect(stretchesOnScreen([0, 10, 10.5, 20, 60, 70], { from: 0, to: 100 }, 100)).toEqual([0, 20, 60, 10]);
    expect(stretchesOnScreen([0, 10, 95, 200], { from: 50, to: 100 }, 100)).toEqual([90, 10]);
  });
});

test('addresses keep what they know, and drop the rest', () => {
  expect(tracesSearch({ q: '{}', mode: 'x', limit: '7', order: 'spans' })).toEqual({ q: '{}', order: 'spans' });
  expect(tracesSearch({ limit: '500', mode: 'traceql' })).toEqual({ limit: 500, mode: 'traceql' });
  expect(traceViewSearch({ span: 'AB', view: 'flame', errors: '1', critical: 'no', part: '1-2' })).toEqual({
    span: 'ab',
    view: 'flame',
    errors: true,
    part: '1-2',
  });
  expect(compareSearch({ a: ID, changes: '1' })).toEqual({ a: ID, changes: true });
});

test('the ways to send name this server’s own addresses', () => {
  const texts = sendingSnippets('http://atalaya.lan:3000', '0.0.0.0:4317').map(({ text }) => text);
  expect(texts[0]).toContain('OTEL_EXPORTER_OTLP_ENDPOINT=http://atalaya.lan:3000');
  expect(texts[0]).toContain('http://atalaya.lan:4317');
  expect(texts.at(-1)).toBe('http://atalaya.lan:3000/api/v2/spans');
  expect(sendingSnippets('http://atalaya.lan:3000', undefined)[0]?.text).not.toContain('grpc');
});
