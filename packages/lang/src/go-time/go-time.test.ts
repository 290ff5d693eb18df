/** Times by Go's layouts: what is read, what is written, and what is refused. */

import { describe, expect, it } from 'vitest';
import { formatGoTime } from './format.ts';
import { GO_LAYOUTS } from './layout.ts';
import { type GoTimeOptions, parseGoTime } from './parse.ts';
import { isTimeZone, zoneAt } from './zone.ts';

const NANO = '2006-01-02T15:04:05.999999999Z07:00';
const read = (layout: string, text: string, options?: GoTimeOptions): string => formatGoTime(parseGoTime(layout, text, options), NANO);

describe('reading', () => {
  it.each([
    [GO_LAYOUTS['RFC3339'], '2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    [GO_LAYOUTS['RFC3339'], '2024-02-29T23:59:59.123456789+02:00', '2024-02-29T21:59:59.123456789Z'],
    [GO_LAYOUTS['RFC3339Nano'], '2019-04-30T02:12:41.8443515Z', '2019-04-30T02:12:41.8443515Z'],
    [GO_LAYOUTS['ANSIC'], 'Mon Jan  2 15:04:05 2006', '2006-01-02T15:04:05Z'],
    [GO_LAYOUTS['UnixDate'], 'Wed May  1 10:00:00 UTC 2024', '2024-05-01T10:00:00Z'],
    [GO_LAYOUTS['RubyDate'], 'Mon Jan 02 15:04:05 -0700 2006', '2006-01-02T22:04:05Z'],
    [GO_LAYOUTS['RFC822'], '02 Jan 06 15:04 GMT', '2006-01-02T15:04:00Z'],
    [GO_LAYOUTS['RFC822Z'], '02 Jan 70 15:04 +0530', '1970-01-02T09:34:00Z'],
    [GO_LAYOUTS['RFC850'], 'Monday, 02-Jan-06 15:04:05 UTC', '2006-01-02T15:04:05Z'],
    [GO_LAYOUTS['RFC1123Z'], 'mon, 02 jan 2006 15:04:05 -0000', '2006-01-02T15:04:05Z'],
    ['02/Jan/2006:15:04:05 -0700', '10/Oct/2000:13:55:36 -0700', '2000-10-10T20:55:36Z'],
    ['2006-01-02 15:04:05,000', '2024-06-01 10:00:00,250', '2024-06-01T10:00:00.25Z'],
    ['2006-01-02 15:04:05', '2024-06-01 10:00:00.5', '2024-06-01T10:00:00.5Z'],
    ['3:04PM 2006-1-2', '12:01AM 2024-7-4', '2024-07-04T00:01:00Z'],
    ['03:04 pm 06/01/02', '12:30 pm 24/07/04', '2024-07-04T12:30:00Z'],
    ['2006 002 15', '2024 366 05', '2024-12-31T05:00:00Z'],
    ['2006-__2', '2023- 60', '2023-03-01T00:00:00Z'],
    ['Jan _2 15:04:05', 'Feb 29 01:02:03', '0000-02-29T01:02:03Z'],
    ['2006-01-02T15:04:05Z07', '2024-01-01T00:00:00-05', '2024-01-01T05:00:00Z'],
    ['2006-01-02 15:04:05 MST', '2024-01-01 10:00:00 GMT+3', '2024-01-01T07:00:00Z'],
    ['2006-01-02 15:04:05 MST', '2024-01-01 10:00:00 CET', '2024-01-01T10:00:00Z'],
    ['2006-01-02   15:04', '2024-01-01 10:00', '2024-01-01T10:00:00Z'],
    ['log_2006_01_02', 'log_2024_03_04', '2024-03-04T00:00:00Z'],
  ])('%s: %s', (layout, text, expected) => {
    expect(read(layout as string, text)).toBe(expected);
  });

  it('takes a zone for times that name none, in winter and in summer', () => {
    expect(read('2006-01-02 15:04', '2024-01-15 12:00', { zone: 'Europe/Berlin' })).toBe('2024-01-15T11:00:00Z');
    expect(read('2006-01-02 15:04', '2024-07-15 12:00', { zone: 'Europe/Berlin' })).toBe('2024-07-15T10:00:00Z');
    expect(read('2006-01-02 15:04', '2024-07-15 12:00', { zone: 'America/New_York' })).toBe('2024-07-15T16:00:00Z');
    expect(read('2006-01-02 15:04 -0700', '2024-07-15 12:00 +0000', { zone: 'America/New_York' })).toBe('2024-07-15T12:00:00Z');
  });

  it('knows abbreviations of the zone that it is given for them', () => {
    const zone = { abbreviations: 'Europe/Berlin' };
    expect(read('2006-01-02 15:04 MST', '2024-01-15 12:00 CET', zone)).toBe('2024-01-15T11:00:00Z');
    expect(read('2006-01-02 15:04 MST', '2024-07-15 12:00 CEST', zone)).toBe('2024-07-15T10:00:00Z');
    expect(read('2006-01-02 15:04 MST', '2024-07-15 12:00 CET', zone)).toBe('2024-07-15T11:00:00Z');
    expect(read('2006-01-02 15:04 MST', '2024-07-15 12:00 PDT', zone)).toBe('2024-07-15T12:00:00Z');
    expect(read('2006-01-02 15:04 MST', '2024-07-15 12:00 PDT', { abbreviations: 'America/Los_Angeles' })).toBe('2024-07-15T19:00:00Z');
  });

  it('fills in a year where there is none', () => {
    expect(read('Jan _2 15:04:05', 'Nov  9 01:02:03', { year: 2024 })).toBe('2024-11-09T01:02:03Z');
    expect(read('Jan _2 15:04:05 2006', 'Nov  9 01:02:03 1999', { year: 2024 })).toBe('1999-11-09T01:02:03Z');
  });

  it.each([
    ['2006-01-02', '2024-13-01', 'parsing time "2024-13-01": month out of range'],
    ['2006-01-02', '2023-02-29', 'parsing time "2023-02-29": day out of range'],
    ['2006-01-02', '2024-1-01', 'parsing time "2024-1-01" as "2006-01-02": cannot parse "1-01" as "01"'],
    ['2006-01-02', '2024-01-01x', 'parsing time "2024-01-01x": extra text: "x"'],
    ['2006-01-02', '2024/01/01', 'parsing time "2024/01/01" as "2006-01-02": cannot parse "/01/01" as "-"'],
    ['15:04', '24:00', 'parsing time "24:00": hour out of range'],
    ['Jan 2', 'Foo 2', 'parsing time "Foo 2" as "Jan 2": cannot parse "Foo 2" as "Jan"'],
    ['15:04 Z07:00', '10:00 +2:00', 'parsing time "10:00 +2:00" as "15:04 Z07:00": cannot parse "+2:00" as "Z07:00"'],
    ['2006-01-02', '', 'parsing time "" as "2006-01-02": cannot parse "" as "2006"'],
  ])('%s refuses %s', (layout, text, message) => {
    expect(() => parseGoTime(layout, text)).toThrow(message);
  });
});

describe('writing', () => {
  const instant = parseGoTime(GO_LAYOUTS['RFC3339Nano'] as string, '2024-07-04T05:06:07.089000001Z');

  it.each([
    ['Monday, January 2 2006 3:04:05 PM', 'Thursday, July 4 2024 5:06:07 AM'],
    ['Mon Jan _2 06 03:04:05.000 pm', 'Thu Jul  4 24 05:06:07.089 am'],
    ['002 __2 15h 4m 5s .999999', '186 186 05h 6m 7s .089'],
    ['2006-01-02T15:04:05,000000000Z07:00', '2024-07-04T05:06:07,089000001Z'],
    ['-0700 -07:00 -07 Z0700 MST', '+0000 +00:00 +00 Z UTC'],
    ['no elements', 'no elements'],
  ])('%s', (layout, expected) => {
    expect(formatGoTime(instant, layout)).toBe(expected);
  });

  it('converts to a zone', () => {
    expect(formatGoTime(instant, '15:04 MST -0700', 'Europe/Berlin')).toBe('07:06 CEST +0200');
    expect(formatGoTime(instant, '15:04 MST -07:00', 'America/New_York')).toBe('01:06 EDT -04:00');
    expect(formatGoTime(instant, '15:04 MST', 'Asia/Kolkata')).toBe('10:36 IST');
    expect(formatGoTime(instant, '15:04 MST', 'Asia/Tehran')).toBe('08:36 +0330');
  });

  it('writes times before the epoch and leaves out a fraction of zeros', () => {
    expect(formatGoTime(-1n, '2006-01-02 15:04:05.999999999')).toBe('1969-12-31 23:59:59.999999999');
    expect(formatGoTime(0n, '05.999')).toBe('00');
  });
});

describe('zones', () => {
  it('are IANA names', () => {
    expect(['Europe/Berlin', 'UTC', 'Local', ''].every(isTimeZone)).toBe(true);
    expect(['Mars/Base', 'Europe/Berlin\0'].some(isTimeZone)).toBe(false);
  });

  it('change at their instant', () => {
    const change = Date.UTC(2024, 2, 31, 1);
    expect(zoneAt('Europe/Berlin', change - 1)).toEqual({ offset: 3600, name: 'CET' });
    expect(zoneAt('Europe/Berlin', change)).toEqual({ offset: 7200, name: 'CEST' });
  });
});
