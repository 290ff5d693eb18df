import { TRACEQL_WORDS } from '@atalaya/lang';
import { describe, expect, test } from 'vitest';

import { formatTraceql, traceqlDiagnostics, traceqlError } from './check.ts';
import { traceqlPlace } from './place.ts';
import { spanish } from './words/es.ts';

const t = ((key: string) => key) as never;

/** The place at the bar in a text. */
function placeAt(text: string) {
  return traceqlPlace(text.replace('¦', ''), text.indexOf('¦'));
}

describe('the place of the cursor', () => {
  test.each([
    ['¦', 'begin'],
    ['{ ¦', 'field'],
    ['{ span.ht¦', 'field'],
    ['{ .a = 1 && du¦', 'field'],
    ['{ (¦', 'field'],
    ['{ kind ¦', 'comparison'],
    ['{ .a = ¦', 'value'],
    ['{ .a = "x" ¦', 'logic'],
    ['{ .a = 1 } ¦', 'behind'],
    ['{ .a = 1 } | ra¦', 'stage'],
    ['{} | rate() by (¦', 'field'],
    ['{} | quantile_over_time(¦', 'field'],
    ['{} | count(¦', 'nothing'],
    ['{} >> ¦', 'begin'],
  ])('%s is %s', (text, kind) => expect(placeAt(text).kind).toBe(kind));

  test('a value knows its field and its quote', () => {
    expect(placeAt('{ resource.service.name = "che¦"')).toEqual({
      kind: 'value',
      field: 'resource.service.name',
      quote: '"',
      from: 27,
      to: 30,
      prefix: 'che',
    });
    expect(placeAt('{ kind = ser¦ }')).toMatchObject({ kind: 'value', field: 'kind', quote: '', prefix: 'ser' });
  });
});

test('errors are the parser’s own, at their place', () => {
  expect(traceqlError('{ status = error }')).toBeUndefined();
  expect(traceqlDiagnostics('', t)).toEqual([]);
  const [mark] = traceqlDiagnostics('{ status = error && }', t);
  expect(mark).toMatchObject({ severity: 'error', from: 20, to: 21 });
  expect(mark?.message).toContain('parse error at line 1, col 21');
});

test('a text is formatted when it can be', () => {
  expect(formatTraceql('{.a=1}')).toEqual({ state: 'ready', formatted: '{ .a = 1 }' });
  expect(formatTraceql('{ .a = 1 }').state).toBe('formatted');
  expect(formatTraceql('{').state).toBe('wrong');
  expect(formatTraceql(' ').state).toBe('empty');
});

test('every word of the language has its Spanish sentence, and no other has', () => {
  expect(Object.keys(spanish).sort()).toEqual([...new Set(TRACEQL_WORDS.map(({ text }) => text))].sort());
});
