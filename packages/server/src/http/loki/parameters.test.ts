import { AtalayaError } from '@atalaya/model';
import { describe, expect, test } from 'vitest';
import {
  aggregateByParameter,
  boundsOf,
  delayParameter,
  directionParameter,
  intervalParameter,
  limitParameter,
  orderedBoundsOf,
  queryParameter,
  selectorOf,
  selectorsOf,
  stepParameter,
  targetLabelsParameter,
  timeParameter,
  volumeLimitParameter,
} from './parameters.ts';

const NOW = 1_700_000_000_000;
const at = (text: string): URLSearchParams => new URLSearchParams(text);
const complaint = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof AtalayaError && error.status === 400) return error.message;
    throw error;
  }
  return 'none';
};

describe('times', () => {
  test.each([
    ['1700000000', 1_700_000_000_000_000_000n],
    ['1700000000123456789', 1_700_000_000_123_456_789n],
    ['17000000000', 17_000_000_000n],
    ['1700000000.5', 1_700_000_000_500_000_000n],
    ['1700000000.1239', 1_700_000_000_124_000_000n],
    ['-5', -5_000_000_000n],
    ['2023-11-14T22:13:20Z', 1_700_000_000_000_000_000n],
    ['2023-11-14T22:13:20.123456789Z', 1_700_000_000_123_456_789n],
    ['2023-11-15T00:43:20.5+02:30', 1_700_000_000_500_000_000n],
  ])('%s', (text, time) => {
    expect(timeParameter(at(`time=${encodeURIComponent(text)}`), 'time', 0n)).toBe(time);
  });

  test.each([
    ['t', 'strconv.ParseInt: parsing "t": invalid syntax'],
    ['2023-02-30T00:00:00Z', 'strconv.ParseInt: parsing "2023-02-30T00:00:00Z": invalid syntax'],
    ['99999999999999999999', 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
  ])('%s is none', (text, reason) => {
    expect(complaint(() => timeParameter(at(`time=${text}`), 'time', 0n))).toBe(reason);
    expect(complaint(() => boundsOf(at(`start=${text}`), NOW))).toBe(`could not parse 'start' parameter: ${reason}`);
  });

  test('a range is the last hour, or `since` before its end, or before now where the end is to come', () => {
    const hour = 3_600_000_000_000n;
    const now = 1_700_000_000_000_000_000n;
    expect(boundsOf(at(''), NOW)).toEqual({ start: now - hour, end: now });
    expect(boundsOf(at('end=1600000000&since=2h'), NOW)).toEqual({
      start: 1_600_000_000_000_000_000n - 2n * hour,
      end: 1_600_000_000_000_000_000n,
    });
    expect(boundsOf(at('end=1800000000&since=1h'), NOW).start).toBe(now - hour);
    expect(boundsOf(at('start=5&since=1h'), NOW).start).toBe(5_000_000_000n);
    expect(complaint(() => boundsOf(at('since=x'), NOW))).toBe(`could not parse 'since' parameter: not a valid duration string: "x"`);
    expect(complaint(() => orderedBoundsOf(at('start=2&end=1'), NOW))).toBe('end timestamp must not be before or equal to start time');
    expect(complaint(() => orderedBoundsOf(at('start=2&end=2'), NOW))).toBe('none');
  });
});

describe('steps', () => {
  const range = { start: 0n, end: 3_600_000_000_000n };

  test('are a 250th of the range in whole seconds, a second at least', () => {
    expect(stepParameter(at(''), range)).toBe(14_000_000_000n);
    expect(stepParameter(at(''), { start: 0n, end: 5n })).toBe(1_000_000_000n);
  });

  test('are seconds with decimals or durations', () => {
    expect(stepParameter(at('step=0.5'), range)).toBe(500_000_000n);
    expect(stepParameter(at('step=1m30s'), range)).toBe(90_000_000_000n);
    expect(intervalParameter(at('interval=2s'))).toBe(2_000_000_000n);
    expect(intervalParameter(at(''))).toBe(0n);
  });

  test.each([
    ['step=-1', 'zero or negative query resolution step widths are not accepted. Try a positive integer'],
    ['step=0', 'zero or negative query resolution step widths are not accepted. Try a positive integer'],
    ['step=x', 'cannot parse "x" to a valid duration'],
    ['step=1e11', 'cannot parse "1e11" to a valid duration. It overflows int64'],
    ['step=100ms', 'exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter'],
  ])('%s is refused', (text, reason) => {
    expect(complaint(() => stepParameter(at(text), range))).toBe(reason);
  });

  test('an interval is not negative', () => {
    expect(complaint(() => intervalParameter(at('interval=-1s')))).toBe('cannot parse "-1s" to a valid duration');
    expect(complaint(() => intervalParameter(at('interval=-1')))).toBe('interval must be >= 0');
  });
});

describe('the rest', () => {
  test('a query that is far too long is not even read', () => {
    const text = `{a="${'b'.repeat(140_000)}"}`;
    expect(complaint(() => queryParameter(new URLSearchParams({ query: text })))).toBe(
      'parse error : input size too long (140006 > 131072)',
    );
    expect(complaint(() => selectorOf(text))).toMatch(/^parse error : input size too long/);
    expect(queryParameter(at('query={}'))).toBe('{}');
  });

  test('limits', () => {
    expect([limitParameter(at('')), limitParameter(at('limit=7')), volumeLimitParameter(at('limit=0'))]).toEqual([100, 7, 100]);
    expect(complaint(() => limitParameter(at('limit=h')))).toBe('strconv.Atoi: parsing "h": invalid syntax');
    expect(complaint(() => limitParameter(at('limit=0')))).toBe('limit must be a positive value');
    expect(complaint(() => volumeLimitParameter(at('limit=-1')))).toBe('limit must be a positive value');
  });

  test('directions', () => {
    expect([directionParameter(at('')), directionParameter(at('direction=FORWARD'))]).toEqual(['backward', 'forward']);
    expect(complaint(() => directionParameter(at('direction=up')))).toBe("invalid direction 'up'");
  });

  test('delays', () => {
    expect([delayParameter(at('')), delayParameter(at('delay_for=5'))]).toEqual([0, 5]);
    expect(complaint(() => delayParameter(at('delay_for=6')))).toBe("delay_for can't be greater than 5");
  });

  test('selectors', () => {
    expect([selectorOf(''), selectorOf(' { } ')]).toEqual([[], []]);
    expect(selectorOf('{a="b"}')).toMatchObject([{ name: 'a', value: 'b' }]);
    expect(complaint(() => selectorOf('{a='))).toMatch(/^parse error at line 1, col 4/);
    expect(selectorsOf(at('match=%7Ba="b"%7D&match[]=%7Bc="d"%7D'))).toHaveLength(2);
    expect(selectorsOf(at('match[]=%7B%7D'))).toEqual([[]]);
  });

  test('volumes', () => {
    expect([targetLabelsParameter(at('')), targetLabelsParameter(at('targetLabels=a,b'))]).toEqual([[], ['a', 'b']]);
    expect([aggregateByParameter(at('')), aggregateByParameter(at('aggregateBy=labels'))]).toEqual(['series', 'labels']);
    expect(complaint(() => targetLabelsParameter(at(`targetLabels=${'a,'.repeat(65)}`)))).toBe('too many target labels (65 > 64)');
    expect(complaint(() => aggregateByParameter(at('aggregateBy=x')))).toBe('invalid aggregation option');
  });
});
