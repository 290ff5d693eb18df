import { describe, expect, test } from 'vitest';

import { formatDecimal, formatInteger, formatPlain, formatTicks, formatValue, guessUnit, NO_VALUE, type Unit } from './number.ts';

/** Non-breaking spaces as plain ones, so that expectations can be read. */
const plain = (text: string) => text.replaceAll(/[\u00A0\u202F]/g, ' ');
const show = (value: number | null | undefined, unit: Unit, locale = 'en') => plain(formatValue(value, unit, locale));

describe('values with units', () => {
  test.each<[number, Unit, string]>([
    [0, 'bytes', '0 B'],
    [1023, 'bytes', '1,023 B'.replace(',', '')],
    [1024, 'bytes', '1 KiB'],
    [1.24 * 1024 ** 3, 'bytes', '1.24 GiB'],
    [1023.9 * 1024, 'bytes', '1 MiB'],
    [2.5 * 1024 ** 2, 'bytes/s', '2.5 MiB/s'],
    [12_400, 'per-second', '12.4 k/s'],
    [0.5, 'per-second', '0.5 /s'],
    [0.083, 'seconds', '83 ms'],
    [0.000_004_2, 'seconds', '4.2 µs'],
    [90, 'seconds', '1.5 min'],
    [172_800, 'seconds', '2 d'],
    [0, 'seconds', '0 s'],
    [0.612, 'ratio', '61.2 %'],
    [0.004, 'ratio', '0.4 %'],
    [1, 'ratio', '100 %'],
    [0, 'ratio', '0 %'],
    [9999, 'count', '9999'],
    [1_000_000, 'count', '1 M'],
    [-3.2468, 'none', '−3.25'],
    [0.000_012_3, 'none', '1.23E−5'],
  ])('%d as %s reads %s', (value, unit, text) => {
    expect(show(value, unit)).toBe(text);
  });

  test('what is absent or not a number is a dash, the infinite has its sign', () => {
    expect(show(null, 'bytes')).toBe(NO_VALUE);
    expect(show(undefined, 'bytes')).toBe(NO_VALUE);
    expect(show(Number.NaN, 'none')).toBe(NO_VALUE);
    expect(show(-Infinity, 'none')).toBe('−∞');
  });

  test('Spanish takes the decimal comma and groups from five digits on', () => {
    expect(show(1.24 * 1024 ** 3, 'bytes', 'es')).toBe('1,24 GiB');
    expect(show(0.612, 'ratio', 'es')).toBe('61,2 %');
    expect(plain(formatInteger(1234, 'es'))).toBe('1234');
    expect(plain(formatInteger(12_345, 'es'))).toBe('12.345');
  });

  test('three significant digits, never a rounded-away large number', () => {
    expect(formatPlain(0.123456, 'en')).toBe('0.123');
    expect(formatPlain(123_456, 'en')).toBe('123,456');
    expect(formatDecimal(0.413, 2, 'en')).toBe('0.41');
  });
});

describe('axis ticks', () => {
  test('share one unit and as many decimals as tell them apart', () => {
    expect(formatTicks([0, 0.25, 0.5], 'ratio', 'en').map(plain)).toEqual(['0 %', '25 %', '50 %']);
    expect(formatTicks([0, 0.025, 0.05], 'ratio', 'en').map(plain)).toEqual(['0.0 %', '2.5 %', '5.0 %']);
    expect(
      formatTicks(
        [0, 512, 1024].map((kib) => kib * 1024),
        'bytes',
        'en',
      ).map(plain),
    ).toEqual(['0.0 MiB', '0.5 MiB', '1.0 MiB']);
  });
});

describe('guessing the unit of an expression', () => {
  test.each<[string, Unit]>([
    ['node_memory_MemFree_bytes', 'bytes'],
    ['rate(node_network_receive_bytes_total[5m])', 'bytes/s'],
    ['sum by (mode) (rate(node_cpu_seconds_total[1m]))', 'ratio'],
    ['rate(http_requests_total[5m])', 'per-second'],
    ['http_requests_total', 'count'],
    ['process_start_time_seconds', 'timestamp'],
    ['time() - process_start_time_seconds', 'seconds'],
    ['scrape_duration_seconds', 'seconds'],
    ['histogram_quantile(0.9, rate(http_request_duration_seconds_bucket[5m]))', 'seconds'],
    ['count(up)', 'count'],
    ['up', 'none'],
    ['rate(a_errors_total[5m]) / rate(a_requests_total[5m])', 'none'],
  ])('%s is %s', (expression, unit) => {
    expect(guessUnit(expression)).toBe(unit);
  });
});
