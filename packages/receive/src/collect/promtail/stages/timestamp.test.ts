/** Times of entries. */

import { describe, expect, it } from 'vitest';
import { START, makePipeline, runLine } from '../pipeline-for-tests.ts';

const timeOf = (options: string, text: string): string | undefined =>
  runLine(`- regex: {expression: '^(?P<t>.*)$'}\n- timestamp: {source: t, ${options}}`, text)?.time;

const UNCHANGED = '2026-01-10T12:00:00.000000000Z';

describe('timestamp', () => {
  it.each([
    ['format: RFC3339', '2012-11-01T22:08:41+01:00', '2012-11-01T21:08:41.000000000Z'],
    ['format: RFC3339Nano', '2019-01-01T01:00:00.000000001Z', '2019-01-01T01:00:00.000000001Z'],
    ['format: ANSIC', 'Mon Jan  2 15:04:05 2006', '2006-01-02T15:04:05.000000000Z'],
    ['format: RFC1123Z', 'Mon, 02 Jan 2006 15:04:05 -0700', '2006-01-02T22:04:05.000000000Z'],
    ['format: Unix', '1562708916', '2019-07-09T21:48:36.000000000Z'],
    ['format: Unix', '1562708916.000000123', '2019-07-09T21:48:36.000000123Z'],
    ['format: Unix', '1562708916.5', '2019-07-09T21:48:36.500000000Z'],
    ['format: UnixMs', '1562708916414', '2019-07-09T21:48:36.414000000Z'],
    ['format: UnixUs', '1562708916414123', '2019-07-09T21:48:36.414123000Z'],
    ['format: UnixNs', '1562708916000000123', '2019-07-09T21:48:36.000000123Z'],
    ['format: "02/Jan/2006:15:04:05 -0700"', '10/Oct/2000:13:55:36 -0700', '2000-10-10T20:55:36.000000000Z'],
    ['format: "2006-01-02 15:04:05", location: America/New_York', '2024-07-01 08:00:00', '2024-07-01T12:00:00.000000000Z'],
    ['format: RFC3339, fallback_formats: [UnixMs, "2006-01-02"]', '2020-05-06', '2020-05-06T00:00:00.000000000Z'],
    ['format: RFC3339, fallback_formats: [UnixMs]', '1562708916414', '2019-07-09T21:48:36.414000000Z'],
    ['format: "Jan _2 15:04:05"', 'Jan  9 01:02:03', '2026-01-09T01:02:03.000000000Z'],
    ['format: "Jan _2 15:04:05"', 'Dec 31 23:59:59', '2025-12-31T23:59:59.000000000Z'],
    ['format: "Jan _2 15:04:05"', 'Mar  1 00:00:00', '2026-03-01T00:00:00.000000000Z'],
    ['format: RFC3339', 'yesterday', UNCHANGED],
    ['format: UnixMs', '1.5', UNCHANGED],
    ['format: Unix', '99999999999999999999', UNCHANGED],
    ['format: Unix', '', UNCHANGED],
  ])('%s of %s', (options, text, expected) => {
    expect(timeOf(options, text)).toBe(expected);
  });

  it('takes New Year’s Eve into account in December too', async () => {
    const run = makePipeline(`- regex: {expression: '^(?P<t>.*)$'}\n- timestamp: {source: t, format: "Jan _2 15:04:05"}`);
    await run.clock.advance(Date.UTC(2026, 11, 31, 23, 59) - START);
    run.send('Jan  1 00:00:01', 'Dec 31 23:58:00');
    expect(run.out.map(({ time }) => time.slice(0, 10))).toEqual(['2027-01-01', '2026-12-31']);
  });

  it('goes on from the last time of the stream where a time cannot be read, unless told not to', () => {
    const lines = [
      { line: '2020-01-01T00:00:00Z', labels: { s: 'a' } },
      { line: 'bad', labels: { s: 'a' } },
      { line: 'bad', labels: { s: 'a' } },
      { line: 'bad', labels: { s: 'b' }, timestamp: 7n },
    ];
    const run = (more: string): string[] => {
      const made = makePipeline(`- regex: {expression: '^(?P<t>.*)$'}\n- timestamp: {source: t, format: RFC3339${more}}`);
      made.send(...lines);
      return made.out.map(({ time }) => time.slice(0, 4) + time.slice(-4));
    };
    expect(run('')).toEqual(['2020000Z', '2020001Z', '2020002Z', '1970007Z']);
    expect(run(', action_on_failure: skip')).toEqual(['2020000Z', '2026001Z', '2026002Z', '1970007Z']);
  });
});
