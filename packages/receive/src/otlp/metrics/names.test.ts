import { describe, expect, it } from 'vitest';
import { labelName } from './label-name.ts';
import { metricName, type MetricKind } from './metric-name.ts';
import { numberText } from './number-text.ts';
import { DEFAULT_OTLP_TRANSLATION, type TranslationStrategy } from './translation.ts';
import { unitName } from './unit-words.ts';

describe('names of metrics', () => {
  const cases: [name: string, unit: string, kind: MetricKind, expected: Record<TranslationStrategy, string>][] = [
    [
      'http.server.request.duration',
      's',
      'histogram',
      {
        UnderscoreEscapingWithSuffixes: 'http_server_request_duration_seconds',
        UnderscoreEscapingWithoutSuffixes: 'http_server_request_duration',
        NoUTF8EscapingWithSuffixes: 'http.server.request.duration_seconds',
        NoTranslation: 'http.server.request.duration',
      },
    ],
    [
      'lieferungen.größe',
      'By',
      'counter',
      {
        UnderscoreEscapingWithSuffixes: 'lieferungen_gr_e_bytes_total',
        UnderscoreEscapingWithoutSuffixes: 'lieferungen_gr_e',
        NoUTF8EscapingWithSuffixes: 'lieferungen.größe_bytes_total',
        NoTranslation: 'lieferungen.größe',
      },
    ],
    [
      'disk_io__total',
      'By/s',
      'counter',
      {
        UnderscoreEscapingWithSuffixes: 'disk_io_bytes_per_second_total',
        UnderscoreEscapingWithoutSuffixes: 'disk_io__total',
        NoUTF8EscapingWithSuffixes: 'disk_io__bytes_per_second_total',
        NoTranslation: 'disk_io__total',
      },
    ],
  ];
  it.each(cases)('%s in %s of a %s', (name, unit, kind, expected) => {
    for (const [strategy, wanted] of Object.entries(expected)) {
      expect([strategy, metricName(name, unit, kind, strategy as TranslationStrategy)]).toEqual([strategy, wanted]);
    }
  });

  const withSuffixes: [name: string, unit: string, kind: MetricKind, expected: string][] = [
    ['jobs.waiting', '{job}', 'updown', 'jobs_waiting'],
    ['jobs.done', '{job}/s', 'gauge', 'jobs_done_per_second'],
    ['jobs.done', '1/{job}', 'gauge', 'jobs_done'],
    ['jobs.done', '1', 'counter', 'jobs_done_total'],
    ['load', '1', 'gauge', 'load_ratio'],
    ['load.ratio', '1', 'gauge', 'load_ratio'],
    ['ratio.of.load', '1', 'gauge', 'of_load_ratio'],
    ['load', '1', 'updown', 'load'],
    ['used', '%', 'gauge', 'used_percent'],
    ['seconds.spent', 's', 'counter', 'seconds_spent_total'],
    ['total.cost', '', 'counter', 'cost_total'],
    ['speed', 'm/s', 'gauge', 'speed_meters_per_second'],
    ['speed', 'km/h', 'gauge', 'speed_km_per_hour'],
    ['rainfall', 'mm/m', 'gauge', 'rainfall_mm_per_minute'],
    ['memory', 'TiBy', 'gauge', 'memory_tibibytes'],
    ['rate', '/s', 'gauge', 'rate_per_second'],
    ['odd', 'a__b%c', 'gauge', 'odd_a_b_c'],
    ['odd', '$', 'gauge', 'odd'],
    ['odd', 'x/$', 'gauge', 'odd_x'],
    [' s p a c e ', '', 'gauge', 's_p_a_c_e'],
    ['3d.printers', '', 'gauge', '_3d_printers'],
    ['name:with:colons', '', 'gauge', 'name:with:colons'],
    ['__leading', '', 'gauge', 'leading'],
    ['💾.free', 'By', 'gauge', 'free_bytes'],
    ['$$$', '', 'gauge', ''],
    ['', 's', 'gauge', 'seconds'],
    ['', '', 'counter', 'total'],
  ];
  it.each(withSuffixes)('with suffixes and escaped: %s in %s of a %s', (name, unit, kind, expected) => {
    expect(metricName(name, unit, kind, 'UnderscoreEscapingWithSuffixes')).toBe(expected);
  });

  const unescaped: [name: string, unit: string, kind: MetricKind, expected: string][] = [
    ['queue.length_total', '', 'counter', 'queue.length_total'],
    ['queue.total', 's', 'counter', 'queue_seconds_total'],
    ['rate_per_second', '1/s', 'gauge', 'rate_per_second'],
    ['bytes', 'By', 'gauge', 'bytes'],
    ['total', '', 'counter', 'total_total'],
    ['größe', 'k m', 'gauge', 'größe_k m'],
  ];
  it.each(unescaped)('with suffixes, not escaped: %s in %s of a %s', (name, unit, kind, expected) => {
    expect(metricName(name, unit, kind, 'NoUTF8EscapingWithSuffixes')).toBe(expected);
  });

  it.each([
    ['_a$b', '_a_b'],
    ['a..b__c', 'a_b__c'],
    ['9lives', '_9lives'],
    ['___', '___'],
    ['_.', ''],
  ])('without suffixes: %s', (name, expected) => {
    expect(metricName(name, 's', 'counter', 'UnderscoreEscapingWithoutSuffixes')).toBe(expected);
  });

  it('units of metadata are words', () => {
    expect(['s', 'By/s', '{call}', '1', '1/s', 'k$', '_x_'].map((unit) => unitName(unit, true))).toEqual([
      'seconds',
      'bytes_per_second',
      '',
      '',
      'per_second',
      'k',
      'x',
    ]);
    expect(unitName('€/d', false)).toBe('€_per_day');
  });
});

describe('names of labels', () => {
  it.each([
    ['http.route', 'http_route'],
    ['a..b', 'a__b'],
    ['0day', 'key_0day'],
    ['_private', 'key_private'],
    ['__reserved', '__reserved'],
    ['.hidden', 'key_hidden'],
    ['straße', 'stra_e'],
    ['💾', 'key_'],
    ['_', 'key_'],
    ['..', ''],
    ['__proto__', '__proto__'],
    ['', ''],
  ])('escaped: %s', (name, expected) => {
    expect(labelName(name, DEFAULT_OTLP_TRANSLATION)).toBe(expected);
  });

  it('settings change what becomes of underscores', () => {
    const plain = { ...DEFAULT_OTLP_TRANSLATION, prefixUnderscore: false };
    expect(['_private', '.hidden', '0day'].map((name) => labelName(name, plain))).toEqual(['_private', '_hidden', 'key_0day']);
    const joined = { ...DEFAULT_OTLP_TRANSLATION, keepUnderscores: false };
    expect(['a..b__c', '__x__y__', '__x'].map((name) => labelName(name, joined))).toEqual(['a_b_c', '__x_y__', 'key_x']);
  });

  it('without escaping they are as they came', () => {
    expect(labelName('http.route', { ...DEFAULT_OTLP_TRANSLATION, strategy: 'NoTranslation' })).toBe('http.route');
  });
});

it('numbers in labels have no exponent', () => {
  const numbers = [1, 0.005, 2.5, 1e21, 1.25e-7, -1.5e22, 5e-324, 123456789.125, Infinity, -Infinity, NaN, 0, -0];
  expect(numbers.map(numberText)).toEqual([
    '1',
    '0.005',
    '2.5',
    '1000000000000000000000',
    '0.000000125',
    '-15000000000000000000000',
    `0.${'0'.repeat(323)}5`,
    '123456789.125',
    '+Inf',
    '-Inf',
    'NaN',
    '0',
    '-0',
  ]);
});
