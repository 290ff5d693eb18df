import type { ExplainedNode, Explanation } from '@atalaya/model';
import { describe, expect, test } from 'vitest';

import { explanationText, isFolded, planRows } from './explain.ts';
import { limitSetting, remarksOf } from './remarks.ts';

const node = (summary: string, milliseconds: number, children: ExplainedNode[] = [], readMs?: number): ExplainedNode => ({
  operation: readMs === undefined ? 'call' : 'select',
  summary,
  start: 0,
  end: 1,
  evaluations: 1,
  steps: 10,
  series: 2,
  points: 20,
  milliseconds,
  ...(readMs === undefined
    ? {}
    : { read: { from: 0, to: 1, series: 2, samples: 200, samplesInMemory: 150, rowsFromDisk: 60, milliseconds: readMs } }),
  notes: [],
  children,
});
const plan = node('/', 1, [node('sum', 2, [node('a', 0.5, [], 3)]), node('b', 0.5, [], 4)]);

describe('a plan', () => {
  test('is laid out so that every step covers what it is made of, its own time last', () => {
    const rows = planRows(plan).map(({ id, depth, from, whole }) => ({ id, depth, from, whole }));
    expect(rows).toEqual([
      { id: '0', depth: 0, from: 0, whole: 11 },
      { id: '0.0', depth: 1, from: 0, whole: 5.5 },
      { id: '0.0.0', depth: 2, from: 0, whole: 3.5 },
      { id: '0.1', depth: 1, from: 5.5, whole: 4.5 },
    ]);
  });

  test('hides what lies below a folded step, and nothing else', () => {
    const hidden = (folded: string[]) => planRows(plan).flatMap(({ id }) => (isFolded(id, new Set(folded)) ? [id] : []));
    expect(hidden(['0.0'])).toEqual(['0.0.0']);
    expect(hidden(['0'])).toEqual(['0.0', '0.0.0', '0.1']);
    expect(hidden([])).toEqual([]);
  });

  test('can be told as text', () => {
    const explanation: Explanation = {
      query: 'sum(a) / b',
      kind: 'range',
      plan,
      phases: [{ name: 'read', milliseconds: 7 }],
      totals: {
        seriesRead: 4,
        samplesRead: 400,
        samplesInMemory: 300,
        rowsFromDisk: 120,
        resultSeries: 2,
        resultPoints: 20,
        resultBytes: 900,
        peakBytes: 0,
        milliseconds: 12.3456,
      },
      limits: [{ setting: 'query.series', used: 4, limit: 100 }],
      cachedSteps: { cached: 3, all: 10 },
      warnings: [],
      infos: [],
    };
    const text = explanationText(explanation);
    expect(text).toContain('range query, 12.3 ms: 4 series and 400 samples read (300 from memory, 120 rows from disk)');
    expect(text).toContain('    select a  [3.5 ms, 2 series, 20 points, 200 samples read (60 rows from disk)]');
    expect(text).toContain('query.series: 4 of 100');
  });
});

describe('remarks', () => {
  test('on the query are told from those on the data, and give up their place', () => {
    expect(
      remarksOf({
        warnings: ['PromQL warning: bucket label "le" is missing (1:5)', 'results truncated due to limit'],
        infos: ['PromQL info: metric might not be a counter: "a" (2:11)'],
      }),
    ).toEqual({
      query: [
        { severity: 'warning', text: 'bucket label "le" is missing', position: { line: 1, column: 5 } },
        { severity: 'info', text: 'metric might not be a counter: "a"', position: { line: 2, column: 11 } },
      ],
      data: ['results truncated due to limit'],
    });
  });

  test('of refusals name the setting of the limit, where one was the reason', () => {
    expect(limitSetting('QUERY_LIMIT', 'the query exceeds query.samples (50000000): it needs 91000000')).toBe('query.samples');
    expect(limitSetting('QUERY_TIMEOUT', 'query timed out in read after 2m; raise query.timeout or ask for less')).toBe('query.timeout');
    expect(limitSetting('BAD_QUERY', 'unexpected query.samples')).toBeUndefined();
  });
});
