import { describe, expect, test } from 'vitest';

import { type Place, placeAt } from './place.ts';
import { matchText, metricText, selectorsOf } from './selectors.ts';

/** The place at the bar of a text. */
function at(marked: string): Place {
  const position = marked.indexOf('|');
  return placeAt(marked.replace('|', ''), position);
}

describe('the place of the cursor', () => {
  test.each([
    ['|', 'operand', ''],
    ['ra|', 'operand', 'ra'],
    ['sum(|', 'operand', ''],
    ['rate(node_c|', 'operand', 'node_c'],
    ['up + |', 'operand', ''],
    ['up and no|', 'operand', 'no'],
    ['up / on (job) no|', 'operand', 'no'],
    ['(up) a|', 'after', 'a'],
    ['up |', 'after', ''],
    ['rate(up[5m]) of|', 'after', 'of'],
    ['sum b|', 'after', 'b'],
    ['sum(up) b|', 'after', 'b'],
    ['up{|', 'label', ''],
    ['up{jo|', 'label', 'jo'],
    ['up{job="a", in|', 'label', 'in'],
    ['{"my.m|"', 'label', 'my.m'],
    ['up{job |', 'match-operator', ''],
    ['up{job=|', 'value', ''],
    ['up{job="no|', 'value', 'no'],
    ['up{job=~"a|b"}'.replace('a|b', 'ab|'), 'value', 'ab'],
    ['up{job="node"|', 'nothing', undefined],
    ['sum by (|) (up)', 'grouping', ''],
    ['sum by (jo|', 'grouping', 'jo'],
    ['a * on (job) group_left (na|', 'grouping', 'na'],
    ['up[|', 'duration', ''],
    ['up[5|', 'duration', '5'],
    ['up[1h:5m|]', 'duration', '5m'],
    ['up offset 1|', 'duration', '1'],
    ['up offset |', 'duration', ''],
    ['up @ s|', 'at', 's'],
    ['up # about j|', 'nothing', undefined],
    ['label_replace(up, "ho|', 'nothing', undefined],
    ['topk(5|', 'nothing', undefined],
  ])('%s is %s', (marked, kind, prefix) => {
    const place = at(marked);
    expect([place.kind, 'prefix' in place ? place.prefix : undefined]).toEqual([kind, prefix]);
  });

  test('by and without are offered where they fit', () => {
    expect(at('sum(up) b|')).toMatchObject({ aggregation: true });
    expect(at('rate(up[5m]) b|')).toMatchObject({ aggregation: false });
    expect(at('sum by (job) (up) b|')).toMatchObject({ aggregation: false });
  });

  test('what may follow an operator is told by the operator', () => {
    expect(at('up == b|')).toMatchObject({ kind: 'operand', afterOperator: '==' });
    expect(at('up / on (job) g|')).toMatchObject({ kind: 'operand', afterOperator: 'matching' });
  });

  test('a value knows its label, its end, and the other matchers', () => {
    const place = at('up{instance="a", job="no|de"} + 1');
    expect(place).toMatchObject({ kind: 'value', label: 'job', operator: '=', quote: '"', from: 22, to: 26 });
    if (place.kind !== 'value' || place.selector === undefined) throw new Error('no selector');
    expect(matchText(place.selector, place.from)).toBe('{__name__="up",instance="a"}');
  });

  test('labels of a grouping are those of its own operand, on either side', () => {
    const names = (marked: string) => {
      const place = at(marked);
      return place.kind === 'grouping' ? place.selectors.map(({ metric }) => metric) : [];
    };
    expect(names('sum by (|) (rate(a[5m])) / sum(b)')).toEqual(['a']);
    expect(names('sum(a) / sum(b + c) by (|)')).toEqual(['b', 'c']);
    expect(names('a / on (|) b')).toEqual(['a', 'b']);
  });
});

describe('selectors of unfinished texts', () => {
  test('are found with their matchers, grammar words are not', () => {
    const found = selectorsOf(
      'sum by (job) (rate(http_requests_total{code=~"5..",job="a"}[5m] offset 1h)) / on (job) up and {"my.metric", x="1"}',
    );
    expect(found.map((selector) => matchText(selector))).toEqual([
      '{__name__="http_requests_total",code=~"5..",job="a"}',
      '{__name__="up"}',
      '{__name__="my.metric",x="1"}',
    ]);
  });

  test('that narrow nothing down are not asked about', () => {
    expect(selectorsOf('{job=~".*"}').map((selector) => matchText(selector))).toEqual([undefined]);
  });

  test('names beyond ASCII identifiers are quoted', () => {
    expect(metricText('up')).toBe('up');
    expect(metricText('my.metric "x"')).toBe('{"my.metric \\"x\\""}');
  });
});
