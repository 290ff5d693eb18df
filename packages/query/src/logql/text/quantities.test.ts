import { expect, test } from 'vitest';
import { readBytes, readDuration, secondsOf } from './quantities.ts';

test.each([
  ['0', 0],
  ['+0', 0],
  ['1h15m30.918s', 4_530_918_000_000],
  ['-1.5h', -5_400_000_000_000],
  ['.5s', 500_000_000],
  ['5.s', 5_000_000_000],
  ['100us', 100_000],
  ['100µs', 100_000],
  ['1.5ns', 1],
  ['', 'time: invalid duration ""'],
  ['-', 'time: invalid duration "-"'],
  ['x', 'time: invalid duration "x"'],
  ['.s', 'time: invalid duration ".s"'],
  ['5', 'time: missing unit in duration "5"'],
  ['1h5', 'time: missing unit in duration "1h5"'],
  ['2weeks', 'time: unknown unit "weeks" in duration "2weeks"'],
  ['1 s', 'time: unknown unit " s" in duration "1 s"'],
  ['3000000h', 'time: invalid duration "3000000h"'],
])('the duration %j', (text, wanted) => {
  expect(readDuration(text)).toBe(wanted);
});

test('seconds of a duration are as near as can be', () => {
  expect(secondsOf(4_530_918_000_001)).toBe(4530.918000001);
  expect(secondsOf(-20_000)).toBe(-0.00002);
});

test.each([
  ['42', 42],
  ['42 MB', 42_000_000],
  ['42mib', 44_040_192],
  ['1.005KiB', 1029],
  ['1,024k', 1_024_000],
  ['12.5 TiB', 13_743_895_347_200],
  ['1e3', 'unhandled size name: e3'],
  ['1 E', 1e18],
  ['', 'strconv.ParseFloat: parsing "": invalid syntax'],
  ['-1B', 'strconv.ParseFloat: parsing "": invalid syntax'],
  ['1.2.3B', 'strconv.ParseFloat: parsing "1.2.3": invalid syntax'],
  ['2qb', 'unhandled size name: qb'],
  ['20EiB', 'too large: 20EiB'],
])('the size %j', (text, wanted) => {
  expect(readBytes(text)).toBe(wanted);
});
